"""What is drawn on a page: a face, a line of words, a code, a watermark; each packed once, to scale."""

import math
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import segno

from privyseal.kernel.errors import Refused
from privyseal.pdf import glyphs
from privyseal.pdf.curves import Shape
from privyseal.pdf.face import Face, drawing
from privyseal.pdf.layout import FaceTextTooLong, Letter
from privyseal.pdf.placement import Size

MOST_WORDS: Final = 120
_INK: Final = b"<</ExtGState<</Ink<</BM/Multiply>>>>>>"
"""What stands under a seal stays legible, as under real ink."""

_FAINT: Final = b"<</ExtGState<</Faint<</ca 0.16/CA 0.16>>>>>>"
_QUIET: Final = 4
"""How many modules of a code's margin stay white, by ISO/IEC 18004."""

_SLANT: Final = math.radians(30)
_WATERMARK_HEIGHT: Final = 7_000
_WATERMARK_PITCH: Final = 45_000


class CodeTooLong(Refused):
    """More than a code of any size that can be read from paper holds."""

    code = "code-too-long"


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """Deflated operators that draw in a box from 0 to the size, in micrometres, y upwards. Equal to itself alone."""

    size: Size
    packed: bytes
    resources: bytes = b"<<>>"


@lru_cache(maxsize=64)
def of_face(face: Face) -> Figure:
    return Figure(face.size, zlib.compress(b"/Ink gs\n" + drawing(face), 9), _INK)


def line(words: str, *, height: int) -> Figure:
    """Return one straight line in black, such as a date; or refuse words that cannot be drawn."""
    return Figure(line_size(words, height=height), _packed(b"0 g 0 G", _letters(words, height)))


def line_size(words: str, *, height: int) -> Size:
    """Return how much room the line takes, or refuse words that cannot be drawn."""
    return Size(round(sum(outline.advance for outline in _outlines(words)) * height / glyphs.EM), height)


def line_svg_path(words: str, *, height: int) -> str:
    """Return the same line as the data of an SVG path, y downwards."""
    return "".join(letter.svg(height) for letter in _letters(words, height))


def line_stroke(words: str, *, height: int) -> int:
    """Return how thick the rim of its letters is, which makes them bolder."""
    return next(_letters(words, height)).stroke


def code(text: str, *, side: int) -> Figure:
    """Return a QR code, its margin included, or refuse a text that is too long for one."""
    drawn = [b"1 g 0 0 %d %d re f 0 g" % (side, side)]
    drawn += [
        b"%.1f %.1f %.1f %.1f re" % (x, side - y - pitch, length, pitch) for x, y, length, pitch in _dark(text, side)
    ]
    return Figure(Size(side, side), zlib.compress(b"\n".join(drawn) + b"\nf\n", 9))


def code_svg_path(text: str, *, side: int) -> str:
    """Return the dark modules of the same code as the data of an SVG path, y downwards."""
    return "".join(
        f"M{x:.1f} {y:.1f}h{length:.1f}v{pitch:.1f}h-{length:.1f}z" for x, y, length, pitch in _dark(text, side)
    )


def watermark(words: str, page: Size) -> Figure:
    """Return words faintly across a whole page, again and again; or refuse words that cannot be drawn."""
    outlines = _outlines(words)
    scale = _WATERMARK_HEIGHT / glyphs.EM
    length = sum(outline.advance for outline in outlines) * scale
    shapes = []
    for x, y in _anchors(page, length):
        for outline, along in _middles(outlines):
            place = (x + along * scale * math.cos(_SLANT), y + along * scale * math.sin(_SLANT))
            shapes.append(Letter(outline, scale, scale, place, _SLANT).shape())
    return Figure(page, _packed(b"/Faint gs 0 g 0 G", shapes), _FAINT)


def _dark(text: str, side: int) -> Iterator[tuple[float, float, float, float]]:
    """Yield each run of dark modules: from the left, from above, its length, its height; or refuse."""
    try:
        modules = [bytes(row) for row in segno.make(text, error="m", micro=False, boost_error=False).matrix]
    except segno.DataOverflowError as error:
        raise CodeTooLong from error
    pitch = side / (len(modules) + 2 * _QUIET)
    for number, row in enumerate(modules):
        for start, length in _runs(row):
            yield (start + _QUIET) * pitch, (number + _QUIET) * pitch, length * pitch, pitch


def _letters(words: str, height: int) -> Iterator[Shape]:
    scale = height / glyphs.EM
    for outline, x in _middles(_outlines(words)):
        yield Letter(outline, scale, scale, (x * scale, height / 2)).shape()


def _outlines(words: str) -> list[glyphs.Outline]:
    if not 0 < len(words.strip()) <= MOST_WORDS:
        raise FaceTextTooLong(longest=MOST_WORDS)
    return [glyphs.outline(character) for character in words.strip()]


def _middles(outlines: Iterable[glyphs.Outline]) -> Iterator[tuple[glyphs.Outline, float]]:
    at = 0.0
    for outline in outlines:
        yield outline, at + outline.advance / 2
        at += outline.advance


def _anchors(page: Size, length: float) -> Iterator[tuple[float, float]]:
    """Yield where lines begin, so that every part of a page bears some of the words."""
    across = max(length * math.cos(_SLANT) + _WATERMARK_PITCH / 2, _WATERMARK_PITCH)
    for row in range(-1, page.height // _WATERMARK_PITCH + 1):
        offset = (row % 2) * across / 2
        for column in range(-1, int(page.width / across) + 1):
            yield column * across + offset, row * _WATERMARK_PITCH


def _packed(state: bytes, shapes: Iterable[Shape]) -> bytes:
    paths = "\n".join(shape.pdf() for shape in shapes)
    return zlib.compress(b"q\n%b\n%b\nQ\n" % (state, paths.encode("ascii")), 9)


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and length of each run of dark modules."""
    start = None
    for at, module in enumerate((*row, 0)):
        if module and start is None:
            start = at
        elif not module and start is not None:
            yield start, at - start
            start = None
