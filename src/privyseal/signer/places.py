"""Where a seal stands, in the words of a statement. A single placement reads as it always has."""

import re
from collections.abc import Mapping
from typing import Final

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json
from privyseal.pdf.placement import Placement
from privyseal.pdf.spots import (
    MOST_PAGES_A_SEAM,
    Edge,
    PageTwice,
    Range,
    Seam,
    SeamNeedsPages,
    Spot,
    Spread,
    impressions,
)

_MAX_PAGE: Final = 5_000
_MAX_RANGES: Final = 100
_MAX_MICROMETRES: Final = 10_000_000
_EDGE: Final = re.compile("|".join(Edge))


def to_json(spot: Spot) -> Mapping[str, Json]:
    match spot:
        case Placement():
            return {"page": spot.page, "x": spot.x, "y": spot.y}
        case Spread():
            return {"pages": _ranges(spot.pages), "x": spot.x, "y": spot.y}
        case Seam():
            return {"edge": spot.edge.value, "pages": _ranges(spot.pages), "y": spot.y, "each": spot.each}


def parse(value: Json) -> Spot:
    """Return the spot, or raise Misshapen; no page stands in one twice, and a seam joins pages."""
    names = value.keys() if isinstance(value, dict) else frozenset()
    spot = placement(value) if "page" in names else _seam(value) if "edge" in names else _spread(value)
    try:
        impressions(spot)
    except (PageTwice, SeamNeedsPages) as error:
        raise shapes.Misshapen from error
    return spot


def placement(value: Json) -> Placement:
    """Return a place on one page, or raise Misshapen."""
    entry = shapes.fields(value, frozenset({"page", "x", "y"}))
    return Placement(page=_page(entry["page"]), x=_length(entry["x"]), y=_length(entry["y"]))


def _ranges(pages: tuple[Range, ...]) -> list[Json]:
    return [[part.first, part.last, part.step] for part in pages]


def _spread(value: Json) -> Spread:
    entry = shapes.fields(value, frozenset({"pages", "x", "y"}))
    return Spread(pages=_pages(entry["pages"]), x=_length(entry["x"]), y=_length(entry["y"]))


def _seam(value: Json) -> Seam:
    entry = shapes.fields(value, frozenset({"edge", "pages", "y", "each"}))
    return Seam(
        edge=Edge(shapes.word(entry["edge"], _EDGE)),
        pages=_pages(entry["pages"]),
        y=_length(entry["y"]),
        each=shapes.integer(entry["each"], least=2, most=MOST_PAGES_A_SEAM),
    )


def _pages(value: Json) -> tuple[Range, ...]:
    return tuple(_range(item) for item in shapes.items(value, least=1, most=_MAX_RANGES))


def _range(value: Json) -> Range:
    first, last, step = shapes.items(value, least=3, most=3)
    page = _page(first)
    return Range(page, shapes.integer(last, least=page, most=_MAX_PAGE), shapes.integer(step, least=1, most=2))


def _page(value: Json) -> int:
    return shapes.integer(value, least=1, most=_MAX_PAGE)


def _length(value: Json) -> int:
    return shapes.integer(value, least=0, most=_MAX_MICROMETRES)
