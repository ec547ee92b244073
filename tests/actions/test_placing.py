"""From what people say of a place to the sealed file: the same numbers in application, statement and file."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from pikepdf import Name

from privyseal.approvals.models import Application, Line
from privyseal.approvals.parties import NoPlaceLeft, PartyUnknown, is_place_left
from privyseal.approvals.placing import Asked, PartyAsked, placed
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.wishes import TooManyPlaces, TooManyWords, check_places
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.pdf import confined
from privyseal.pdf.accepted import Accepted, NotSealable, PlaceNotBlank
from privyseal.pdf.asking import Across, At, AtWords, OverDate, Which, Wish, WordsNotFound
from privyseal.pdf.confined import Task
from privyseal.pdf.glyphs import MissingGlyph
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from privyseal.pdf.placement import PlacementOutsidePage
from privyseal.pdf.spots import Edge, SeamNeedsPages
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Document, Intent
from privyseal.sealing.queries import sealed_visible_to
from privyseal.seals.models import Seal
from privyseal.seals.sizes import size_of
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from privyseal.signer.documents import MAX_WRITINGS
from tests.conftest import Use, apply, bring, say_yes
from tests.pdfs import one_page

pytestmark = pytest.mark.documents

PAGES = 4


@pytest.fixture(scope="module")
def accepted_report() -> Accepted:
    """A document of four pages as intake accepts it; on each stands "Signed 2026-11-25, page N"."""
    return confined.run(Task.ACCEPT, one_page("Signed 2026-11-25", pages=PAGES))


@pytest.fixture
def report(company: Company, wang: Person, noon: datetime, accepted_report: Accepted) -> str:
    """Return the digest of that document, which wang brought."""
    return bring(wang, noon, company, accepted_report)


def asked(seal: Seal, document: str, *wishes: Wish, following: str = "nobody", **more: object) -> Asked:
    return Asked(seal_uid=seal.uid, document_sha256=document, following=following, wishes=wishes, **more)  # type: ignore[arg-type]  # each field is of its kind


@dataclass(frozen=True, slots=True)
class Desk:
    """Who applies and who approves, when, and the signer."""

    wang: Person
    li: Person
    noon: datetime
    signer: Client
    public: Public

    def verdict(self, data: bytes) -> Verdict:
        return judge(data, trust=(self.public.ca,), at=self.noon).verdict


@pytest.fixture
def desk(wang: Person, li: Person, noon: datetime, signer: Client, public: Public) -> Desk:
    return Desk(wang, li, noon, signer, public)


def sealed(desk: Desk, seal: Seal, wish: Asked) -> bytes:
    wang, at = desk.wang, desk.noon
    uid = apply(wang, at, seal, wish.document_sha256, lines=placed(wang, at, wish))
    say_yes(desk.li, at, uid)
    use = Use(uid, wish.document_sha256)
    intent = sealing.seal_document(
        wang, at, permit_uid=use.permit.uid, document_sha256=use.document, signer=desk.signer
    )
    data: bytes = settings.BLOBS.get(sealed_visible_to(wang, at, intent).result_sha256)
    return data


def rectangles(data: bytes) -> Iterator[tuple[str, int, list[float]]]:
    """Yield name, page and rectangle of each signature field."""
    with pikepdf.open(BytesIO(data)) as pdf:
        pages: dict[Any, int] = {page.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        for field in pdf.Root.AcroForm.Fields:
            yield str(field.T), pages[field.P.objgen], [float(side) for side in field.Rect]


@pytest.mark.parametrize(
    ("wishes", "manner", "impressions"),
    [
        ((At("last", 150_000, 60_000),), "signature-place", 1),
        ((At("all:odd", 150_000, 60_000),), "every-page", 2),
        ((AtWords("Signed", Which.ALL, right=60_000, up=-60_000),), "signature-place", PAGES),
        ((At("1", 150_000, 60_000), Across(edges=(Edge.RIGHT,), least_strip=4_000)), "signature-place", 2),
        ((Across(edges=(Edge.RIGHT, Edge.LEFT), pages="1-4"),), "across-pages", 2),
    ],
    ids=["last-page", "odd-pages", "all-words", "with-seam", "both-edges"],
)
def test_what_is_asked_for_is_approved_in_numbers_and_sealed_so(
    wishes: tuple[Wish, ...],
    manner: str,
    impressions: int,
    report: str,
    official: Seal,
    desk: Desk,
) -> None:
    data = sealed(desk, official, asked(official, report, *wishes))

    line = Line.objects.get(document_sha256=report)
    view = application_visible_to(desk.wang, desk.noon, Application.objects.get(purpose="use").uid)
    (statement,) = view.statements
    assert (line.manner, line.impressions, statement.impressions) == (manner, impressions, impressions)
    assert statement.documents[0].to_json()["placements"] == line.placements
    assert view.permits[0].used == impressions
    assert desk.verdict(data) is Verdict.VALID


def test_a_seal_over_the_date_covers_the_month_it_names(
    report: str, official: Seal, wang: Person, noon: datetime
) -> None:
    higher = sealing.receive_document(
        wang, noon, company_uid=official.company.uid, name="函.pdf", data=one_page("x" * 12 + " 2026-11-25", height=260)
    )

    ((spot,),) = (line.placements for line in placed(wang, noon, asked(official, higher, OverDate())))

    assert (spot.page, spot.x // 1000, spot.y // 1000) == (1, 65, 66)  # type: ignore[union-attr]  # one place


def test_a_code_is_printed_where_nothing_stands_and_leads_to_the_use(report: str, official: Seal, desk: Desk) -> None:
    wish = asked(official, report, At("1", 150_000, 60_000), code_at=At("last", 30_000, 30_000), code="ab" * 16)

    data = sealed(desk, official, wish)

    (said,) = Line.objects.get(document_sha256=report).codes
    assert said == {
        "text": f"{settings.PUBLIC_URL}/r/{'ab' * 16}/", "page": PAGES, "x": 30_000, "y": 30_000, "side": 22_000
    }  # fmt: skip
    assert desk.verdict(data) is Verdict.VALID
    with pikepdf.open(BytesIO(data)) as pdf:
        assert [Name.XObject in page.Resources for page in pdf.pages] == [False, False, False, True]


TOP_LEFT = At("1", 40_000, 265_000)
CLEAR = At("1", 150_000, 60_000)


@pytest.mark.parametrize(
    ("wishes", "more", "refusal"),
    [
        ((AtWords("盖章"),), {}, WordsNotFound),
        ((Across(pages="1"),), {}, SeamNeedsPages),
        ((CLEAR,), {"code_at": TOP_LEFT}, PlaceNotBlank),
        ((CLEAR,), {"code_at": CLEAR}, PlaceNotBlank),
        ((CLEAR,) * 51, {}, TooManyPlaces),
        (
            (CLEAR,),
            {"following": "parties", "parties": (PartyAsked("91310000000000000X", "1", (CLEAR,)),)},
            PartyUnknown,
        ),
        ((), {}, NoPlaceLeft),
    ],
    ids=["no-words", "one-page", "over-text", "under-the-seal", "too-many", "unknown-party", "nothing-left"],
)
def test_what_cannot_stand_there_is_refused_before_anybody_is_asked(
    wishes: tuple[Wish, ...],
    more: dict[str, object],
    refusal: type[Refused],
    report: str,
    official: Seal,
    wang: Person,
    noon: datetime,
) -> None:
    with pytest.raises(refusal):
        placed(wang, noon, asked(official, report, *wishes, **more))  # type: ignore[arg-type]  # each of its kind


def test_a_place_is_found_in_every_file_that_was_kept_of_a_sealed_one(
    report: str, official: Seal, second: Seal, desk: Desk
) -> None:
    party = PartyAsked(second.company.uscc, second.number, (At("last", 60_000, 60_000),))
    first = sha256(sealed(desk, official, asked(official, report, CLEAR, following="parties", parties=(party,))))
    archived, renewed = "a" * 64, "b" * 64

    for kept, before in ((archived, ""), (renewed, archived)):
        until = desk.noon + timedelta(days=365)
        sealing.put_kept(
            desk.wang,
            desk.noon,
            intent_uid=Intent.objects.get().uid,
            kept_sha256=kept,
            level="b-lta",
            until=until,
            renews=before,
        )

    assert [is_place_left(second, document) for document in (first, archived, renewed)] == [True] * 3
    assert not is_place_left(second, "c" * 64)


def test_a_party_of_this_installation_fills_the_place_left_for_it_and_nothing_else(
    report: str, official: Seal, second: Seal, desk: Desk
) -> None:
    party = PartyAsked(second.company.uscc, second.number, (At("last", 60_000, 60_000),))
    first = sealed(desk, official, asked(official, report, CLEAR, following="parties", parties=(party,)))
    document = sealing.receive_document(
        desk.wang, desk.noon, company_uid=second.company.uid, name="报告.pdf", data=first
    )
    assert (is_place_left(second, document), is_place_left(official, document)) == (True, False)

    both = sealed(desk, second, asked(second, document, following="others"))

    field = f"Party1_{second.uid}"
    assert desk.verdict(both) is Verdict.VALID
    assert [page for name, page, _ in rectangles(both) if name == field] == [PAGES]
    assert is_certified_for_filling(both)
    with pytest.raises(NotSealable):
        sealing.receive_document(desk.wang, desk.noon, company_uid=second.company.uid, name="报告.pdf", data=both)


def is_certified_for_filling(data: bytes) -> bool:
    with pikepdf.open(BytesIO(data)) as pdf:
        reference: Any = pdf.Root.Perms.DocMDP.Reference[0]
        return bool(reference.TransformParams.P == 2)  # ISO 32000-2, table 257


def test_a_signed_file_takes_no_code_and_leaves_no_places(report: str, official: Seal, desk: Desk) -> None:
    data = sealed(desk, official, asked(official, report, CLEAR, following="others"))
    document = sealing.receive_document(
        desk.wang, desk.noon, company_uid=official.company.uid, name="报告.pdf", data=data
    )

    with pytest.raises(NotSealable):
        placed(desk.wang, desk.noon, asked(official, document, CLEAR, code_at=At("2", 30_000, 30_000)))


def test_a_date_line_is_approved_shown_and_drawn_under_the_seal(report: str, official: Seal, desk: Desk) -> None:
    wish = asked(official, report, CLEAR, writing_at=At("last", 120_000, 60_000), writing="2026年11月26日")

    data = sealed(desk, official, wish)

    line = Line.objects.get(document_sha256=report)
    assert line.writings == [{"text": "2026年11月26日", "page": PAGES, "x": 120_000, "y": 60_000}]
    assert desk.verdict(data) is Verdict.VALID
    with pikepdf.open(BytesIO(data)) as pdf:
        assert [len(page.Resources.get("/XObject", {})) for page in pdf.pages] == [0, 0, 0, 1]


def test_words_such_as_checked_against_the_original_stand_on_every_page_that_is_named(
    report: str, official: Seal, desk: Desk
) -> None:
    wish = asked(official, report, CLEAR, writing_at=At("all", 120_000, 60_000), writing="与原件核对无误")

    data = sealed(desk, official, wish)

    line = Line.objects.get(document_sha256=report)
    assert [one["page"] for one in line.writings] == list(range(1, PAGES + 1))
    assert desk.verdict(data) is Verdict.VALID
    with pikepdf.open(BytesIO(data)) as pdf:
        assert [len(page.Resources.get("/XObject", {})) for page in pdf.pages] == [1] * PAGES


def test_words_on_more_pages_than_a_statement_names_are_refused(
    report: str, official: Seal, wang: Person, noon: datetime
) -> None:
    (wish,) = placed(wang, noon, asked(official, report, CLEAR, writing_at=At("1", 120_000, 60_000), writing="核"))
    document = Document.objects.get(sha256=report)

    with pytest.raises(TooManyWords):
        check_places(document, replace(wish, writings=wish.writings * (MAX_WRITINGS + 1)), size_of(official))


@pytest.mark.parametrize(
    ("text", "place", "refusal"),
    [
        ("2026年11月26日", At("last", 5_000, 60_000), PlacementOutsidePage),
        ("\U0001f600", At("last", 120_000, 60_000), MissingGlyph),
    ],
    ids=["outside", "no-such-character"],
)
def test_a_date_line_that_cannot_be_drawn_is_refused(
    text: str, place: At, refusal: type[Refused], report: str, official: Seal, wang: Person, noon: datetime
) -> None:
    with pytest.raises(refusal):
        placed(wang, noon, asked(official, report, CLEAR, writing_at=place, writing=text))


def test_a_signed_file_takes_no_date_line(report: str, official: Seal, desk: Desk) -> None:
    data = sealed(desk, official, asked(official, report, CLEAR, following="others"))
    document = sealing.receive_document(
        desk.wang, desk.noon, company_uid=official.company.uid, name="报告.pdf", data=data
    )

    with pytest.raises(NotSealable):
        placed(desk.wang, desk.noon, asked(official, document, CLEAR, writing_at=At("2", 120_000, 60_000), writing="x"))
