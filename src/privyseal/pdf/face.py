"""The face of a seal: a template to scale, and one geometry for every form it is shown in."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from html import escape
from typing import Any, Final, TypeAlias

from privyseal.kernel import canonical
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.pdf import glyphs
from privyseal.pdf.glyphs import Point, Segment

_DIAMETERS: Final = range(20_000, 60_001)
_BORDERS: Final = range(300, 3_001)
_COLOUR: Final = re.compile(r"#[0-9A-F]{6}")
_CODE: Final = re.compile(r"(?:[0-9]{13,14})?")
_CENTRES: Final = ("star", "none")
_LONGEST_RING: Final = 40
_LONGEST_BOTTOM: Final = 12

# Shares of the diameter, so that every size has the proportions of the 42 mm seal.
_STAR_RADIUS: Final = 1 / 6
_INNER_STAR: Final = math.sin(math.radians(18)) / math.sin(math.radians(126))
_GAP: Final = 0.022
_RING_HEIGHT: Final = 0.138
_BOTTOM_HEIGHT: Final = 0.105
_BOTTOM_MIDDLE: Final = 0.265
_CODE_HEIGHT: Final = 0.036
_CODE_GAP: Final = 0.012

_WIDEST: Final = 0.86
_ADVANCE_ANGLE: Final = math.radians(27)
_FULL_ARC: Final = math.radians(276)
_ARC_ABOVE_BOTTOM: Final = math.radians(244)
_FILLED_SHARE: Final = 0.94
_BOLDER: Final = 0.028
_CIRCLE: Final = 4 * (math.sqrt(2) - 1) / 3


class FaceUnreadable(Refused):
    """Not a face template: a field is missing, unknown, or out of its bounds."""

    code = "face-unreadable"


class FaceTextTooLong(Refused):
    code = "face-text-too-long"


@dataclass(frozen=True, slots=True)
class Face:
    """A round seal. Lengths are micrometres; ``code`` is 13 or 14 digits or empty."""

    ring: str
    bottom: str = ""
    code: str = ""
    centre: str = "star"
    diameter: int = 42_000
    border: int = 1_200
    colour: str = "#C8102E"
    shape: str = "round"

    def __post_init__(self) -> None:
        _check_numbers(self)
        _check_words(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Face":
        """Return the face, or refuse; only ``ring`` has no default."""
        try:
            return cls(**value)
        except TypeError as error:
            raise FaceUnreadable from error

    def to_json(self) -> dict[str, Json]:
        return asdict(self)


def digest(face: Face) -> str:
    return canonical.sha256(canonical.canonical(face.to_json()))


@lru_cache(maxsize=64)
def drawing(face: Face) -> bytes:
    """Return PDF operators that draw the face in a box from 0 to its diameter, in micrometres, y upwards."""
    red, green, blue = (int(face.colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    colour = f"{red:.3f} {green:.3f} {blue:.3f}"
    lines = ["q", f"{colour} rg", f"{colour} RG", "1 j"]
    for shape in _shapes(face):
        lines.append(f"{shape.stroke} w")
        lines.extend(glyphs.pdf_operator(segment) for segment in shape.segments)
        lines.append(shape.pdf_paint)
    lines.append("Q")
    return ("\n".join(lines) + "\n").encode("ascii")


@lru_cache(maxsize=64)
def svg(face: Face) -> str:
    """Return the face as one SVG element to scale, with its words as its title."""
    words = escape(" ".join(part for part in (face.ring, face.bottom, face.code) if part))
    paths = "".join(_svg_path(shape, face.diameter) for shape in _shapes(face))
    millimetres = f"{face.diameter / 1000:g}mm"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{millimetres}" height="{millimetres}" '
        f'viewBox="0 0 {face.diameter} {face.diameter}" role="img" fill="{face.colour}" stroke="{face.colour}" '
        f'stroke-linejoin="round"><title>{words}</title>{paths}</svg>\n'
    )


def sheet(face: Face) -> bytes:
    """Return a PDF of one page, as large as the face."""
    points = face.diameter * 72 / 25_400
    scale = points / face.diameter
    content = f"{scale:.8f} 0 0 {scale:.8f} 0 0 cm\n".encode("ascii") + drawing(face)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {points:.3f} {points:.3f}]/Contents 4 0 R/Resources<<>>>>".encode(),
        b"<</Length %d>>stream\n%bendstream" % (len(content), content),
    )
    file, places = b"%PDF-1.7\n", []
    for number, value in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(file))
    return file + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


@dataclass(frozen=True, slots=True)
class _Shape:
    """A path in whole micrometres, y upwards; filled unless it is a bare line."""

    segments: tuple[Segment, ...]
    stroke: int
    is_filled: bool

    @property
    def pdf_paint(self) -> str:
        if not self.is_filled:
            return "S"
        return "B" if self.stroke else "f"


_Letter: TypeAlias = tuple[glyphs.Outline, float, float, Point, float]
"""An outline, its width and height scale, its middle on the face, its turn to the left in radians."""


def _shapes(face: Face) -> Iterator[_Shape]:
    middle = face.diameter / 2
    yield _Shape(_rounded(_circle(middle, middle - face.border / 2)), face.border, is_filled=False)
    if face.centre == "star":
        yield _Shape(_rounded(_star(middle, face.diameter * _STAR_RADIUS)), 0, is_filled=True)
    for letter in (*_ring(face), *_bottom(face), *_code(face)):
        yield _letter_shape(letter)


def _ring(face: Face) -> Iterator[_Letter]:
    """Yield the letters of the ring, clockwise and centred on the top, each standing on the middle."""
    height = face.diameter * _RING_HEIGHT
    radius = face.diameter / 2 - face.border - face.diameter * _GAP - height / 2
    outlines = [glyphs.outline(character) for character in face.ring]
    ems = sum(outline.advance for outline in outlines) / glyphs.EM
    if ems > _LONGEST_RING:
        raise FaceTextTooLong(longest=_LONGEST_RING)
    arc = min(ems * _ADVANCE_ANGLE, _ARC_ABOVE_BOTTOM if face.bottom or face.code else _FULL_ARC)
    per_em = arc / ems
    scale = height / glyphs.EM
    width = min(per_em * radius * _FILLED_SHARE / glyphs.EM, scale * _WIDEST)
    angle = -arc / 2
    for outline in outlines:
        step = per_em * outline.advance / glyphs.EM
        at = angle + step / 2
        place = (face.diameter / 2 + radius * math.sin(at), face.diameter / 2 + radius * math.cos(at))
        yield outline, width, scale, place, -at
        angle += step


def _bottom(face: Face) -> Iterator[_Letter]:
    """Yield the letters of the straight line under the centre, narrowed until they fit the round."""
    height = face.diameter * _BOTTOM_HEIGHT
    below = face.diameter * _BOTTOM_MIDDLE
    outlines = [glyphs.outline(character) for character in face.bottom]
    ems = sum(outline.advance for outline in outlines) / glyphs.EM
    if ems > _LONGEST_BOTTOM:
        raise FaceTextTooLong(longest=_LONGEST_BOTTOM)
    edge = face.diameter / 2 - face.border - face.diameter * (_GAP + _CODE_HEIGHT)
    room = 2 * math.sqrt(edge**2 - (below + height / 2) ** 2)
    scale = height / glyphs.EM
    width = min(room / max(ems, 1) / glyphs.EM, scale * _WIDEST)
    x = face.diameter / 2 - width * ems * glyphs.EM / 2
    for outline in outlines:
        step = width * outline.advance
        yield outline, width, scale, (x + step / 2, face.diameter / 2 - below), 0.0
        x += step


def _code(face: Face) -> Iterator[_Letter]:
    """Yield the digits of the code along the bottom, left to right, heads towards the middle."""
    height = face.diameter * _CODE_HEIGHT
    radius = face.diameter / 2 - face.border - face.diameter * _CODE_GAP - height / 2
    scale = height / glyphs.EM * 1.25
    outlines = [glyphs.outline(character) for character in face.code]
    steps = [1.25 * scale * outline.advance / radius for outline in outlines]
    angle = -sum(steps) / 2
    for outline, step in zip(outlines, steps, strict=True):
        at = angle + step / 2
        place = (face.diameter / 2 + radius * math.sin(at), face.diameter / 2 - radius * math.cos(at))
        yield outline, scale, scale, place, at
        angle += step


def _letter_shape(letter: _Letter) -> _Shape:
    outline, width, height, (x, y), turn = letter
    cosine, sine = math.cos(turn), math.sin(turn)

    def moved(point: Point) -> Point:
        across = (point[0] - outline.advance / 2) * width
        up = (point[1] - glyphs.MIDDLE) * height
        return x + across * cosine - up * sine, y + across * sine + up * cosine

    segments = ((operator, tuple(moved(point) for point in points)) for operator, points in outline.segments)
    return _Shape(_rounded(segments), round(width * glyphs.EM * _BOLDER), is_filled=True)


def _circle(middle: float, radius: float) -> Iterator[Segment]:
    handle = radius * _CIRCLE
    yield "M", ((middle + radius, middle),)
    for x, y in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        start = (middle + x * radius - y * handle, middle + y * radius + x * handle)
        end = (middle - y * radius + x * handle, middle + x * radius + y * handle)
        yield "C", (start, end, (middle - y * radius, middle + x * radius))
    yield "Z", ()


def _star(middle: float, radius: float) -> Iterator[Segment]:
    for corner in range(10):
        reach = radius * (_INNER_STAR if corner % 2 else 1)
        at = math.radians(36 * corner)
        yield "L" if corner else "M", ((middle + reach * math.sin(at), middle + reach * math.cos(at)),)
    yield "Z", ()


def _rounded(segments: Iterator[Segment]) -> tuple[Segment, ...]:
    return tuple((operator, tuple((round(x), round(y)) for x, y in points)) for operator, points in segments)


def _svg_path(shape: _Shape, diameter: int) -> str:
    data = "".join(operator + " ".join(f"{x} {diameter - y}" for x, y in points) for operator, points in shape.segments)
    fill = "" if shape.is_filled else ' fill="none"'
    return f'<path d="{data}" stroke-width="{shape.stroke}"{fill}/>'


def _check_numbers(face: Face) -> None:
    for name, bounds in (("diameter", _DIAMETERS), ("border", _BORDERS)):
        value = getattr(face, name)
        if type(value) is not int or value not in bounds:
            raise FaceUnreadable(field=name)


def _check_words(face: Face) -> None:
    words = (face.ring, face.bottom, face.code, face.centre, face.colour, face.shape)
    if not all(isinstance(word, str) for word in words):
        raise FaceUnreadable
    if not face.ring.strip():
        raise FaceUnreadable(field="ring")
    if face.shape != "round" or face.centre not in _CENTRES:
        raise FaceUnreadable(field="shape or centre")
    if not _COLOUR.fullmatch(face.colour) or not _CODE.fullmatch(face.code):
        raise FaceUnreadable(field="colour or code")
