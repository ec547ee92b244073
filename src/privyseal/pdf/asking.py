"""How people say where a seal goes, and the spots that come of it. What is approved has no "last" page in it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from privyseal.kernel.errors import Refused
from privyseal.pdf.placement import NoSuchPage, PageSize, Placement, Size
from privyseal.pdf.spots import MOST_PAGES_A_SEAM, Edge, Range, Seam, SeamTooNarrow, Spot, Spread

USUAL_STRIP: Final = 4_000
MOST_FOUND: Final = 50
_THOUSAND: Final = 1000
_MOST_PARTS: Final = 100
_PART: Final = re.compile(r"(?:(\d{1,5}|last)(?:-(\d{1,5}|last))?|all)(?::(odd|even))?")
_DATE_BELOW_MIDDLE: Final = 0.12
"""GB/T 9704: the date stands in the middle of the seal, a little below."""


class PagesUnreadable(Refused):
    """Not a list of pages such as "1-3,7,last", "all" or "2-last:even"."""

    code = "pages-unreadable"


class WordsNotFound(Refused):
    """The words do not stand in the text of the document, or not that often; a scan has no text."""

    code = "words-not-found"


class TooManyFound(Refused):
    """The words stand in more places than one application can name."""

    code = "too-many-found"


class Which(StrEnum):
    """The n-th is said by its number instead."""

    ALL = "all"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class At:
    """On these pages, in micrometres from the lower left."""

    pages: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class AtShare:
    """On these pages, in thousandths of the page from the lower left: for pages of different sizes."""

    pages: str
    across: int
    up: int


@dataclass(frozen=True, slots=True)
class AtWords:
    """On the words, moved by micrometres to the right and upwards."""

    words: str
    which: Which | int = Which.LAST
    right: int = 0
    up: int = 0
    pages: str = "all"


@dataclass(frozen=True, slots=True)
class OverDate:
    """Riding on the year and covering the month of a date (骑年盖月)."""

    which: Which | int = Which.LAST
    pages: str = "all"


@dataclass(frozen=True, slots=True)
class Across:
    """Across the edges of these pages; ``share`` is how far up the page, in thousandths."""

    pages: str = "all"
    edges: tuple[Edge, ...] = (Edge.RIGHT,)
    share: int = 500
    least_strip: int = USUAL_STRIP


Wish: TypeAlias = At | AtShare | AtWords | OverDate | Across


@dataclass(frozen=True, slots=True)
class Found:
    """Where words stand on a page as a reader sees it, in micrometres from its lower left."""

    page: int
    left: int
    bottom: int
    right: int
    top: int


Finder: TypeAlias = Callable[[AtWords | OverDate], Sequence[Found]]
"""Answers for the text of one document, in reading order; for a date, where its year and month stand."""


def resolved(wish: Wish, face: Size, pages: Sequence[PageSize], find: Finder) -> tuple[Spot, ...]:
    """Return the spots that are meant, or refuse. Whether the face fits there is for ``stamps`` to say."""
    numbers = ranges(wish.pages, len(pages))
    match wish:
        case At():
            return _alike(numbers, wish.x, wish.y)
        case AtShare():
            return tuple(_joined(_at_share(wish, numbers, pages)))
        case AtWords():
            found = _chosen(find(wish), numbers, wish.which)
            return tuple(_on(each, right=wish.right, up=wish.up) for each in found)
        case OverDate():
            found = _chosen(find(wish), numbers, wish.which)
            return tuple(_on(each, right=0, up=round(face.height * _DATE_BELOW_MIDDLE)) for each in found)
        case Across():
            return tuple(_seam(wish, edge, numbers, face, pages) for edge in wish.edges)


def ranges(text: str, pages: int) -> tuple[Range, ...]:
    """Return the pages that a text such as "1-3,7,last" or "all:odd" names, or refuse."""
    parts = text.replace(" ", "").replace("，", ",").lower().split(",")
    if len(parts) > _MOST_PARTS:
        raise PagesUnreadable
    return tuple(_range(part, pages) for part in parts)


def _range(part: str, pages: int) -> Range:
    read = _PART.fullmatch(part)
    if read is None:
        raise PagesUnreadable
    start, end, parity = read.groups()
    first = 1 if start is None else pages if start == "last" else int(start)
    last = pages if start is None or end == "last" else int(end) if end else first
    if parity is not None:
        first += (first % 2 == 0) if parity == "odd" else (first % 2 == 1)
    if last > pages:
        raise NoSuchPage(page=last, pages=pages)
    if not 1 <= first <= last:
        raise PagesUnreadable
    return Range(first, last, 1 if parity is None else 2)


def _alike(numbers: tuple[Range, ...], x: int, y: int) -> tuple[Spot, ...]:
    pages = [page for part in numbers for page in part]
    return (Placement(pages[0], x, y),) if len(pages) == 1 else (Spread(numbers, x, y),)


def _at_share(wish: AtShare, numbers: Sequence[Range], pages: Sequence[PageSize]) -> Iterator[Placement]:
    for number in (page for part in numbers for page in part):
        size = pages[number - 1]
        yield Placement(number, size.width * wish.across // _THOUSAND, size.height * wish.up // _THOUSAND)


def _joined(placements: Iterator[Placement]) -> Iterator[Spot]:
    """Yield neighbouring pages of one size as one spread."""
    run: list[Placement] = []
    for placement in placements:
        if run and (placement.page, placement.x, placement.y) != (run[-1].page + 1, run[0].x, run[0].y):
            yield _of_run(run)
            run = []
        run.append(placement)
    if run:
        yield _of_run(run)


def _of_run(run: Sequence[Placement]) -> Spot:
    return run[0] if len(run) == 1 else Spread((Range(run[0].page, run[-1].page),), run[0].x, run[0].y)


def _chosen(found: Sequence[Found], numbers: Sequence[Range], which: Which | int) -> Sequence[Found]:
    wanted = {page for part in numbers for page in part}
    there = [each for each in found if each.page in wanted]
    if not there or (isinstance(which, int) and not 1 <= which <= len(there)):
        raise WordsNotFound(found=len(there))
    if len(there) > MOST_FOUND and which == Which.ALL:
        raise TooManyFound(found=len(there), most=MOST_FOUND)
    if isinstance(which, int):
        return there[which - 1 : which]
    return there[-1:] if which is Which.LAST else there


def _on(found: Found, *, right: int, up: int) -> Placement:
    return Placement(found.page, (found.left + found.right) // 2 + right, (found.bottom + found.top) // 2 + up)


def _seam(wish: Across, edge: Edge, numbers: tuple[Range, ...], face: Size, pages: Sequence[PageSize]) -> Seam:
    each = min(MOST_PAGES_A_SEAM, face.width // max(wish.least_strip, 1))
    if each < 2:  # noqa: PLR2004  a seam joins two
        raise SeamTooNarrow(pages=2, most=each)
    lowest = min(pages[page - 1].height for part in numbers for page in part)
    return Seam(edge, numbers, lowest * wish.share // _THOUSAND, each)
