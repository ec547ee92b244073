"""What exists only on paper, and what lies in a closed envelope: asked for, approved, stamped, and in the register."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from privyseal.approvals.checking import digest_of
from privyseal.approvals.models import Application, Line
from privyseal.approvals.papers import Papers
from privyseal.approvals.rules import Manner
from privyseal.approvals.rules.remarks import About, Remark, RemarksNotRead
from privyseal.approvals.wishes import CountNotPossible, LineWish
from privyseal.custody import actions as custody
from privyseal.custody.models import Turn
from privyseal.custody.rules import Hand
from privyseal.custody.rules.photographs import PhotographFromBefore
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import Json, sha256
from privyseal.kernel.canonical import parse as parse_canonical
from privyseal.ledger.models import FactRow
from privyseal.pdf.foreign import PictureUnreadable
from privyseal.pdf.placement import Placement
from privyseal.sealing import actions as sealing
from privyseal.sealing.actions.papers import PagesNotPossible, PaperNotNamed, PhotographsNotPossible
from privyseal.sealing.models import Document
from privyseal.seals.models import Permit, Seal
from privyseal.seals.rules.bindings import (
    BindingNotPossible,
    SecretCopyNotPossible,
    SecretNotPhotographed,
)
from privyseal.signer.bound import Paper, Secret
from privyseal.signer.statement import parse
from tests.by_hand import Out, photographed, stamped_page, turn
from tests.conftest import Use, apply, permit_of, say_yes

pytestmark = pytest.mark.documents


def paper(wang: Person, at: datetime, company: Company) -> str:
    """Twelve pages, of which two are photographed."""
    taken = [stamped_page(1), stamped_page(2)]
    return sealing.receive_paper(wang, at, company_uid=company.uid, title="采购合同", pages=12, photographs=taken)


def secret(wang: Person, at: datetime, company: Company, *, envelope: str = "M-7") -> str:
    return sealing.receive_secret(
        wang, at, company_uid=company.uid, title="并购意向书", envelope=envelope, pages=3, lines=["封套号 M-7"]
    )


def on_paper(stamp: Seal, document: str) -> LineWish:
    return LineWish(stamp.uid, document, "others", (Placement(2, 100_000, 60_000),), copies=2)


def in_envelope(stamp: Seal, document: str, *, manner: Manner = Manner.SIGNATURE_PLACE) -> LineWish:
    return LineWish(stamp.uid, document, "others", (), manner, copies=2, impressions=2)


def read(jian: Person, document: str, about: About) -> Papers:
    return Papers(supervisor_pseudonym=jian.pseudonym, acknowledged=digest_of([(document, Remark(about))]))


@pytest.fixture
def on_paper_only(company: Company, stamp: Seal, wang: Person, jian: Person, li: Person, noon: datetime) -> Permit:
    document = paper(wang, noon, company)
    said = read(jian, document, About.PAPER_ONLY)
    uid = apply(wang, noon, stamp, document, lines=(on_paper(stamp, document),), papers=said)
    say_yes(li, noon, uid)
    return permit_of(uid)


@pytest.fixture
def closed(company: Company, stamp: Seal, wang: Person, jian: Person, li: Person, noon: datetime) -> Permit:
    document = secret(wang, noon, company)
    said = read(jian, document, About.NOT_SHOWN)
    uid = apply(wang, noon, stamp, document, lines=(in_envelope(stamp, document),), papers=said)
    say_yes(li, noon, uid)
    return permit_of(uid)


def entered() -> Mapping[str, Json]:
    body = FactRow.objects.filter(kind="hand.entered").latest("pk").body
    data: Mapping[str, Json] = parse_canonical(bytes(body))["data"]
    return data


def given_out(permit: Permit, wang: Person, gu: Person, jian: Person, at: datetime) -> Out:
    uid = custody.begin_use(wang, at, permit_uid=permit.uid)
    custody.confirm_use(gu, at, use_uid=uid, hand=Hand.KEEPER)
    custody.confirm_use(jian, at, use_uid=uid, hand=Hand.SUPERVISOR)
    return Out(uid, permit, permit.lines.order_by("pk")[0].pk)


def test_approvers_sign_the_photographs_of_a_paper_and_its_pages(on_paper_only: Permit, noon: datetime) -> None:
    (said,) = parse(on_paper_only.evidence[0]["statement"].encode()).documents

    assert said.bound == Paper(pages=12, photographs=(sha256(stamped_page(1)), sha256(stamped_page(2))))
    assert b"".join(settings.VAULT.parts(sha256(stamped_page(1)))) == stamped_page(1)
    shown = Document.objects.get(sha256=said.sha256)
    assert (len(shown.pages), shown.name) == (2, "采购合同")
    assert sha256(settings.BLOBS.get(said.sha256)) == said.sha256


def test_approvers_sign_title_and_number_of_an_envelope(closed: Permit) -> None:
    (said,) = parse(closed.evidence[0]["statement"].encode()).documents

    assert said.bound == Secret(pages=3, title="并购意向书", envelope="M-7", impressions=2)
    assert (said.placements, closed.impressions, len(Document.objects.get(sha256=said.sha256).pages)) == ((), 4, 1)


def test_a_stamped_paper_is_photographed_anew_and_its_register_says_what_it_was_bound_to(
    on_paper_only: Permit, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    out = given_out(on_paper_only, wang, gu, jian, noon)
    uid = turn(out, wang, jian, noon, impressions=2)

    with pytest.raises(PhotographFromBefore):
        photographed(wang, noon, uid, page=1)
    photographed(wang, noon, uid, impressions=2, page=3)

    assert Turn.objects.get().to_show == 2
    assert entered()["binding"] == "paper"


def test_one_application_is_of_a_paper_and_of_an_envelope_each_bound_as_it_is(
    company: Company, stamp: Seal, wang: Person, gu: Person, jian: Person, li: Person, noon: datetime
) -> None:
    open_to_see, shut = paper(wang, noon, company), secret(wang, noon, company)
    remarks = [(open_to_see, Remark(About.PAPER_ONLY)), (shut, Remark(About.NOT_SHOWN))]
    lines = (on_paper(stamp, open_to_see), in_envelope(stamp, shut))

    with pytest.raises(RemarksNotRead):
        apply(wang, noon, stamp, open_to_see, lines=lines, papers=read(jian, open_to_see, About.PAPER_ONLY))
    said = Papers(supervisor_pseudonym=jian.pseudonym, acknowledged=digest_of(remarks))
    uid = apply(wang, noon, stamp, open_to_see, lines=lines, papers=said)
    say_yes(li, noon, uid)

    of_paper, of_envelope = Permit.objects.get().lines.order_by("pk")
    bound = [one.bound for one in parse(Permit.objects.get().evidence[0]["statement"].encode()).documents]
    assert bound == [
        Paper(pages=12, photographs=(sha256(stamped_page(1)), sha256(stamped_page(2)))),
        Secret(pages=3, title="并购意向书", envelope="M-7", impressions=2),
    ]
    out = given_out(Permit.objects.get(), wang, gu, jian, noon)
    for permitted, owed in ((of_envelope, 0), (of_paper, 2)):
        turn(replace(out, line=permitted.pk), wang, jian, noon, impressions=2)
        assert Turn.objects.latest("pk").to_show == owed


def test_nobody_photographs_what_lies_in_an_envelope_and_nothing_is_owed(
    closed: Permit, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    uid = turn(given_out(closed, wang, gu, jian, noon), wang, jian, noon, impressions=4)

    with pytest.raises(SecretNotPhotographed):
        photographed(wang, noon, uid)
    assert Turn.objects.get().to_show == 0
    assert entered()["binding"] == "secret"


def test_an_applicant_acknowledges_that_approvers_see_no_file(
    company: Company, stamp: Seal, wang: Person, jian: Person, noon: datetime
) -> None:
    for document, line in (
        (paper(wang, noon, company), on_paper),
        (secret(wang, noon, company), in_envelope),
    ):
        with pytest.raises(RemarksNotRead):
            apply(
                wang,
                noon,
                stamp,
                document,
                lines=(line(stamp, document),),
                papers=Papers(supervisor_pseudonym=jian.pseudonym),
            )
    assert not Application.objects.exists()


def test_no_key_seals_what_is_no_file(company: Company, official: Seal, wang: Person, noon: datetime) -> None:
    on_photographs, closed = paper(wang, noon, company), secret(wang, noon, company)

    for wish in (
        LineWish(official.uid, on_photographs, "others", (Placement(1, 100_000, 60_000),)),
        LineWish(official.uid, closed, "others", (), impressions=1),
    ):
        with pytest.raises(BindingNotPossible):
            apply(wang, noon, official, wish.document_sha256, lines=(wish,))
    assert not Line.objects.filter(binding__in=["paper", "secret"]).exists()


def test_the_database_lets_no_key_near_what_is_no_file(pending: Use) -> None:
    said = Secret(pages=3, title="并购意向书", envelope="M-7", impressions=1).to_json()
    with pytest.raises(IntegrityError, match="rubber seal"), transaction.atomic():
        Line.objects.filter(application__uid=pending.uid).update(binding="secret", bound=said)
    with pytest.raises(IntegrityError, match="line_says_what_it_is_bound_to"), transaction.atomic():
        Line.objects.filter(application__uid=pending.uid).update(bound=said)


def test_an_envelope_has_no_places_and_is_no_copy_and_a_paper_has_places(
    company: Company, stamp: Seal, wang: Person, jian: Person, noon: datetime
) -> None:
    on_photographs, closed = paper(wang, noon, company), secret(wang, noon, company)
    place = (Placement(1, 100_000, 60_000),)

    for wish, refusal in (
        (LineWish(stamp.uid, closed, "others", place, impressions=1), CountNotPossible),
        (LineWish(stamp.uid, closed, "others", ()), CountNotPossible),
        (in_envelope(stamp, closed, manner=Manner.TRUE_COPY), SecretCopyNotPossible),
        (LineWish(stamp.uid, on_photographs, "others", ()), CountNotPossible),
        (LineWish(stamp.uid, on_photographs, "others", place, impressions=1), CountNotPossible),
    ):
        with pytest.raises(refusal):
            apply(wang, noon, stamp, wish.document_sha256, lines=(wish,))


def test_what_is_taken_in_without_a_file_is_named_counted_and_seen(
    company: Company, wang: Person, noon: datetime
) -> None:
    said = {"company_uid": company.uid, "title": "合同", "pages": 2}
    one = stamped_page(1)

    for refusal, changes in (
        (PaperNotNamed, {"title": "\n"}),
        (PagesNotPossible, {"pages": 0}),
        (PhotographsNotPossible, {"photographs": []}),
        (PhotographsNotPossible, {"photographs": [one, one]}),
        (PictureUnreadable, {"photographs": [b"GIF89a"]}),
    ):
        with pytest.raises(refusal):
            sealing.receive_paper(wang, noon, **({"photographs": [one]} | said | changes))  # type: ignore[arg-type]  # of every kind
    with pytest.raises(PaperNotNamed):
        secret(wang, noon, company, envelope="")
    assert not Document.objects.exists()


def test_the_same_photographs_are_one_paper_and_no_file(company: Company, wang: Person, noon: datetime) -> None:
    first, again = paper(wang, noon, company), paper(wang, noon, company)
    shown = settings.BLOBS.get(first)

    file = sealing.receive_document(wang, noon, company_uid=company.uid, name="1.pdf", data=shown)

    assert first == again != file
    assert Document.objects.get(sha256=file).bound is None
