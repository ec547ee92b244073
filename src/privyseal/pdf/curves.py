"""Paths in whole micrometres, y upwards: the one geometry behind every picture of a face."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, Protocol, TypeAlias

from privyseal.pdf.placement import Size

Point: TypeAlias = tuple[float, float]
Operator: TypeAlias = Literal["M", "L", "C", "Z"]
Segment: TypeAlias = tuple[Operator, tuple[Point, ...]]

EMBLEM: Final = 1000
"""The side of the square in which an emblem is drawn."""

_CIRCLE: Final = 4 * (math.sqrt(2) - 1) / 3
_INNER_STAR: Final = math.sin(math.radians(18)) / math.sin(math.radians(126))
_STEPS: Final = 720
_PATH: Final = re.compile(r"M[0-9 ]+(?:[MLCZ][0-9 ]*)+")
_LONGEST_NUMBER: Final = 5
_ONE: Final = re.compile(r"([MLCZ])([0-9 ]*)")
_NUMBERS: Final[dict[str, int]] = {"M": 2, "L": 2, "C": 6, "Z": 0}
_SVG: Final = {"M": "M%d %d", "L": "L%d %d", "C": "C%d %d %d %d %d %d", "Z": "Z"}
_PDF: Final = {"M": "%d %d m", "L": "%d %d l", "C": "%d %d %d %d %d %d c", "Z": "h"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A path: its operators, and the coordinates they use one after the other. Filled unless it is a bare line."""

    operators: str
    numbers: tuple[int, ...]
    stroke: int = 0
    is_filled: bool = True

    def svg(self, height: int) -> str:
        """Return SVG path data, which has y downwards from ``height``."""
        numbers = list(self.numbers)
        numbers[1::2] = [height - y for y in numbers[1::2]]
        return _svg_pattern(self.operators) % tuple(numbers)

    def pdf(self) -> str:
        paint = "S" if not self.is_filled else "B" if self.stroke else "f"
        return f"{self.stroke} w\n{_pdf_pattern(self.operators) % self.numbers}{paint}"


class Track(Protocol):
    """A closed line that letters stand on."""

    @property
    def radius(self) -> float: ...
    def at(self, angle: float) -> tuple[Point, float]:
        """Return the point so far round from the top, clockwise, and the turn to the left of what stands there."""


@dataclass(frozen=True, slots=True)
class Circle:
    middle: float
    radius: float

    def at(self, angle: float) -> tuple[Point, float]:
        return (self.middle + self.radius * math.sin(angle), self.middle + self.radius * math.cos(angle)), -angle


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Equal angles are equal lengths of the line, so that letters keep their distance at the narrow ends too."""

    x: float
    y: float
    across: float
    up: float

    @property
    def radius(self) -> float:
        return _lengths(self.across, self.up)[-1] / (2 * math.pi)

    def at(self, angle: float) -> tuple[Point, float]:
        around = self._parameter(angle % (2 * math.pi))
        sine, cosine = math.sin(around), math.cos(around)
        place = (self.x + self.across * sine, self.y + self.up * cosine)
        return place, -math.atan2(sine / self.across, cosine / self.up)

    def _parameter(self, angle: float) -> float:
        lengths = _lengths(self.across, self.up)
        wanted = angle / (2 * math.pi) * lengths[-1]
        step = max(1, bisect_left(lengths, wanted))
        share = (wanted - lengths[step - 1]) / (lengths[step] - lengths[step - 1])
        return (step - 1 + share) * 2 * math.pi / _STEPS


def shape(segments: Iterable[Segment], stroke: int = 0, *, is_filled: bool = True) -> Shape:
    operators: list[str] = []
    numbers: list[int] = []
    for operator, points in segments:
        operators.append(operator)
        numbers.extend(round(value) for point in points for value in point)
    return Shape("".join(operators), tuple(numbers), stroke, is_filled)


def ellipse(x: float, y: float, across: float, up: float) -> Iterator[Segment]:
    yield "M", ((x + across, y),)
    for east, north in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        start = (x + east * across - north * across * _CIRCLE, y + north * up + east * up * _CIRCLE)
        end = (x - north * across + east * across * _CIRCLE, y + east * up + north * up * _CIRCLE)
        yield "C", (start, end, (x - north * across, y + east * up))
    yield "Z", ()


def star(x: float, y: float, radius: float) -> Iterator[Segment]:
    for corner in range(10):
        reach = radius * (_INNER_STAR if corner % 2 else 1)
        at = math.radians(36 * corner)
        yield "L" if corner else "M", ((x + reach * math.sin(at), y + reach * math.cos(at)),)
    yield "Z", ()


def rectangle(size: Size, inset: float) -> Iterator[Segment]:
    left, bottom, right, top = inset, inset, size.width - inset, size.height - inset
    yield "M", ((left, bottom),)
    yield from (("L", (corner,)) for corner in ((right, bottom), (right, top), (left, top)))
    yield "Z", ()


def is_path(data: str, *, longest: int, within: Size) -> bool:
    """Tell whether this is path data we draw: absolute M, L, C and Z, whole numbers in the box, y downwards."""
    if not 0 < len(data) <= longest or not _PATH.fullmatch(data):
        return False
    return all(_is_step(operator, numbers.split(), within) for operator, numbers in _ONE.findall(data))


def path(data: str, height: int) -> Iterator[Segment]:
    """Yield the segments of path data that ``is_path``, turned to y upwards."""
    for operator, numbers in _ONE.findall(data):
        values = [int(number) for number in numbers.split()]
        yield operator, tuple((x, height - y) for x, y in zip(values[0::2], values[1::2], strict=True))


def _is_step(operator: str, numbers: Sequence[str], within: Size) -> bool:
    if len(numbers) != _NUMBERS[operator] or any(len(number) > _LONGEST_NUMBER for number in numbers):
        return False
    values = [int(number) for number in numbers]
    return all(x <= within.width for x in values[0::2]) and all(y <= within.height for y in values[1::2])


@lru_cache(maxsize=32)
def _lengths(across: float, up: float) -> tuple[float, ...]:
    """Return how long an ellipse is from its top to each of equal steps of its parameter."""
    total, lengths = 0.0, [0.0]
    for step in range(_STEPS):
        middle = (step + 0.5) * 2 * math.pi / _STEPS
        total += math.hypot(across * math.cos(middle), up * math.sin(middle)) * 2 * math.pi / _STEPS
        lengths.append(total)
    return tuple(lengths)


@lru_cache(maxsize=1024)
def _svg_pattern(operators: str) -> str:
    return "".join(_SVG[operator] for operator in operators)


@lru_cache(maxsize=1024)
def _pdf_pattern(operators: str) -> str:
    return "".join(f"{_PDF[operator]}\n" for operator in operators)
