"""Outlines of characters, from the font that is installed with the product: no viewer needs a font."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Final, Literal, TypeAlias

import pylopdf_fonts_zh_cn
from fontTools.pens.recordingPen import RecordingPen  # type: ignore[import-untyped]  # fontTools ships no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # fontTools ships no types

from privyseal.kernel.errors import Refused

Point: TypeAlias = tuple[float, float]
Operator: TypeAlias = Literal["M", "L", "C", "Z"]
Segment: TypeAlias = tuple[Operator, tuple[Point, ...]]

EM: Final = 1000
MIDDLE: Final = 380
"""Height of the middle of a Chinese character above its baseline."""

_OPERATORS: Final[dict[str, Operator]] = {"moveTo": "M", "lineTo": "L", "curveTo": "C", "closePath": "Z"}


class MissingGlyph(Refused):
    """The font has no outline for a character; a box is never printed in its place."""

    code = "missing-glyph"


@dataclass(frozen=True, slots=True)
class Outline:
    """A character's shape in thousandths of its height, y upwards from the baseline."""

    advance: int
    segments: tuple[Segment, ...]


@cache
def outline(character: str) -> Outline:
    font = _font()
    name = font.characters.get(ord(character))
    if name is None:
        raise MissingGlyph(character=f"U+{ord(character):04X}")
    pen = RecordingPen()
    glyph = font.glyphs[name]
    glyph.draw(pen)
    segments = tuple((_OPERATORS[operator], tuple(points)) for operator, points in pen.value)
    return Outline(advance=int(glyph.width), segments=segments)


def pdf_operator(segment: Segment) -> str:
    operator, points = segment
    numbers = " ".join(f"{x:.9g} {y:.9g}" for x, y in points)
    return {"M": f"{numbers} m", "L": f"{numbers} l", "C": f"{numbers} c", "Z": "h"}[operator]


class _Font:
    def __init__(self) -> None:
        font = TTFont(BytesIO(pylopdf_fonts_zh_cn.serif_path().read_bytes()), lazy=True)
        self.characters: dict[int, str] = font.getBestCmap()
        self.glyphs = font.getGlyphSet()


@cache
def _font() -> _Font:
    return _Font()
