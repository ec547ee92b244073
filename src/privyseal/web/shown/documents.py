"""The pages of a document, and where seals will stand on them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from privyseal.approvals.models import Line
from privyseal.approvals.wishes import LineWish
from privyseal.kernel import paper_code
from privyseal.language.taken_in import WARNING
from privyseal.pdf.accepted import MAX_PAGES
from privyseal.pdf.figures import code_svg_path, line_size, line_stroke, line_svg_path
from privyseal.pdf.looks import Hint
from privyseal.pdf.placement import PageSize, Size
from privyseal.pdf.spots import Awaited, Spot, Stamp, pages_of, stamps, whole
from privyseal.sealing.models import Document
from privyseal.seals.models import Seal
from privyseal.seals.sizes import size_of
from privyseal.signer import documents
from privyseal.signer.documents import WRITING_HEIGHT, Code, Writing

PAGES_AT_ONCE: Final = 20
TURN: Final = "turn"
"""What a form sends that only wants to see other pages."""

_DPI: Final = 110
_MOST_PIXELS_ALONG: Final = 2_000
_MICROMETRES_AN_INCH: Final = 25_400


@dataclass(frozen=True, slots=True)
class Ink:
    """What one seal puts on a document, as it is approved and as the engine is told."""

    seal: Seal
    spots: Sequence[Spot]
    codes: Sequence[Code] = ()
    awaited: Sequence[Awaited] = ()
    field: str = ""
    writings: Sequence[Writing] = ()

    @classmethod
    def of_line(cls, line: Line) -> "Ink":
        return cls(
            line.seal,
            documents.spots(line.placements) if line.placements else (),
            tuple(Code.parse(code) for code in line.codes),
            tuple(documents.awaited_from_json(one) for one in line.awaited),
            line.field,
            tuple(Writing.parse(writing) for writing in line.writings),
        )

    @classmethod
    def of_wish(cls, wish: LineWish, seal: Seal) -> "Ink":
        return cls(seal, wish.placements, wish.codes, wish.awaited, wish.field, wish.writings)

    @property
    def first_page(self) -> int:
        return min(page for spot in self.spots for page in pages_of(spot))


@dataclass(frozen=True, slots=True)
class Mark:
    """A face on a page, or the strip of it from ``start``, in micrometres from the upper left corner.

    One that ``is_below`` becomes part of the page, as codes and words after it do; others lie on top of these.
    """

    url: str
    left: float
    top: float
    width: int
    height: int
    start: int
    face_width: int
    seal_name: str
    is_below: bool


@dataclass(frozen=True, slots=True)
class Printed:
    """A code, words, or a place left for a later party, from the upper left corner; ``path`` draws what there is."""

    left: float
    top: float
    width: int
    height: int
    path: str = ""
    stroke: int = 0


@dataclass(frozen=True, slots=True)
class Hinted:
    """Where the document asks for a seal: in millimetres as the form says it, and how far down the page."""

    x: str
    y: str
    across: int
    down: int
    words: str


@dataclass(frozen=True, slots=True)
class Sheet:
    number: int
    url: str
    width: int
    height: int
    marks: tuple[Mark, ...]
    codes: tuple[Printed, ...]
    writings: tuple[Printed, ...]
    places: tuple[Printed, ...]
    hints: tuple[Hinted, ...] = ()

    @property
    def pixels_across(self) -> int:
        return self.width * dots_an_inch(self.width, self.height) // _MICROMETRES_AN_INCH

    @property
    def pixels_along(self) -> int:
        return self.height * dots_an_inch(self.width, self.height) // _MICROMETRES_AN_INCH


@dataclass(frozen=True, slots=True)
class Shown:
    """Some pages of one document; ``earlier`` and ``later`` are the pages to go on from."""

    document: Document
    warnings: tuple[Promise, ...]
    sheets: tuple[Sheet, ...]
    pages: int
    earlier: int | None
    later: int | None


def of_one_act(inked: Sequence[Ink]) -> list[Ink]:
    """Return what seals that go on together leave on a document: places are left only for those who come later."""
    filled = {ink.field for ink in inked}
    return [replace(ink, awaited=tuple(one for one in ink.awaited if one.field not in filled)) for ink in inked]


def dots_an_inch(width: int, height: int) -> int:
    """Return how finely a page is drawn: well to read, and a poster no larger than a screen needs."""
    return max(1, min(_DPI, _MOST_PIXELS_ALONG * _MICROMETRES_AN_INCH // max(width, height, 1)))


def first_page(request: HttpRequest) -> int:
    """Return the page that the reader wants to go on from."""
    asked = request.POST.get(TURN) or request.GET.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= len(str(MAX_PAGES)) else 1


def show(
    document: Document,
    inked: Sequence[Ink] = (),
    *,
    first: int = 1,
    page_url: Callable[[int], str] | None = None,
    hints: Mapping[int, Sequence[Hint]] | None = None,
) -> Shown:
    """Return the pages from this one on; ``page_url`` says where their images are, if not with the document's own."""
    pages = [PageSize(**page) for page in document.pages]
    first = min(max(first, 1), len(pages))
    last = min(first + PAGES_AT_ONCE - 1, len(pages))
    numbers = range(first, last + 1)
    sizes = dict(enumerate(pages, start=1))
    url = page_url or (lambda number: reverse("document-page", args=[document.sha256, number]))
    bare = (_sheet(url(number), number, sizes, inked) for number in numbers)
    sheets = tuple(replace(sheet, hints=_hinted(sheet, (hints or {}).get(sheet.number, ()))) for sheet in bare)
    return Shown(
        document=document,
        warnings=tuple(WARNING[warning] for warning in document.warnings),
        sheets=sheets,
        pages=len(pages),
        earlier=max(first - PAGES_AT_ONCE, 1) if first > 1 else None,
        later=last + 1 if last < len(pages) else None,
    )


