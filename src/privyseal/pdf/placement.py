"""Where a face stands on a page. Micrometres outside, points inside."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from privyseal.kernel.errors import Refused

_MICROMETRES_PER_POINT: Final = 25_400 / 72
_MARGIN: Final = 20_000
_QUARTER: Final = 90

MOST_TURNED: Final = 2**31 - 1
"""How far a page may say that it is turned: what is more no two readers read alike."""

_UPRIGHT: Final = {
    0: (1, 0, 0, 1),
    90: (0, 1, -1, 0),
    180: (-1, 0, 0, -1),
    270: (0, -1, 1, 0),
}


class NoSuchPage(Refused):
    code = "no-such-page"


class PlacementOutsidePage(Refused):
    """The face, or a part of it, would stand outside the visible page."""

    code = "placement-outside-page"


class PageTooSmall(Refused):
    """The face does not fit on the page wherever it stands."""

    code = "page-too-small"


@dataclass(frozen=True, slots=True)
class Placement:
    """The centre of a face, in micrometres from the lower left corner of the page as a reader sees it."""

    page: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Size:
    """How wide and how high something is, in micrometres."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PageSize(Size):
    """A page as a reader sees it, in micrometres."""

    def check(self, placement: Placement, face: Size) -> None:
        """Return if a face of that size stands wholly on the page, or refuse."""
        across, up = face.width / 2, face.height / 2
        if self.width < face.width or self.height < face.height:
            raise PageTooSmall(page=placement.page, width=self.width, height=self.height)
        if not (across <= placement.x <= self.width - across and up <= placement.y <= self.height - up):
            raise PlacementOutsidePage(page=placement.page, width=self.width, height=self.height)


class Box(NamedTuple):
    """A rectangle in the page's own points, corners in order."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def of(cls, corners: tuple[float, float, float, float]) -> "Box":
        first_x, first_y, second_x, second_y = corners
        return cls(min(first_x, second_x), min(first_y, second_y), max(first_x, second_x), max(first_y, second_y))

    def meets(self, other: "Box") -> bool:
        """Return whether the two have an area in common; a box without one meets nothing, itself not either."""
        return max(self.left, other.left) < min(self.right, other.right) and max(self.bottom, other.bottom) < min(
            self.top, other.top
        )

    def within(self, other: "Box") -> "Box":
        """Return the common part, or the other box where there is none: what viewers do with a stray CropBox."""
        if not self.meets(other):
            return other
        return Box(
            *(max(self.left, other.left), max(self.bottom, other.bottom)),
            *(min(self.right, other.right), min(self.top, other.top)),
        )


@dataclass(frozen=True, eq=False)
class Frame:
    """How a page is shown: its visible box, its rotation clockwise, and how large its unit is in points.

    Equal to itself alone.
    """

    visible: Box
    rotation: int
    unit: float

    @classmethod
    def of(cls, media: Box, crop: Box, rotation: float, unit: float) -> "Frame":
        # What is no quarter is cut down to one, as by what approvers are shown it with.
        return cls(crop.within(media), int(rotation / _QUARTER) * _QUARTER % 360, unit if unit > 0 else 1.0)

    @cached_property
    def size(self) -> PageSize:
        across = round((self.visible.right - self.visible.left) * self.scale)
        along = round((self.visible.top - self.visible.bottom) * self.scale)
        return PageSize(along, across) if self._is_sideways else PageSize(across, along)

    @property
    def upright(self) -> tuple[int, int, int, int]:
        """Return the matrix that turns a drawing against the page's rotation."""
        return _UPRIGHT[self.rotation]

    def rectangle(self, placement: Placement, face: Size) -> Box:
        """Return the box of a face of that size around the placement in the page's own points, or refuse."""
        self.size.check(placement, face)
        return self.box_around(placement.x, placement.y, face.width, face.height)

    def box_around(self, x: float, y: float, width: int, height: int) -> Box:
        """Return the box of something of that size around a point of the visible page, in the page's own points."""
        own_x, own_y = self.own_point(x, y)
        across, up = width / 2 / self.scale, height / 2 / self.scale
        if self._is_sideways:
            across, up = up, across
        return Box(own_x - across, own_y - up, own_x + across, own_y + up)

    @cached_property
    def scale(self) -> float:
        """Return how many micrometres one unit of the page's own is long."""
        return _MICROMETRES_PER_POINT * self.unit

    @property
    def _is_sideways(self) -> bool:
        return self.rotation % 180 == _QUARTER

    def own_point(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the visible page, in micrometres from its lower left, in the page's own points."""
        box, x, y = self.visible, x / self.scale, y / self.scale
        match self.rotation:
            case 0:
                return box.left + x, box.bottom + y
            case 90:
                return box.right - y, box.bottom + x
            case 180:
                return box.right - x, box.top - y
        return box.left + y, box.top - x


def usual_place(page: int, size: PageSize, face: Size) -> Placement:
    """Return where a seal usually stands, at the lower right with a margin, or refuse a page that is too small."""
    across, up = -(-face.width // 2), -(-face.height // 2)
    if size.width < 2 * across or size.height < 2 * up:
        raise PageTooSmall(page=page, width=size.width, height=size.height)
    x = max(across, size.width - across - _MARGIN)
    y = min(up + _MARGIN, size.height - up)
    return Placement(page=page, x=x, y=y)
