"""What the approval page draws over the pages: whatever a web server that was taken over hands over, the statement."""

import re
from dataclasses import replace
from io import BytesIO

import pytest

from privyseal.approval_page import asking, drawing
from privyseal.approval_page.asking import ApprovalAskUnreadable, Ask
from privyseal.approval_page.inked import name_of
from privyseal.approval_page.keeping import Held
from privyseal.pdf.face import Face, digest
from privyseal.pdf.placement import PageSize, Placement, Size
from privyseal.pdf.spots import Awaited, Edge, Range, Seam, Spot, Spread
from privyseal.signer.documents import Code, Document, Writing
from privyseal.signer.passkeys import Page
from privyseal.signer.statement import Statement
from tests.approval_page.asked import CONTRACT, OTHER, SEAL, ask_for, use_of
from tests.approval_page.asked import digest as digest_of

FACE, ANOTHER = Face(ring="示例科技有限公司"), Face(ring="示例贸易有限公司")
A4 = PageSize(210_000, 297_000)
SHEETS = (A4, PageSize(297_000, 210_000), A4)
PLACE = Placement(1, 150_000, 60_000)


def stated(*spots: Spot, face: Face | None = FACE, after: str = "") -> Statement:
    document = Document(digest_of(CONTRACT), "nobody", spots or (PLACE,), after=after)
    return use_of(documents=(document,), impressions=99, face_sha256=digest(face) if face else "")


def shown(*each: Statement, faces: tuple[Face, ...] = (FACE,), names: dict[str, str] | None = None) -> str:
    """Return the page for what was handed over, as far as it is taken."""
    ask: Ask = replace(ask_for(*each, language="en"), faces=faces)
    taken = asking.read(replace(ask, names={**ask.names, **(names or {})}).to_bytes())
    held = Held(digest_of(CONTRACT), BytesIO(), 0, SHEETS)
    return drawing.approval(taken, [held], address="a" * 43, own=Page("http://localhost:8001"), home="")


def sheets(html: str) -> list[list[tuple[str, ...]]]:
    """Return of each page what is drawn there of a face: left, top, width, height, and the part of it."""
    place = r'<svg x="([^"]+)" y="([^"]+)" width="([^"]+)" height="([^"]+)" viewBox="([^"]+)"><use href="#([^"]+)"'
    return [re.findall(place, sheet) for sheet in html.split('<div class="sheet">')[1:]]


NAME = name_of(FACE)
WHOLE = ("129000.0", "216000.0", "42000", "42000", "0 0 42000 42000", NAME)
PLACES: dict[str, tuple[tuple[Spot, ...], list[list[tuple[str, ...]]]]] = {
    "one page": ((PLACE,), [[WHOLE], [], []]),
    "another page": ((replace(PLACE, page=3),), [[], [], [WHOLE]]),
    "another place": ((replace(PLACE, x=21_000, y=21_000),), [[("0.0", "255000.0", *WHOLE[2:])], [], []]),
    "a large number": ((replace(PLACE, x=123_457, y=98_765),), [[("102457.0", "177235.0", *WHOLE[2:])], [], []]),
    "every page": (
        (Spread((Range(1, 3),), 150_000, 60_000),),
        [[WHOLE], [("129000.0", "129000.0", *WHOLE[2:])], [WHOLE]],
    ),
    "across the right edge": (
        (Seam(Edge.RIGHT, (Range(1, 3),), 100_000, 3),),
        [
            [("196000.0", "176000.0", "14000", "42000", "0 0 14000 42000", NAME)],
            [("283000.0", "89000.0", "14000", "42000", "14000 0 14000 42000", NAME)],
            [("196000.0", "176000.0", "14000", "42000", "28000 0 14000 42000", NAME)],
        ],
    ),
}


@pytest.mark.parametrize("spots", PLACES)
def test_a_seal_is_drawn_where_the_statement_puts_it_and_as_large_as_it_is(spots: str) -> None:
    places, drawn = PLACES[spots]

    page = shown(stated(*places))

    assert sheets(page) == drawn
    assert (page.count(f'id="{NAME}"'), page.count("<circle cx")) == (1, 0)
    assert "just as they will be sealed" in page


