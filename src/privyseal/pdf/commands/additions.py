"""What else ``privyseal pdf seal`` puts on a page, under the same signature: a code, a line such as the date."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import Final

from privyseal.pdf import confined, figures
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.asking import ranges
from privyseal.pdf.commands.spots import micrometres
from privyseal.pdf.confined import Task
from privyseal.pdf.figures import Figure
from privyseal.pdf.marks import Mark
from privyseal.pdf.placement import Placement
from privyseal.pdf.spots import stamps

CODE_SIDE: Final = 22_000
LINE_HEIGHT: Final = 5_000


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--qr", metavar="TEXT", help="a code with this text, where nothing is written yet")
    parser.add_argument("--qr-at", default="last,20,20", metavar="P,X,Y", help="its page and centre in mm (last,20,20)")
    parser.add_argument("--line", metavar="TEXT", help="one line of words, such as the date")
    parser.add_argument("--line-at", default="last,150,30", metavar="P,X,Y", help="as --qr-at (last,150,30)")


def of_arguments(arguments: Namespace, document: Accepted) -> Iterator[Mark]:
    """Yield what is asked for, or refuse a code over something that is written."""
    if arguments.line:
        yield _mark(figures.line(arguments.line, height=LINE_HEIGHT), arguments.line_at, document)
    if arguments.qr:
        mark = _mark(figures.code(arguments.qr, side=CODE_SIDE), arguments.qr_at, document)
        page = document.pages[mark.stamp.page - 1]
        confined.run(Task.BLANK, document.data, stamp=mark.stamp, height=CODE_SIDE, page=page)
        yield mark


def _mark(figure: Figure, at: str, document: Accepted) -> Mark:
    page, x, y = at.split(",")
    (number,) = (each for part in ranges(page, len(document.pages)) for each in part)
    sizes = dict(enumerate(document.pages, start=1))
    (stamp,) = stamps(Placement(number, micrometres(x), micrometres(y)), figure.size, sizes)
    return Mark(figure, stamp)
