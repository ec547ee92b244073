"""Where each line, letter and star of a face stands."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.pdf import curves, glyphs
from privyseal.pdf.curves import Circle, Ellipse, Point, Shape, Track
from privyseal.pdf.glyphs import Outline, Typeface
from privyseal.pdf.placement import Size
from privyseal.pdf.template import Centre, Face, ShapeOfFace, Writing

_LONGEST_RING: Final = 40
_LONGEST_BOTTOM: Final = 12
_WIDEST: Final = 0.86
_ADVANCE_ANGLE: Final = math.radians(27)
_FULL_ARC: Final = math.radians(276)
_ARC_ABOVE_BOTTOM: Final = math.radians(244)
_FILLED_SHARE: Final = 0.94
_BOLDER: Final = 0.028
_DIGIT_WIDTH: Final = 0.48
_LINE_PITCH: Final = 1.35
_ROOM_IN_RECTANGLE: Final = 0.03
_MOST_STRETCHED: Final = 1.6
_GAP_OF_BORDERS: Final = 500


class FaceTextTooLong(Refused):
    code = "face-text-too-long"


@dataclass(frozen=True, slots=True)
class _Proportions:
    """Shares of the face's height, so that every size looks like the one the rules describe."""

    star: float
    gap: float
    ring: float
    bottom: float
    bottom_middle: float
    number: float
    number_middle: float
    line: float
    code: float
    code_gap: float