def test_no_other_face_is_shown_than_the_one_that_is_named_and_none_is_left_out() -> None:
    for faces in ((), (ANOTHER,), (FACE, ANOTHER)):
        with pytest.raises(ApprovalAskUnreadable):
            shown(stated(), faces=faces)
    with pytest.raises(ApprovalAskUnreadable):
        shown(stated(face=None), faces=(FACE,))


def test_each_seal_has_the_face_that_its_own_statement_names() -> None:
    second = stated(replace(PLACE, x=60_000), face=ANOTHER, after=SEAL)

    page = shown(stated(), replace(second, seal="5f" * 16), faces=(ANOTHER, FACE))

    other = ("39000.0", *WHOLE[1:5], name_of(ANOTHER))
    assert sheets(page) == [[WHOLE, other], [], []]


def test_a_face_stands_on_the_document_whose_statement_says_so_and_on_no_other() -> None:
    theirs = Document(digest_of(OTHER), "nobody", (PLACE,))
    both = replace(stated(), documents=(*stated(replace(PLACE, page=2)).documents, theirs))

    assert [len(each) for each in sheets(shown(both))] == [0, 1, 0]


def test_a_seal_without_a_face_is_a_ring_and_the_page_says_what_a_ring_is() -> None:
    page = shown(stated(face=None), faces=())

    assert (sheets(page), page.count("<circle cx"), page.count("<use")) == ([[], [], []], 1, 0)
    assert ("A dashed ring is where a seal goes" in page, "just as they will be sealed" in page) == (True, False)


@pytest.mark.parametrize(
    "spot", [replace(PLACE, x=10_000), replace(PLACE, y=300_000), Seam(Edge.LEFT, (Range(1, 3),), 0, 3)]
)
def test_where_the_engine_refuses_a_place_no_seal_is_drawn(spot: Spot) -> None:
    page = shown(stated(PLACE, spot))

    assert (page.count("<use"), "<circle cx" in page) == (0, True)


def test_codes_and_lines_are_drawn_and_what_does_not_exist_yet_is_an_empty_box() -> None:
    awaited = Awaited("Seal_2", (replace(PLACE, page=3),), Size(40_000, 30_000))
    signed = Code(f"https://seals.example.com/r/{'ab' * 16}/", replace(PLACE, page=2), 20_000, is_signed=True)
    plain = Code("https://seals.example.com", replace(PLACE, y=250_000), 20_000)
    written = Writing("2026-11-28", replace(PLACE, y=200_000))

    bare = stated().documents[0]
    more = replace(bare, codes=(plain, signed), writings=(written,), awaited=(awaited,), following="parties")

    page = shown(replace(stated(), documents=(more,)))

    one, two, three = page.split('<div class="sheet">')[1:]
    assert (one.count('class="print"'), one.count('class="marks"'), one.count("<path")) == (1, 0, 2)
    assert 'x="140000.0" y="140000.0" width="20000" height="20000"' in two
    assert 'x="130000.0" y="222000.0" width="40000" height="30000"' in three
    assert [each.count('class="marks"') for each in (two, three)] == [1, 1]
    assert "A dashed box" in page


def test_no_name_draws_anything_and_nothing_is_inline_that_the_policy_forbids() -> None:
    false = f'</span><svg class="ink"><use href="#{NAME}"/></svg>'

    page = shown(stated(), names={SEAL: false, digest_of(CONTRACT): false})

    assert page.count("<use") == 1
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|url\(", page) == []
    assert [link for link in re.findall(r'href="([^"]+)"', page) if "//" in link] == []


def test_who_cannot_see_the_page_hears_what_they_heard_before_and_the_face_in_words() -> None:
    def heard(html: str) -> str:
        return re.sub(r'<svg [^>]*aria-hidden="true".*?</svg>(?=<svg class|</div>)', "", html)

    page, before = shown(stated()), shown(stated(face=None), faces=())

    words = ["Goes on this page: 合同专用章", "page 1, 150 mm from the left, 60 mm from the bottom"]
    assert [(word in heard(page), word in heard(before)) for word in words] == [(True, True)] * 2
    assert ("<title>示例科技有限公司</title>" in page, page.count(digest(FACE))) == (True, 4)
