"""The way of a seal that was out, drawn by the server on a plain plane: no map of anybody else's is asked for it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from privyseal.custody.models import PlaceReport
from privyseal.custody.rules.takeout import Fence, Point
from privyseal.devices.positions import Position

WIDTH: Final = 320
HEIGHT: Final = 220
_MARGIN: Final = 16
_METRES_A_DEGREE: Final = 111_195
_MICRODEGREES: Final = 1_000_000
_LEAST_METRES: Final = 100
_OF_SCALE: Final = 0.4
_NICE: Final = (5, 2, 1)


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on the plane, in the order in which it was told; ``is_machine`` where a machine told it."""

    number: int
    x: str
    y: str
    at: datetime
    who: str
    is_machine: bool


@dataclass(frozen=True, slots=True)
class Trail:
    """``around`` is the fence as centre and radius, ``scale`` how long ``metres`` are on the plane."""

    stops: Sequence[Stop]
    line: str
    around: tuple[str, str, str] | None
    scale: str
    metres: int


def trail(reports: Iterable[PlaceReport], told: Iterable[Position], fence: Fence | None) -> Trail | None:
    """Return the way as drawn, None where nobody said a place in figures."""
    seen = [
        (one.at, Point(one.latitude, one.longitude), one.by.name, False)
        for one in reports
        if one.latitude is not None and one.longitude is not None
    ]
    seen += [(one.at, one.point, one.name, True) for one in told]
    if not seen:
        return None
    seen.sort(key=lambda one: one[0])
    plane = _plane([point for _, point, _, _ in seen], fence)
    stops = [
        Stop(number, *plane.at(point), at, who, is_machine)
        for number, (at, point, who, is_machine) in enumerate(seen, start=1)
    ]
    around = (*plane.at(fence.point), f"{fence.metres / plane.metres_a_unit:.1f}") if fence else None
    metres = _nice(plane.metres_a_unit * WIDTH * _OF_SCALE)
    line = " ".join(f"{stop.x},{stop.y}" for stop in stops)
    return Trail(stops, line, around, f"{metres / plane.metres_a_unit:.1f}", metres)


@dataclass(frozen=True, slots=True)
class _Plane:
    """Metres north and east of a point, as they lie on the drawing; true enough for the way of a day."""

    middle: Point
    metres_a_unit: float

    def at(self, point: Point) -> tuple[str, str]:
        east, north = _off(self.middle, point)
        return f"{WIDTH / 2 + east / self.metres_a_unit:.1f}", f"{HEIGHT / 2 - north / self.metres_a_unit:.1f}"


def _plane(points: Sequence[Point], fence: Fence | None) -> _Plane:
    corners = [*points, *([fence.point] if fence else [])]
    norths, easts = [one.latitude for one in corners], [one.longitude for one in corners]
    middle = Point((min(norths) + max(norths)) // 2, (min(easts) + max(easts)) // 2)
    reaches = [_off(middle, one) for one in points]
    more = fence.metres if fence else 0
    reaches += [(abs(east) + more, abs(north) + more) for east, north in ([_off(middle, fence.point)] if fence else [])]
    east = max(_LEAST_METRES, *(abs(each) for each, _ in reaches))
    north = max(_LEAST_METRES, *(abs(each) for _, each in reaches))
    return _Plane(middle, max(east / (WIDTH / 2 - _MARGIN), north / (HEIGHT / 2 - _MARGIN)))


def _off(middle: Point, point: Point) -> tuple[float, float]:
    """Return how many metres a point lies east and north of another one."""
    shrunk = math.cos(math.radians(middle.latitude / _MICRODEGREES))
    east = (point.longitude - middle.longitude) / _MICRODEGREES * _METRES_A_DEGREE * shrunk
    return east, (point.latitude - middle.latitude) / _MICRODEGREES * _METRES_A_DEGREE


def _nice(most: float) -> int:
    """Return the longest round length of at most so many metres, which are at least one."""
    power = int(10 ** math.floor(math.log10(most)))
    return next(each for each in _NICE if each * power <= most) * power
