"""Outlines of characters, from the font that is installed with the product: no viewer needs a font."""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from io import BytesIO
from threading import Lock
from typing import Final

import pylopdf_fonts_zh_cn
from fontTools.pens.recordingPen import RecordingPen  # type: ignore[import-untyped]  # fontTools ships no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # fontTools ships no types

from privyseal.kernel.errors import Refused

EM: Final = 1000
MIDDLE: Final = 380
"""Height of the middle of a Chinese character above its baseline."""

DIGIT: Final = 733
"""Height of a digit of the sans typeface."""

_PDF: Final = {"M": "%g %g m", "L": "%g %g l", "C": "%g %g %g %g %g %g c", "Z": "h"}
_OPERATORS: Final = {"moveTo": "M", "lineTo": "L", "curveTo": "C", "closePath": "Z"}


class MissingGlyph(Refused):
    """The font has no outline for a character; a box is never printed in its place."""

    code = "missing-glyph"


class Typeface(Enum):
    """The serif one is Song, for words; the sans one is for digits."""

    SERIF = pylopdf_fonts_zh_cn.serif_path()
    SANS = pylopdf_fonts_zh_cn.sans_path()


@dataclass(frozen=True, slots=True)
class Outline:
    """A character's shape in thousandths of its height, around its middle, y upwards."""

    advance: int
    operators: str
    points: tuple[tuple[float, float], ...]

    def pdf(self) -> str:
        """Return PDF operators that make the path, for whoever paints it."""
        numbers = tuple(number for point in self.points for number in point)
        return "\n".join(_PDF[operator] for operator in self.operators) % numbers


# Characters share parts that the font's reader takes apart when they are first drawn: two threads at it draw nonsense.
_READING: Final = Lock()


@cache
def outline(character: str, typeface: Typeface = Typeface.SERIF) -> Outline:
    with _READING:
        return _outline(character, typeface)


def _outline(character: str, typeface: Typeface) -> Outline:
    font = _font(typeface)
    name = font.characters.get(ord(character))
    if name is None:
        raise MissingGlyph(character=f"U+{ord(character):04X}")
    pen = RecordingPen()
    glyph = font.glyphs[name]
    glyph.draw(pen)
    points = [point for _, some in pen.value for point in some]
    advance, middle = int(glyph.width), MIDDLE if typeface is Typeface.SERIF else DIGIT / 2
    return Outline(
        advance=advance,
        operators="".join(_OPERATORS[operator] for operator, _ in pen.value),
        points=tuple((x - advance / 2, y - middle) for x, y in points),
    )


class _Font:
    def __init__(self, typeface: Typeface) -> None:
        font = TTFont(BytesIO(typeface.value.read_bytes()), lazy=True)
        self.characters: dict[int, str] = font.getBestCmap()
        self.glyphs = font.getGlyphSet()


@cache
def _font(typeface: Typeface) -> _Font:
    return _Font(typeface)
