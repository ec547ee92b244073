"""Several seals of one company on one document: one application, one act, a signature each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from privyseal.approvals.models import Line
from privyseal.approvals.parties import is_place_left
from privyseal.approvals.placing import Asked, PartyAsked, SealAsked, placed
from privyseal.approvals.queries import Progress, application_visible_to
from privyseal.approvals.wishes import SealsNotTogether
from privyseal.custody import actions as custody
from privyseal.identity.models import Company, Person
from privyseal.pdf.asking import Across, At
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from privyseal.pdf.spots import Edge
from privyseal.sealing import actions as sealing
from privyseal.sealing import queries
from privyseal.sealing.models import Intent
from privyseal.seals.actions import Report
from privyseal.seals.models import Permit, Seal
from privyseal.seals.permits import PermitSpent
from privyseal.seals.rules import Act, SealType
from privyseal.signer.answers import Public
from privyseal.signer.checks import SealSuspended
from privyseal.signer.client import Client, SignerUnavailable
from tests.conftest import apply, one_more_seal, recorded, say_yes
from tests.pdfs import one_page

pytestmark = pytest.mark.documents


@pytest.fixture
def third(company: Company, official: Seal, zhao: Person, li: Person, noon: datetime, signer: Client) -> Seal:
    return one_more_seal(zhao, li, noon, company, "合同专用章", SealType.CONTRACT, signer)


@dataclass(frozen=True, slots=True)
class Together:
    """An approved application for three seals on one document."""

    uid: str
    document: str
    seals: Sequence[Seal]

    @property
    def permits(self) -> list[Permit]:
        return list(Permit.objects.filter(application_uid=self.uid).order_by("pk"))


def asked(document: str, own: Sequence[Seal], following: str = "nobody", **more: object) -> Asked:
    first, *others = own
    places = (At("1", 60_000 * number, 60_000) for number in range(2, 9))
    return Asked(
        seal_uid=first.uid,
        document_sha256=document,
        following=following,
        wishes=(At("1", 60_000, 60_000),),
        together=[SealAsked(seal.uid, (place,)) for seal, place in zip(others, places, strict=False)],
        **more,  # type: ignore[arg-type]  # each field is of its kind
    )


@pytest.fixture
def together(
    contract: str, official: Seal, second: Seal, third: Seal, wang: Person, li: Person, noon: datetime
) -> Together:
    own = (official, second, third)
    uid = apply(wang, noon, official, contract, lines=placed(wang, noon, asked(contract, own)))
    say_yes(li, noon, uid)
    return Together(uid, contract, own)


def seal(actor: Person, at: datetime, use: Together, signer: Client) -> bytes:
    uid = sealing.seal_document(actor, at, permit_uid=use.permits[0].uid, document_sha256=use.document, signer=signer)
    data: bytes = settings.BLOBS.get(queries.sealed_visible_to(actor, at, uid).result_sha256)
    return data


def states() -> list[str]:
    return list(Intent.objects.order_by("pk").values_list("state", flat=True))


def test_one_act_puts_every_seal_on_and_each_permit_is_counted(
    together: Together, wang: Person, noon: datetime, signer: Client, public: Public
) -> None:
    sealed = seal(wang, noon, together, signer)

    judged = judge(sealed, trust=(public.ca,), at=noon)
    assert (judged.verdict, len(judged.signatures)) == (Verdict.VALID, 3)
    assert judged.signatures[-1].covers_whole_document
    assert [(permit.used, permit.impressions) for permit in together.permits] == [(1, 1)] * 3
    assert recorded()[-6:] == ["document.seal.intended"] * 3 + ["document.sealed"] * 3
    assert application_visible_to(wang, noon, together.uid).progress is Progress.DONE


def test_approvers_see_the_order_of_the_seals(together: Together, li: Person, noon: datetime) -> None:
    view = application_visible_to(li, noon, together.uid)

    first, *others = [statement.documents[0] for statement in view.statements]
    assert [one.after for one in (first, *others)] == ["", together.seals[0].uid, together.seals[1].uid]
    assert [one.field for one in first.awaited] == [one.field for one in others]


def test_no_permit_is_spent_where_one_of_them_cannot_be(
    together: Together, wang: Person, noon: datetime, signer: Client
) -> None:
    Permit.objects.filter(pk=together.permits[-1].pk).update(used=1)

    with pytest.raises(PermitSpent):
        seal(wang, noon, together, signer)

    assert ([permit.used for permit in together.permits], states()) == ([0, 0, 1], [])
    assert recorded()[-1] == "document.seal.refused"


def test_a_seal_out_of_hand_ends_what_one_act_was_to_use_with_it(
    together: Together, zhao: Person, noon: datetime, signer: Client
) -> None:
    stolen = together.seals[1]

    custody.report(
        zhao, noon, seal_uid=stolen.uid, act=Act.STEAL, said=Report(account="被盗", place="北京"), signer=signer
    )

    connection.check_constraints()
    assert [permit.revoked_at for permit in together.permits] == [noon] * 3
    assert recorded().count("permit.ended") == 2  # of the third, the word on the seal says it


def test_a_seal_that_the_signer_refuses_ends_the_act_and_leaves_its_place(
    together: Together, wang: Person, noon: datetime, signer: Client, public: Public
) -> None:
    signer.suspend(seal=together.seals[1].uid)

    with pytest.raises(SealSuspended):
        seal(wang, noon, together, signer)

    assert states() == ["sealed", "failed", "failed"]
    assert list(Intent.objects.order_by("pk").values_list("failure", flat=True)) == [
        *("", "seal-suspended", "earlier-seal-failed")
    ]
    assert recorded()[-2:] == ["document.seal.failed"] * 2
    first = settings.BLOBS.get(Intent.objects.earliest("pk").result_sha256)
    assert judge(first, trust=(public.ca,), at=noon).verdict is Verdict.VALID
    again = sealing.receive_document(
        wang, noon, company_uid=together.seals[0].company.uid, name="contract.pdf", data=first
    )
    assert [is_place_left(one, again) for one in together.seals] == [False, True, True]


def test_an_act_whose_signer_went_away_is_finished_by_the_sweep(
    together: Together, wang: Person, noon: datetime, signer: Client, tmp_path: Path
) -> None:
    with pytest.raises(SignerUnavailable):
        seal(wang, noon, together, Client(tmp_path / "nobody-there.sock"))
    assert states() == ["intended"] * 3

    ended = sealing.finish_open_intents(noon + 2 * sealing.LEFT_OPEN, signer=signer)

    assert (ended, states()) == (3, ["sealed"] * 3)
    assert [permit.used for permit in together.permits] == [1, 1, 1]


def test_a_second_act_is_refused_and_changes_nothing(
    together: Together, wang: Person, noon: datetime, signer: Client
) -> None:
    seal(wang, noon, together, signer)

    with pytest.raises(PermitSpent):
        seal(wang, noon, together, signer)

    assert states() == ["sealed"] * 3


def test_others_with_their_own_tools_may_sign_after_all_of_ours(
    contract: str,
    official: Seal,
    second: Seal,
    wang: Person,
    li: Person,
    noon: datetime,
    signer: Client,
    public: Public,
) -> None:
    lines = placed(wang, noon, asked(contract, (official, second), "others"))
    uid = apply(wang, noon, official, contract, lines=lines)
    say_yes(li, noon, uid)

    sealed = seal(wang, noon, Together(uid, contract, (official, second)), signer)

    assert judge(sealed, trust=(public.ca,), at=noon).verdict is Verdict.VALID
    assert b"/DocMDP" not in sealed


def test_a_later_party_fills_its_place_after_all_of_ours(
    company: Company,
    official: Seal,
    second: Seal,
    third: Seal,
    wang: Person,
    li: Person,
    noon: datetime,
    signer: Client,
) -> None:
    data = one_page("Contract", pages=3)
    document = sealing.receive_document(wang, noon, company_uid=company.uid, name="合同.pdf", data=data)
    wishes = (At("2", 60_000, 60_000), Across(edges=(Edge.RIGHT,)))
    party = PartyAsked(third.company.uscc, third.number, wishes)
    lines = placed(wang, noon, asked(document, (official, second), "parties", parties=(party,)))
    uid = apply(wang, noon, official, document, lines=lines)
    say_yes(li, noon, uid)

    both = seal(wang, noon, Together(uid, document, (official, second)), signer)

    again = sealing.receive_document(wang, noon, company_uid=company.uid, name="合同.pdf", data=both)
    assert [is_place_left(one, again) for one in (official, second, third)] == [False, False, True]
    (line,) = placed(wang, noon, Asked(seal_uid=third.uid, document_sha256=again, following="others", wishes=()))
    assert len(line.placements) == len(wishes)


def test_seals_that_would_find_no_place_are_refused(
    contract: str, official: Seal, second: Seal, wang: Person, noon: datetime
) -> None:
    lines = placed(wang, noon, asked(contract, (official, second)))
    for spoiled in (replace(lines[0], following="nobody", awaited=()), replace(lines[0], awaited=())):
        with pytest.raises(SealsNotTogether):
            apply(wang, noon, official, contract, lines=(spoiled, lines[1]))
    with pytest.raises(SealsNotTogether):
        apply(wang, noon, official, contract, lines=(lines[0], replace(lines[1], placements=lines[0].placements)))

    assert not Line.objects.filter(document_sha256=contract).exists()


def test_the_database_keeps_an_act_in_a_row(together: Together, wang: Person, noon: datetime, signer: Client) -> None:
    seal(wang, noon, together, signer)
    first, second, third = Intent.objects.order_by("pk")
    assert (first.after_id, second.after_id, third.after_id) == (None, first.pk, second.pk)

    with pytest.raises(IntegrityError, match="intent_is_not_after_itself"), transaction.atomic():
        Intent.objects.filter(pk=first.pk).update(after=first)
    with pytest.raises(IntegrityError, match="after"):
        Intent.objects.filter(pk=third.pk).update(after=first)
