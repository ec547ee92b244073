"""What a face says and how large it is: the template that is approved, kept and drawn."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.pdf import curves
from privyseal.pdf.placement import Size

MOST_LINES: Final = 6
LONGEST_LINE: Final = 24
_LONGEST_NUMBER: Final = 8
_LONGEST_EMBLEM: Final = 8_192
LONGEST_OUTLINE: Final = 49_152
_DIAMETERS: Final = range(20_000, 60_001)
_SIDES: Final = range(18_000, 50_001)
_IMPRINTS: Final = range(8_000, 80_001)
_BORDERS: Final = range(300, 3_001)
_INNER_BORDERS: Final = range(1_001)
_OVALS: Final = ((40_000, 30_000), (45_000, 30_000), (30_000, 20_000))
_COLOUR: Final = re.compile(r"#[0-9A-F]{6}")
_CODE: Final = re.compile(r"(?:[0-9]{13,14})?")


class FaceUnreadable(Refused):
    """Not a face template: a field is missing, unknown, or out of its bounds."""

    code = "face-unreadable"


class ShapeOfFace(StrEnum):
    ROUND = "round"
    OVAL = "oval"
    RECTANGLE = "rectangle"
    IMPRINT = "imprint"


class Centre(StrEnum):
    STAR = "star"
    EMBLEM = "emblem"
    NONE = "none"


class Writing(StrEnum):
    """How the lines of a rectangle run."""

    ROWS = "rows"
    COLUMNS = "columns"


@dataclass(frozen=True, slots=True)
class Face:
    """A seal's face. Lengths are micrometres; ``code`` is 13 or 14 digits or empty.

    ``shape`` decides which fields count: ``WRITTEN`` names them. ``emblem`` and ``outline`` are path data.
    """

    ring: str = ""
    bottom: str = ""
    code: str = ""
    centre: str = "star"
    diameter: int = 42_000
    border: int = 1_200
    colour: str = "#C8102E"
    shape: str = "round"
    width: int = 0
    height: int = 0
    inner_border: int = 0
    lines: tuple[str, ...] = ()
    number: str = ""
    emblem: str = ""
    writing: str = "rows"
    outline: str = ""

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Face":
        """Return the face, or refuse; what is left out has its default."""
        if not isinstance(value, Mapping):
            raise FaceUnreadable
        given = dict(value)
        if isinstance(given.get("lines"), list):
            given["lines"] = tuple(given["lines"])
        try:
            return cls(**given)
        except TypeError as error:
            raise FaceUnreadable from error

    def to_json(self) -> dict[str, Json]:
        """Return the fields that count. One with its default is left out where the first templates did not have it."""
        written: dict[str, Json] = {}
        for name in WRITTEN[ShapeOfFace(self.shape)]:
            value = getattr(self, name)
            if name not in _LEFT_OUT or value != _DEFAULTS[name]:
                written[name] = list(value) if isinstance(value, tuple) else value
        return written

    @property
    def size(self) -> Size:
        return Size(self.diameter, self.diameter) if self.shape == ShapeOfFace.ROUND else Size(self.width, self.height)

    @property
    def words(self) -> str:
        """Return everything that is written on the face, for those who cannot see it."""
        return " ".join(part for part in (self.ring, *self.lines, self.bottom, self.number, self.code) if part)


_RINGED: Final = ("ring", "bottom", "code", "centre", "border", "colour", "shape", "inner_border", "lines", "number")
WRITTEN: Final[Mapping[ShapeOfFace, tuple[str, ...]]] = {
    ShapeOfFace.ROUND: (*_RINGED, "emblem", "diameter"),
    ShapeOfFace.OVAL: (*_RINGED, "emblem", "width", "height"),
    ShapeOfFace.RECTANGLE: ("shape", "width", "height", "border", "colour", "inner_border", "lines", "writing"),
    ShapeOfFace.IMPRINT: ("shape", "width", "height", "colour", "outline"),
}
_LEFT_OUT: Final = frozenset({"inner_border", "lines", "number", "emblem", "writing"})
_DEFAULTS: Final[Mapping[str, Any]] = {field.name: field.default for field in fields(Face)}


def _check(face: Face) -> None:
    if face.shape not in list(ShapeOfFace):
        raise FaceUnreadable(field="shape")
    shape = ShapeOfFace(face.shape)
    for name, default in _DEFAULTS.items():
        value = getattr(face, name)
        if type(value) is not type(default):
            raise FaceUnreadable(field=name)
        if name not in WRITTEN[shape] and value != default:
            raise FaceUnreadable(field=name, shape=shape)
    for name, is_right in (*_CHECKS, *_CHECKS_OF_SHAPE[shape]):
        if not is_right(face):
            raise FaceUnreadable(field=name)


def _are_lines(face: Face) -> bool:
    return len(face.lines) <= MOST_LINES and all(
        type(line) is str and line.strip() and len(line) <= LONGEST_LINE for line in face.lines
    )


def _has_centre(face: Face) -> bool:
    if face.centre not in list(Centre) or (face.centre == Centre.EMBLEM) != bool(face.emblem):
        return False
    return not (face.lines and face.centre != Centre.NONE)  # lines stand where a star would


def _is_emblem(face: Face) -> bool:
    box = Size(curves.EMBLEM, curves.EMBLEM)
    return not face.emblem or curves.is_path(face.emblem, longest=_LONGEST_EMBLEM, within=box)


_Check = tuple[str, Callable[[Face], bool]]
_CHECKS: Final[tuple[_Check, ...]] = (
    ("colour", lambda face: bool(_COLOUR.fullmatch(face.colour))),
    ("code", lambda face: bool(_CODE.fullmatch(face.code))),
    ("border", lambda face: face.border in _BORDERS),
    ("inner_border", lambda face: face.inner_border in _INNER_BORDERS),
    ("lines", _are_lines),
    ("number", lambda face: len(face.number) <= _LONGEST_NUMBER),
)
_CHECKS_OF_RING: Final[tuple[_Check, ...]] = (
    ("ring", lambda face: bool(face.ring.strip())),
    ("centre", _has_centre),
    ("emblem", _is_emblem),
)
_CHECKS_OF_SHAPE: Final[Mapping[ShapeOfFace, tuple[_Check, ...]]] = {
    ShapeOfFace.ROUND: (*_CHECKS_OF_RING, ("diameter", lambda face: face.diameter in _DIAMETERS)),
    ShapeOfFace.OVAL: (
        *_CHECKS_OF_RING,
        ("width", lambda face: (face.width, face.height) in _OVALS),
        ("number", lambda face: not (face.number and face.code)),  # both stand at the foot, where one has room
    ),
    ShapeOfFace.RECTANGLE: (
        ("lines", lambda face: bool(face.lines)),
        ("writing", lambda face: face.writing in list(Writing)),
        ("width", lambda face: face.width in _SIDES),
        ("height", lambda face: face.height in _SIDES),
    ),
    ShapeOfFace.IMPRINT: (
        ("width", lambda face: face.width in _IMPRINTS),
        ("height", lambda face: face.height in _IMPRINTS),
        ("outline", lambda face: curves.is_path(face.outline, longest=LONGEST_OUTLINE, within=face.size)),
    ),
}