_ROUND: Final = _Proportions(  # a star of 14 mm from tip to tip on a seal of 42 mm
    star=1 / 6,
    gap=0.022,
    ring=0.138,
    bottom=0.105,
    bottom_middle=0.265,
    number=0.06,
    number_middle=0.36,
    line=0.085,
    code=0.036,
    code_gap=0.012,
)
_OVAL: Final = _Proportions(  # the invoice seal of 40 x 30 mm, State Taxation Administration notice 2011 no. 7
    star=0.13,
    gap=0.5 / 30,
    ring=4.2 / 30,
    bottom=4.6 / 30,
    bottom_middle=6.5 / 30,
    number=2.2 / 30,
    number_middle=11.1 / 30,
    line=3.7 / 30,
    code=0.05,
    code_gap=0.012,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """An outline, its width and height scale, its middle on the face, its turn to the left in radians."""

    outline: Outline
    width: float
    height: float
    place: Point
    turn: float = 0.0

    def shape(self) -> Shape:
        outline, width, height, (x, y) = self.outline, self.width, self.height, self.place
        cosine, sine = math.cos(self.turn), math.sin(self.turn)
        points = [(a * width, u * height) for a, u in outline.points]
        numbers = [0] * (2 * len(points))
        numbers[0::2] = map(round, [x + a * cosine - u * sine for a, u in points])
        numbers[1::2] = map(round, [y + a * sine + u * cosine for a, u in points])
        return Shape(outline.operators, tuple(numbers), round(width * glyphs.EM * _BOLDER))


def shapes(face: Face) -> tuple[Shape, ...]:
    """Return everything that is drawn, in order, or refuse words that cannot be."""
    match ShapeOfFace(face.shape):
        case ShapeOfFace.ROUND | ShapeOfFace.OVAL:
            return tuple(_Ringed(face).shapes())
        case ShapeOfFace.RECTANGLE:
            return tuple(_rectangle(face))
        case ShapeOfFace.IMPRINT:
            return (curves.shape(curves.path(face.outline, face.height)),)


class _Ringed:
    """A round or an oval face: a border, words around, something in the middle, words below."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._x, self._y = face.size.width / 2, face.size.height / 2
        self._is_round = face.shape == ShapeOfFace.ROUND
        self._share = _ROUND if self._is_round else _OVAL
        self._height = face.size.height
        self._border = face.border + (_GAP_OF_BORDERS + face.inner_border if face.inner_border else 0)

    def shapes(self) -> Iterator[Shape]:
        face = self._face
        yield self._line(face.border / 2, face.border)
        if face.inner_border:
            yield self._line(self._border - face.inner_border / 2, face.inner_border)
        yield from self._centre()
        yield from (letter.shape() for letter in self._ring())
        yield from (letter.shape() for letter in self._lines())
        yield from (letter.shape() for letter in self._bottom())
        yield from (letter.shape() for letter in self._code())

    def _line(self, inset: float, stroke: int) -> Shape:
        return curves.shape(curves.ellipse(self._x, self._y, self._x - inset, self._y - inset), stroke, is_filled=False)

    def _centre(self) -> Iterator[Shape]:
        radius = self._height * self._share.star
        if self._face.centre == Centre.STAR:
            yield curves.shape(curves.star(self._x, self._y, radius))
        if self._face.centre == Centre.EMBLEM:
            scale = 2 * radius / curves.EMBLEM
            yield curves.shape(
                (operator, tuple((self._x - radius + x * scale, self._y - radius + y * scale) for x, y in points))
                for operator, points in curves.path(self._face.emblem, curves.EMBLEM)
            )

    def _ring(self) -> Iterator[Letter]:
        """Yield the letters of the ring, clockwise and centred on the top, each standing on the middle."""
        face, height = self._face, self._height * self._share.ring
        track = self._track(self._border + self._height * self._share.gap + height / 2)
        outlines = [glyphs.outline(character) for character in face.ring]
        ems = _ems(outlines, longest=_LONGEST_RING)
        arc = min(ems * _ADVANCE_ANGLE, _ARC_ABOVE_BOTTOM if face.bottom or face.code or face.number else _FULL_ARC)
        per_em = arc / ems
        scale = height / glyphs.EM
        width = min(per_em * track.radius * _FILLED_SHARE / glyphs.EM, scale * _WIDEST)
        angle = -arc / 2
        for outline in outlines:
            step = per_em * outline.advance / glyphs.EM
            place, turn = track.at(angle + step / 2)
            yield Letter(outline, width, scale, place, turn)
            angle += step

    def _lines(self) -> Iterator[Letter]:
        """Yield the lines in the middle, one below the other around the centre; digits as the tax rules draw them."""
        height, share = self._height * self._share.line, self._share
        inset = self._border + self._height * (2 * share.gap + share.ring)
        top = (len(self._face.lines) - 1) / 2
        for number, line in enumerate(self._face.lines):
            below = (number - top) * height * _LINE_PITCH
            room = self._room(abs(below) + height / 2, inset)
            if line.isascii():
                yield from self._row(line, height / glyphs.DIGIT, below, room, Typeface.SANS)
            else:
                yield from self._row(line, height / glyphs.EM, below, room)

    def _bottom(self) -> Iterator[Letter]:
        """Yield the straight lines under the centre, narrowed until they fit."""
        share, height = self._share, self._height
        inset = self._border + height * (share.gap + share.code if self._is_round else share.gap)
        below, tall = height * share.bottom_middle, height * share.bottom
        if self._face.bottom:
            _ems([glyphs.outline(character) for character in self._face.bottom], longest=_LONGEST_BOTTOM)
            yield from self._row(self._face.bottom, tall / glyphs.EM, below, self._room(below + tall / 2, inset))
        below, tall = height * share.number_middle, height * share.number
        if self._face.number:
            room = self._room(below + tall / 2, inset)
            yield from self._row(self._face.number, tall / glyphs.DIGIT, below, room, Typeface.SANS)

    def _row(
        self, words: str, scale: float, below: float, room: float, typeface: Typeface = Typeface.SERIF
    ) -> Iterator[Letter]:
        outlines = [glyphs.outline(character, typeface) for character in words]
        ems = _ems(outlines)
        widest = _WIDEST if typeface is Typeface.SERIF else _DIGIT_WIDTH
        width = min(room / max(ems, 1) / glyphs.EM, scale * widest)
        x = self._x - width * ems * glyphs.EM / 2
        for outline in outlines:
            step = width * outline.advance
            yield Letter(outline, width, scale, (x + step / 2, self._y - below))
            x += step

    def _room(self, below: float, inset: float) -> float:
        """Return how wide a line may be whose farther edge is that far from the middle."""
        edge = self._y - inset
        if below >= edge:
            raise FaceTextTooLong
        if self._is_round:
            return 2 * math.sqrt(edge**2 - below**2)
        return 2 * (self._x - inset) * math.sqrt(1 - (below / edge) ** 2)

    def _code(self) -> Iterator[Letter]:
        """Yield the digits of the code along the bottom, left to right, heads towards the middle."""
        height = self._height * self._share.code
        track = self._track(self._border + self._height * self._share.code_gap + height / 2)
        scale = height / glyphs.EM * 1.25
        outlines = [glyphs.outline(character) for character in self._face.code]
        steps = [1.25 * scale * outline.advance / track.radius for outline in outlines]
        angle = -sum(steps) / 2
        for outline, step in zip(outlines, steps, strict=True):
            (x, y), turn = track.at(angle + step / 2)
            yield Letter(outline, scale, scale, (x, 2 * self._y - y), -turn)
            angle += step

    def _track(self, inset: float) -> Track:
        if self._is_round:
            return Circle(self._x, self._x - inset)
        return Ellipse(self._x, self._y, self._x - inset, self._y - inset)


def _rectangle(face: Face) -> Iterator[Shape]:
    """Yield the border and the lines; each line fills its strip, each character its share of the line."""
    yield curves.shape(curves.rectangle(face.size, face.border / 2), face.border, is_filled=False)
    inset = float(face.border)
    if face.inner_border:
        inset += _GAP_OF_BORDERS + face.inner_border
        inner = curves.rectangle(face.size, inset - face.inner_border / 2)
        yield curves.shape(inner, face.inner_border, is_filled=False)
    inset += min(face.size.width, face.size.height) * _ROOM_IN_RECTANGLE
    room = Size(face.size.width - 2 * round(inset), face.size.height - 2 * round(inset))
    draw = _row_of if face.writing == Writing.ROWS else _column_of
    for number, line in enumerate(face.lines):
        yield from (letter.shape() for letter in draw(line, number, len(face.lines), room, inset))


def _row_of(line: str, number: int, rows: int, room: Size, inset: float) -> Iterator[Letter]:
    outlines = [glyphs.outline(character) for character in line]
    up, per_unit = room.height / rows, room.width / sum(outline.advance for outline in outlines)
    x = inset
    for outline in outlines:
        wide = outline.advance * per_unit
        yield _filling(outline, (wide, up), (x + wide / 2, inset + room.height - (number + 0.5) * up))
        x += wide


def _column_of(line: str, number: int, columns: int, room: Size, inset: float) -> Iterator[Letter]:
    """Yield a column, counted from the right: names are carved like that."""
    cell = (room.width / columns, room.height / len(line))
    x = inset + room.width - (number + 0.5) * cell[0]
    for place, character in enumerate(line):
        yield _filling(glyphs.outline(character), cell, (x, inset + room.height - (place + 0.5) * cell[1]))


def _filling(outline: Outline, cell: Point, middle: Point) -> Letter:
    width, height = cell[0] * _FILLED_SHARE / outline.advance, cell[1] * _FILLED_SHARE / glyphs.EM
    return Letter(outline, min(width, height * _MOST_STRETCHED), min(height, width * _MOST_STRETCHED), middle)


def _ems(outlines: Sequence[Outline], *, longest: int = _LONGEST_RING) -> float:
    ems = sum(outline.advance for outline in outlines) / glyphs.EM
    if ems > longest:
        raise FaceTextTooLong(longest=longest)
    return ems
