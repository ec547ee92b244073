"""Places on pages, in words: everything that the statement says in numbers."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from django.utils.translation import gettext as _

from privyseal.language.places import EDGES
from privyseal.pdf.placement import Placement
from privyseal.pdf.spots import Awaited, Range, Seam, Spot, Spread, pages_of
from privyseal.web.shown.words import millimetres


def place(spot: Spot) -> str:
    """Say where a seal stands."""
    match spot:
        case Placement():
            return _at(str(spot.page), spot.x, spot.y)
        case Spread():
            return _at(_ranges(spot.pages), spot.x, spot.y)
        case Seam():
            said = {
                "pages": _ranges(spot.pages),
                "edge": EDGES[spot.edge.value],
                "along": millimetres(spot.y),
                "each": spot.each,
            }
            return (
                _("Across edge “%(edge)s” of pages %(pages)s, %(along)s up, one seal for at most %(each)s pages") % said
            )


def pages(spots: Iterable[Spot]) -> str:
    """Say which pages bear something, each once."""
    numbers = sorted({number for spot in spots for number in pages_of(spot)})
    runs = groupby(enumerate(numbers), key=lambda counted: counted[1] - counted[0])
    together = [[number for _place, number in run] for _start, run in runs]
    return _ranges([Range(run[0], run[-1]) for run in together])


def party(awaited: Awaited) -> str:
    """Say where a later party is to seal."""
    return _("; ").join(place(spot) for spot in awaited.spots)


def _at(numbers: str, x: int, y: int) -> str:
    said = {"page": numbers, "across": millimetres(x), "along": millimetres(y)}
    return _("Page %(page)s: %(across)s from the left, %(along)s from the bottom") % said


def _ranges(parts: Sequence[Range]) -> str:
    return _(", ").join(_range(part) for part in parts)


def _range(part: Range) -> str:
    if part.first == part.last:
        return str(part.first)
    if part.step == 1:
        return f"{part.first}–{part.last}"
    odd = part.first % 2
    said = {"first": part.first, "last": part.last}
    return _("%(first)s–%(last)s, odd ones") % said if odd else _("%(first)s–%(last)s, even ones") % said
