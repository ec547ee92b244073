"""Where faces stand in a document, as it is approved: on one page, on many alike, or across the edges of pages.

Lengths are micrometres. A spot is short however many pages it is about; ``stamps`` says what each page bears.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

from privyseal.kernel.errors import Refused
from privyseal.pdf.placement import NoSuchPage, PageSize, Placement, PlacementOutsidePage, Size

LEAST_STRIP: Final = 1_500
"""A narrower strip of a seal cannot be told from the rim of a page."""

MOST_PAGES_A_SEAM: Final = 40


class SeamNeedsPages(Refused):
    """A seal across pages needs two of them at least."""

    code = "seam-needs-pages"


class SeamTooNarrow(Refused):
    """Shared by so many pages, each would bear a strip that nobody can recognize."""

    code = "seam-too-narrow"


class PageTwice(Refused):
    """The pages are named in such a way that one of them would bear the same face twice."""

    code = "page-twice"


class Edge(StrEnum):
    RIGHT = "right"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Range:
    """Pages from the first to the last, each or every second one."""

    first: int
    last: int
    step: int = 1

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last + 1, self.step))


@dataclass(frozen=True, slots=True)
class Spread:
    """The same place on several pages; ``x`` and ``y`` as in a placement."""

    pages: tuple[Range, ...]
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Seam:
    """Seals across the edge of pages laid one below the other, at most ``each`` pages to a seal."""

    edge: Edge
    pages: tuple[Range, ...]
    y: int
    each: int


Spot: TypeAlias = Placement | Spread | Seam


@dataclass(frozen=True, slots=True)
class Awaited:
    """What a later party of this installation will seal, one empty field a page: nobody may add one after us."""

    field: str
    spots: tuple[Spot, ...]
    size: Size


class Stamp(NamedTuple):
    """What one page bears: the face from ``start`` to ``end`` across, with its lower left corner here."""

    page: int
    left: float
    bottom: float
    start: int
    end: int

    @property
    def width(self) -> int:
        return self.end - self.start


def pages_of(spot: Spot) -> tuple[int, ...]:
    """Return the pages a spot is about, in order, or refuse one that is named twice."""
    if isinstance(spot, Placement):
        return (spot.page,)
    pages = sorted(page for part in spot.pages for page in part)
    if any(one == other for one, other in pairwise(pages)):
        raise PageTwice
    return tuple(pages)


def impressions(spot: Spot) -> int:
    """Return how often the seal is put down: once a page, or once for all the pages that share it."""
    pages = len(pages_of(spot))
    return _groups(pages, spot.each) if isinstance(spot, Seam) else pages


def stamps(spot: Spot, face: Size, pages: Mapping[int, PageSize]) -> tuple[Stamp, ...]:
    """Return what each page bears, or refuse a page that is not there and a face that does not fit."""
    if isinstance(spot, Placement):
        if spot.page not in pages:
            raise NoSuchPage(page=spot.page)
        return (_whole(spot, face, pages[spot.page]),)
    numbers = pages_of(spot)
    for number in numbers:
        if number not in pages:
            raise NoSuchPage(page=number)
    if isinstance(spot, Seam):
        return tuple(_strips(spot, numbers, face, pages))
    return tuple(_whole(Placement(number, spot.x, spot.y), face, pages[number]) for number in numbers)


def whole(placement: Placement, size: Size) -> Stamp:
    """Return the stamp of something of that size with its middle here."""
    return Stamp(placement.page, placement.x - size.width / 2, placement.y - size.height / 2, 0, size.width)


def _whole(placement: Placement, face: Size, page: PageSize) -> Stamp:
    page.check(placement, face)
    return whole(placement, face)


def _strips(seam: Seam, numbers: Sequence[int], face: Size, pages: Mapping[int, PageSize]) -> Iterator[Stamp]:
    groups = _groups(len(numbers), seam.each)
    for group in range(groups):
        shared = numbers[len(numbers) * group // groups : len(numbers) * (group + 1) // groups]
        if face.width // len(shared) < LEAST_STRIP:
            raise SeamTooNarrow(pages=len(shared), most=face.width // LEAST_STRIP)
        cuts = [face.width * cut // len(shared) for cut in range(len(shared) + 1)]
        # Pages lie fanned out with the first on top: it bears the part of the face that is farthest from the edge.
        parts = list(pairwise(cuts)) if seam.edge is Edge.RIGHT else list(pairwise(cuts))[::-1]
        for number, (start, end) in zip(shared, parts, strict=True):
            page = pages[number]
            bottom = seam.y - face.height / 2
            if bottom < 0 or bottom + face.height > page.height or end - start > page.width:
                raise PlacementOutsidePage(page=number, width=page.width, height=page.height)
            left = page.width - (end - start) if seam.edge is Edge.RIGHT else 0
            yield Stamp(number, left, bottom, start, end)


def _groups(pages: int, each: int) -> int:
    """Return how many seals so many pages share; no page is left alone with one."""
    if pages < 2:  # noqa: PLR2004  a seam joins two
        raise SeamNeedsPages(pages=pages)
    return min(-(-pages // each), pages // 2)