def _sheet(url: str, number: int, sizes: Mapping[int, PageSize], inked: Sequence[Ink]) -> Sheet:
    size = sizes[number]
    return Sheet(
        number=number,
        url=url,
        width=size.width,
        height=size.height,
        marks=tuple(mark for ink in inked for mark in _marks(ink, number, sizes, is_first=ink is inked[0])),
        codes=tuple(_code(code, size) for ink in inked for code in ink.codes if code.at.page == number),
        writings=tuple(_writing(one, size) for ink in inked for one in ink.writings if one.at.page == number),
        places=tuple(place for ink in inked for place in _places(ink, number, sizes)),
    )


def _hinted(sheet: Sheet, hints: Sequence[Hint]) -> tuple[Hinted, ...]:
    return tuple(
        Hinted(f"{hint.x / 1000:.1f}", f"{hint.y / 1000:.1f}", hint.x, sheet.height - hint.y, hint.words)
        for hint in hints
    )


def _marks(ink: Ink, number: int, sizes: Mapping[int, PageSize], *, is_first: bool) -> Iterator[Mark]:
    face = size_of(ink.seal)
    first = next(iter(ink.spots), None)
    for at, stamp in enumerate(_stamps_on(number, ink.spots, face, sizes)):
        yield Mark(
            url=reverse("seal-face", args=[ink.seal.uid]),
            left=stamp.left,
            top=sizes[number].height - stamp.bottom - face.height,
            width=stamp.width,
            height=face.height,
            start=stamp.start,
            face_width=face.width,
            seal_name=ink.seal.name,
            is_below=is_first and (at > 0 or first is None or number != pages_of(first)[0]),
        )


def _places(ink: Ink, number: int, sizes: Mapping[int, PageSize]) -> Iterator[Printed]:
    for one in ink.awaited:
        for stamp in _stamps_on(number, one.spots, one.size, sizes):
            top = sizes[number].height - stamp.bottom - one.size.height
            yield Printed(stamp.left, top, stamp.width, one.size.height)


def _stamps_on(number: int, spots: Sequence[Spot], face: Size, sizes: Mapping[int, PageSize]) -> Iterator[Stamp]:
    """Yield what the engine puts on this page: by the same function as the engine."""
    for spot in spots:
        if number in pages_of(spot):
            yield from (stamp for stamp in stamps(spot, face, sizes) if stamp.page == number)


def _code(code: Code, size: PageSize) -> Printed:
    stamp = whole(code.at, Size(code.side, code.side))
    text = paper_code.example_text(code.text) if code.is_signed else code.text
    path = code_svg_path(text, side=code.side)
    return Printed(stamp.left, size.height - stamp.bottom - code.side, code.side, code.side, path)


def _writing(writing: Writing, page: PageSize) -> Printed:
    size = line_size(writing.text, height=WRITING_HEIGHT)
    stamp = whole(writing.at, size)
    path = line_svg_path(writing.text, height=WRITING_HEIGHT)
    stroke = line_stroke(writing.text, height=WRITING_HEIGHT)
    return Printed(stamp.left, page.height - stamp.bottom - size.height, size.width, size.height, path, stroke)
