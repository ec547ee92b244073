"""A rubber seal leaves the company and comes back: by whose word, with what proof, and what time alone brings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final

from privyseal.custody.rules import Hand
from privyseal.custody.rules.alarms import Thresholds
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotEntitled, OutOfTurn, Refused


class Stage(StrEnum):
    """How far a take-out is."""

    BOOKED = "booked"
    GIVEN = "given"
    OUT = "out"
    BROUGHT = "brought"
    BACK = "back"
    CLOSED = "closed"
    RELEASED = "released"


class Act(StrEnum):
    GIVE = "give"
    RECEIVE = "receive"
    BRING = "bring"
    TAKE_BACK = "take-back"


class Late(StrEnum):
    """What time alone says of a seal that is not back."""

    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    LOST_RISK = "lost-risk"
    NOT_RETURNED = "not-returned"


@dataclass(frozen=True, slots=True)
class Move:
    """Whose word brings a take-out from one stage to the next, and whether a photograph of the seal's face goes with it."""

    start: Stage
    act: Act
    end: Stage
    by: Hand
    takes_photo: bool


@dataclass(frozen=True, slots=True)
class Clock:
    late: Late
    threshold: str


# fmt: off
MOVES: Final = (
    Move(Stage.BOOKED,  Act.GIVE,      Stage.GIVEN,   Hand.KEEPER,   takes_photo=True),    # the keeper hands over this seal, and its face shows which
    Move(Stage.GIVEN,   Act.RECEIVE,   Stage.OUT,     Hand.OPERATOR, takes_photo=False),   # nobody bears a seal unasked
    Move(Stage.OUT,     Act.BRING,     Stage.BROUGHT, Hand.OPERATOR, takes_photo=False),   # the bearer says that it is back in the house
    Move(Stage.BROUGHT, Act.TAKE_BACK, Stage.BACK,    Hand.KEEPER,   takes_photo=True),    # until the keeper has it, the bearer answers for it
)
CLOCKS: Final = (
    Clock(Late.DUE_SOON,     "an hour before"),        # there is still time to come back
    Clock(Late.OVERDUE,      "due"),                   # whoever is out with it, and its keeper, hear of it
    Clock(Late.LOST_RISK,    "lost_risk_minutes"),     # managers and approvers hear of it
    Clock(Late.NOT_RETURNED, "not_returned_minutes"),  # somebody answers for finding it
)
# fmt: on
SOON: Final = timedelta(hours=1)
_EARTH_METRES: Final = 6_371_000
_MICRODEGREES: Final = 1_000_000
MOST_METRES: Final = 50_000
FENCE: Final = "fence"


class SealBooked(Refused):
    """The seal is to be out of the company at that time for another approved use."""

    code = "seal-booked"


class BearerNotOne(Refused):
    """Exactly one person takes a seal out, and another one goes along."""

    code = "bearer-not-one"


class NotTakenOut(Refused):
    """The use is to happen outside, and the seal was not given and received for it."""

    code = "not-taken-out"


class FaceNotShown(Refused):
    """A photograph of the seal's face goes with it."""

    code = "face-not-shown"


class WhereaboutsMissing(Refused):
    """Neither coordinates nor words say where the seal is."""

    code = "whereabouts-missing"


class FenceWidened(Refused):
    """A seal goes no further than was approved: whoever gives it out may draw the fence closer, and not elsewhere."""

    code = "fence-widened"


class NothingToFence(Refused):
    """A fence is around the place outside the company to which a rubber seal is taken."""

    code = "nothing-to-fence"


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the earth, in millionths of a degree."""

    latitude: int
    longitude: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """Where the seal is to be used, and how far around that is still there."""

    point: Point
    metres: int

    def __post_init__(self) -> None:
        if not 1 <= self.metres <= MOST_METRES:
            raise ValueError("a fence that is none")

    def to_json(self) -> dict[str, Json]:
        return {"latitude": self.point.latitude, "longitude": self.point.longitude, "metres": self.metres}

    @classmethod
    def within(cls, terms: Mapping[str, Any]) -> "Fence | None":
        """Return the fence that an application asks for in its terms, or a permit allows; None where there is none."""
        said = terms.get(FENCE)
        return None if said is None else cls(point=Point(said["latitude"], said["longitude"]), metres=said["metres"])


@dataclass(frozen=True, slots=True)
class Reported:
    """One report of a place, as far as the fence is concerned."""

    metres_off: int
    accuracy_metres: int
    has_arrived: bool

    def is_beyond(self, fence: Fence) -> bool:
        return self.metres_off > fence.metres + self.accuracy_metres


def plan(stage: Stage, act: Act, *, hands: frozenset[Hand], has_photo: bool) -> Stage:
    """Return where the take-out is after this word of somebody who is these hands, or refuse."""
    move = next((row for row in MOVES if (row.start, row.act) == (stage, act)), None)
    if move is None:
        raise OutOfTurn(stage=stage.value, act=act.value)
    if move.by not in hands:
        raise NotEntitled(part=move.by.value)
    if move.takes_photo and not has_photo:
        raise FaceNotShown(act=act.value)
    return move.end


def lateness(due_at: datetime, at: datetime, *, by: Thresholds) -> list[Late]:
    """Return everything that time has said by now of a seal that is not back, in its order."""
    times = {
        Late.DUE_SOON: due_at - SOON,
        Late.OVERDUE: due_at,
        Late.LOST_RISK: due_at + timedelta(minutes=by.lost_risk_minutes),
        Late.NOT_RETURNED: due_at + timedelta(minutes=by.not_returned_minutes),
    }
    return [row.late for row in CLOCKS if at >= times[row.late]]


def metres_between(one: Point, other: Point) -> int:
    """Return how far two places are from each other."""
    here, there = radians(one.latitude / _MICRODEGREES), radians(other.latitude / _MICRODEGREES)
    across = radians((other.longitude - one.longitude) / _MICRODEGREES)
    half = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(across / 2) ** 2
    return round(2 * _EARTH_METRES * asin(sqrt(min(1.0, half))))


def drawn_closer(approved: Fence | None, wished: Fence | None) -> Fence | None:
    """Return the fence with which a seal is given out, or refuse one that lets it further than was approved."""
    if approved is None or wished is None:
        return wished or approved
    if wished.point != approved.point or wished.metres > approved.metres:
        raise FenceWidened(metres=approved.metres)
    return wished


def is_alarming(now: Reported, before: Iterable[Reported], fence: Fence) -> bool:
    """Return whether a report is the first of a leaving; ``before`` are those that came earlier, the last one first.

    Whoever says that they have arrived where it was not approved says something new, however long they were away.
    """
    leaving = list(takewhile(lambda one: one.is_beyond(fence), before))
    is_new = not leaving or (now.has_arrived and not any(one.has_arrived for one in leaving))
    return now.is_beyond(fence) and is_new
