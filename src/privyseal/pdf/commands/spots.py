"""Where a seal goes, as it is said to ``privyseal pdf seal``."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

from privyseal.pdf import confined
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.asking import USUAL_STRIP, Across, At, AtWords, Found, OverDate, Which, Wish, resolved
from privyseal.pdf.confined import Task
from privyseal.pdf.placement import NoSuchPage, Size, usual_place
from privyseal.pdf.spots import Edge, Spot

_MICROMETRES_PER_MILLIMETRE: Final = 1000
_EDGES: Final = {"right": (Edge.RIGHT,), "left": (Edge.LEFT,), "both": (Edge.RIGHT, Edge.LEFT)}


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--page", default="1", metavar="P", help="pages such as 1-3,7,last, all or all:odd")
    parser.add_argument("--x-mm", type=micrometres, metavar="X", help="centre, from the left (default: lower right)")
    parser.add_argument("--y-mm", type=micrometres, metavar="Y", help="centre, from below")
    parser.add_argument("--at-words", metavar="TEXT", help="on these words of the document")
    parser.add_argument("--over-date", action="store_true", help="over the year and month of a date")
    parser.add_argument("--which", default="last", metavar="N", help="of the words or dates: a number, all or last")
    parser.add_argument("--edge", choices=list(_EDGES), help="across the edges of pages, too")
    parser.add_argument("--edge-pages", default="all", metavar="P", help="which pages (default: all)")
    parser.add_argument(
        "--edge-strip-mm", type=micrometres, default=USUAL_STRIP, metavar="W", help="at least so much on each page"
    )


def of_arguments(arguments: Namespace, document: Accepted, face: Size) -> tuple[Spot, ...]:
    """Return the spots that are asked for, or refuse."""

    def find(wish: AtWords | OverDate) -> tuple[Found, ...]:
        return confined.run(Task.FIND, document.data, wish=wish, pages=document.pages)

    wishes = _wishes(arguments, document, face)
    return tuple(spot for wish in wishes for spot in resolved(wish, face, document.pages, find))


def _wishes(arguments: Namespace, document: Accepted, face: Size) -> Iterator[Wish]:
    if arguments.at_words:
        yield AtWords(arguments.at_words, _which(arguments.which))
    elif arguments.over_date:
        yield OverDate(_which(arguments.which))
    else:
        yield _at(arguments, document, face)
    if arguments.edge:
        yield Across(arguments.edge_pages, _EDGES[arguments.edge], least_strip=arguments.edge_strip_mm)


def _at(arguments: Namespace, document: Accepted, face: Size) -> At:
    first = int(arguments.page) if arguments.page.isdecimal() else 1
    if not 1 <= first <= len(document.pages):
        raise NoSuchPage(page=first)
    usual = usual_place(first, document.pages[first - 1], face)
    x = usual.x if arguments.x_mm is None else arguments.x_mm
    return At(arguments.page, x, usual.y if arguments.y_mm is None else arguments.y_mm)


def _which(text: str) -> Which | int:
    return int(text) if text.isdecimal() else Which(text)


def micrometres(text: str) -> int:
    try:
        return int(Decimal(text) * _MICROMETRES_PER_MILLIMETRE)
    except (InvalidOperation, OverflowError) as error:
        raise ValueError(text) from error
