"""The sheet that approvers see of what is in a closed envelope, and the mark by which bytes are known as no file."""

from collections.abc import Mapping, Sequence
from typing import Final

from privyseal.kernel.canonical import Json, canonical, sha256
from privyseal.pdf import figures, marks
from privyseal.pdf.marks import Forms, Mark
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.revision import Revision
from privyseal.pdf.spots import Stamp

_OBJECTS: Final = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
)
_LEFT: Final = 20_000
_TOP: Final = 250_000
_STEP: Final = 14_000
_HEIGHT: Final = 6_000
_WIDEST: Final = 170_000


def sheet(lines: Sequence[str]) -> bytes:
    """Return a PDF of one page that says these lines, or refuse words that cannot be drawn."""
    blank = _blank()
    file = PdfFile.open(blank)
    revision, put_on = Revision(file), []
    for number, words in enumerate(lines):
        size = figures.line_size(words, height=_HEIGHT)
        height = min(_HEIGHT, _HEIGHT * _WIDEST // max(size.width, 1))
        figure = figures.line(words, height=height)
        put_on.append(Mark(figure, Stamp(1, _LEFT, _TOP - number * _STEP, 0, figure.size.width)))
    marks.draw(revision, put_on, marks.shown(file, [1]), Forms(revision))
    return blank + revision.written()


def marked(data: bytes, said: Mapping[str, Json]) -> bytes:
    """Return what is shown of a paper with a mark of what is said of it, so that no file has the same digest.

    A file that is taken in is written anew, and loses the mark.
    """
    return data + b"%%bound %b\n" % sha256(canonical(said)).encode("ascii")


def _blank() -> bytes:
    data, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(_OBJECTS, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(_OBJECTS) + 1
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n%b%b" % (count, table, end)
