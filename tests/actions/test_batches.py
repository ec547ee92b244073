"""All documents of one application in one act: each is a use of its own."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from privyseal.approvals.wishes import LineWish
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.models import FactRow
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from privyseal.pdf.placement import PageSize, Placement
from privyseal.sealing import actions
from privyseal.sealing.models import Intent
from privyseal.seals.actions import evidence_of
from privyseal.seals.models import Permit, Seal, UseBook, UseEntry
from privyseal.seals.permits import NotTheHolder, PermitSpent
from privyseal.signer.answers import Public
from privyseal.signer.client import Client, SignerUnavailable
from tests.conftest import apply, bring, permit_of, recorded, say_yes
from tests.pdfs import one_page

pytestmark = pytest.mark.documents
SPOT = (Placement(1, 150_000, 60_000),)


@dataclass(frozen=True, slots=True)
class Batch:
    """An approved application for one seal on three certificates."""

    uid: str
    documents: tuple[str, ...]

    @property
    def permit(self) -> Permit:
        return permit_of(self.uid)


@pytest.fixture
def batch(company: Company, official: Seal, wang: Person, li: Person, noon: datetime) -> Batch:
    size = PageSize(width=209_903, height=297_039)
    documents = tuple(
        bring(wang, noon, company, Accepted(one_page(f"在职证明 {number}"), pages=(size,), changes=(), signed=False))
        for number in range(3)
    )
    lines = tuple(LineWish(official.uid, document, "nobody", SPOT) for document in documents)
    uid = apply(wang, noon, official, documents[0], lines=lines)
    say_yes(li, noon, uid)
    return Batch(uid, documents)


def ends() -> list[tuple[str, str]]:
    return list(Intent.objects.order_by("pk").values_list("state", "failure"))


def test_every_document_is_a_use_of_its_own_with_its_facts_and_its_number(
    batch: Batch, wang: Person, noon: datetime, signer: Client, public: Public
) -> None:
    actions.seal_each(wang, noon, permit_uid=batch.permit.uid, signer=signer)

    assert ends() == [("sealed", "")] * 3
    for intent in Intent.objects.select_related("line"):
        whole = settings.BLOBS.get(intent.result_sha256)
        assert whole.startswith(settings.BLOBS.get(intent.line.document_sha256))
        assert judge(whole, trust=(public.ca,), at=noon).verdict is Verdict.VALID
    assert recorded()[-6:] == ["document.seal.intended"] * 3 + ["document.sealed"] * 3
    assert (batch.permit.used, UseBook.objects.get().uses) == (3, 3)
    assert list(UseEntry.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_the_fact_of_a_use_says_the_same_however_many_were_asked_for_together(
    batch: Batch, wang: Person, noon: datetime, signer: Client
) -> None:
    first, *_ = batch.documents
    actions.seal_document(wang, noon, permit_uid=batch.permit.uid, document_sha256=first, signer=signer)

    actions.seal_each(wang, noon, permit_uid=batch.permit.uid, signer=signer)

    alone, *together = [fact.body for fact in FactRow.objects.filter(kind="document.sealed").order_by("pk")]
    assert len(together) == 2
    assert {len(fact) for fact in together} == {len(alone)}
    assert ends() == [("sealed", "")] * 3


def test_what_two_calls_make_is_put_on_record_call_by_call(
    batch: Batch, contract: str, second: Seal, wang: Person, li: Person, noon: datetime, signer: Client
) -> None:
    official = batch.permit.seal
    seals_on = zip((official, official, second, second), (*batch.documents, contract), strict=True)
    lines = tuple(LineWish(seal.uid, document, "nobody", SPOT) for seal, document in seals_on)
    uid = apply(wang, noon, official, batch.documents[0], lines=lines)
    say_yes(li, noon, uid)
    permit = Permit.objects.get(application_uid=uid, seal=second)
    signer.suspend(seal=official.uid)

    actions.seal_each(wang, noon, permit_uid=permit.uid, signer=signer)

    assert ends() == [("failed", "seal-suspended")] * 2 + [("sealed", "")] * 2
    assert [entry.seal for entry in UseEntry.objects.order_by("number")] == [second, second]


def test_what_the_signer_refuses_it_refuses_alone_and_says_why(
    batch: Batch, wang: Person, noon: datetime, signer: Client
) -> None:
    document = settings.BLOBS.get(batch.documents[1])
    approved = evidence_of(batch.permit)
    signer.seal(intent="0" * 32, operator=wang.pseudonym, approved=approved, document=document, field="Elsewhere")

    actions.seal_each(wang, noon, permit_uid=batch.permit.uid, signer=signer)

    assert ends() == [("sealed", ""), ("failed", "impressions-spent"), ("sealed", "")]
    assert recorded()[-3:] == ["document.sealed", "document.sealed", "document.seal.failed"]


def test_a_signer_that_is_away_leaves_all_open_and_asking_again_finishes_them(
    batch: Batch, wang: Person, noon: datetime, signer: Client, tmp_path: Path
) -> None:
    with pytest.raises(SignerUnavailable):
        actions.seal_each(wang, noon, permit_uid=batch.permit.uid, signer=Client(tmp_path / "nobody-there.sock"))
    assert ends() == [("intended", "")] * 3

    actions.seal_each(wang, noon, permit_uid=batch.permit.uid, signer=signer)
    actions.seal_each(wang, noon, permit_uid=batch.permit.uid, signer=signer)

    assert (ends(), batch.permit.used) == ([("sealed", "")] * 3, 3)


def test_a_seal_that_is_suspended_at_the_key_refuses_each(
    batch: Batch, wang: Person, noon: datetime, signer: Client
) -> None:
    signer.suspend(seal=batch.permit.seal.uid)

    actions.seal_each(wang, noon, permit_uid=batch.permit.uid, signer=signer)

    assert ends() == [("failed", "seal-suspended")] * 3


def test_whoever_does_not_hold_the_permit_intends_nothing(
    batch: Batch, ma: Person, noon: datetime, signer: Client
) -> None:
    with pytest.raises(NotTheHolder):
        actions.seal_each(ma, noon, permit_uid=batch.permit.uid, signer=signer)

    assert ends() == []
    assert recorded()[-1] == "document.seal-each.refused"


def test_a_permit_without_impressions_for_all_seals_none(
    batch: Batch, wang: Person, noon: datetime, signer: Client
) -> None:
    Permit.objects.filter(pk=batch.permit.pk).update(used=1)

    with pytest.raises(PermitSpent):
        actions.seal_each(wang, noon, permit_uid=batch.permit.uid, signer=signer)

    assert ends() == []


def test_a_batch_of_an_unknown_permit_is_refused(wang: Person, noon: datetime, signer: Client) -> None:
    with pytest.raises(NotFound):
        actions.seal_each(wang, noon, permit_uid="0" * 32, signer=signer)
