"""From dots to outlines: where a grey picture crosses a level, as closed lines with the ink on one side."""

import math
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

Point: TypeAlias = tuple[float, float]

_SHORTEST: Final = 6
# By which of a cell's corners are ink (1 upper left, 2 upper right, 4 lower right, 8 lower left): from side to side,
# with the ink on the left of the way. Sides are 0 top, 1 right, 2 bottom, 3 left.
_WAYS: Final[tuple[tuple[tuple[int, int], ...], ...]] = (
    (),
    ((0, 3),),
    ((1, 0),),
    ((1, 3),),
    ((2, 1),),
    ((0, 3), (2, 1)),
    ((2, 0),),
    ((2, 3),),
    ((3, 2),),
    ((0, 2),),
    ((1, 0), (3, 2)),
    ((1, 2),),
    ((3, 1),),
    ((0, 1),),
    ((3, 0),),
    (),
)


def outlines(dots: bytes, width: int, level: int) -> list[list[Point]]:
    """Return the closed lines around all that is above the level, in dots from the upper left.

    The outermost rows and columns must be below the level.
    """
    following, at = _ways(dots, width, level)
    lines = []
    while following:
        start = next(iter(following))
        line, side = [], start
        while side in following:
            line.append(at[side])
            side = following.pop(side)
        lines.append(line)
    return lines


def simplified(line: Sequence[Point], tolerance: float) -> list[Point]:
    """Return a closed line with fewer corners, none of the old ones farther from it than the tolerance; or nothing.

    A line that encloses next to nothing is no part of an imprint.
    """
    if len(line) < _SHORTEST:
        return []
    start = line[0]
    far = max(range(len(line)), key=lambda index: math.dist(line[index], start))
    kept = [*_straightened(line[: far + 1], tolerance)[:-1], *_straightened([*line[far:], start], tolerance)[:-1]]
    return kept if len(kept) > 2 and abs(_area(kept)) > tolerance**2 * 8 else []  # noqa: PLR2004  two make no area


def _ways(dots: bytes, width: int, level: int) -> tuple[dict[int, int], dict[int, Point]]:
    """Return which side of a cell follows on which, and where the line crosses each; sides are numbered over all."""
    following: dict[int, int] = {}
    at: dict[int, Point] = {}
    height = len(dots) // width
    marks = dots.translate(bytes(number >= level for number in range(256)))
    for y in range(height - 1):
        upper, lower = marks[y * width : (y + 1) * width], marks[(y + 1) * width : (y + 2) * width]
        if not any(upper) and not any(lower):
            continue
        for x in range(width - 1):
            case = upper[x] | upper[x + 1] << 1 | lower[x + 1] << 2 | lower[x] << 3
            for start, end in _WAYS[case]:
                one, other = _side(x, y, start, width), _side(x, y, end, width)
                following[one] = other
                at[one] = _crossing(dots, width, level, x, y, start)
    return following, at


def _side(x: int, y: int, side: int, width: int) -> int:
    """Return the number of a cell's side, the same from both cells that share it."""
    corner = (y + (side == 2)) * width + x + (side == 1)  # noqa: PLR2004  the bottom
    return 2 * corner + side % 2


def _crossing(dots: bytes, width: int, level: int, x: int, y: int, side: int) -> Point:
    column, row = x + (side == 1), y + (side == 2)  # noqa: PLR2004  the bottom
    one = dots[row * width + column]
    if side % 2:
        other = dots[(row + 1) * width + column]
        return column + 0.5, row + 0.5 + _share(one, other, level)
    other = dots[row * width + column + 1]
    return column + 0.5 + _share(one, other, level), row + 0.5


def _share(one: int, other: int, level: int) -> float:
    return (level - 0.5 - one) / (other - one)


def _straightened(line: Sequence[Point], tolerance: float) -> list[Point]:
    """Return the line without what lies within the tolerance of its chords (Douglas and Peucker), both ends kept."""
    kept = {0, len(line) - 1}
    waiting = [(0, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        farthest, distance = 0, tolerance
        for index, away in _distances(line, first, last):
            if away > distance:
                farthest, distance = index, away
        if farthest:
            kept.add(farthest)
            waiting += [(first, farthest), (farthest, last)]
    return [line[index] for index in sorted(kept)]


def _distances(line: Sequence[Point], first: int, last: int) -> Iterator[tuple[int, float]]:
    (x, y), (end_x, end_y) = line[first], line[last]
    across, down = end_x - x, end_y - y
    length = math.hypot(across, down)
    for index in range(first + 1, last):
        point_x, point_y = line[index]
        if length:
            yield index, abs(across * (point_y - y) - down * (point_x - x)) / length
        else:
            yield index, math.hypot(point_x - x, point_y - y)


def _area(line: Sequence[Point]) -> float:
    return sum(x * line[index - 1][1] - line[index - 1][0] * y for index, (x, y) in enumerate(line)) / 2
