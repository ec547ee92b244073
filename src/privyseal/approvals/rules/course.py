"""What may be done about an application while it waits for its stages, by whom, and who may be asked instead.

Whatever is done here asks for more people or for others who are as fit, never for fewer.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from privyseal.approvals.rules import Cast, Part, People, State, keep_apart
from privyseal.approvals.rules.seats import SeatOpen, are_filled
from privyseal.kernel.errors import NotEntitled, OutOfTurn, Refused


class Course(StrEnum):
    """What somebody does about an application besides saying yes or no."""

    RETURN = "return"
    ASK_FURTHER = "ask-further"
    FORWARD = "forward"
    COMMENT = "comment"
    URGE = "urge"
    COPY = "copy"


class By(StrEnum):
    """Whose it is to do."""

    TURN = "turn"
    APPLICANT = "applicant"
    TAKES_PART = "takes-part"


class Turn(StrEnum):
    """Whether somebody who is asked for one more yes says it before whoever asked them, or when all others have."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class May:
    course: Course
    by: By
    while_in: frozenset[State]


_OPEN: Final = frozenset({State.PENDING})
_ASKED: Final = frozenset({State.PENDING, State.AGREED})
_KNOWN: Final = frozenset({State.PENDING, State.AGREED, State.APPROVED})
# fmt: off
MAY: Final = (
    May(Course.RETURN,      By.TURN,       _OPEN),    # an earlier stage looks again and is told why: what was said since counts no more
    May(Course.ASK_FURTHER, By.TURN,       _OPEN),    # one more yes is asked at this stage, none less
    May(Course.FORWARD,     By.TURN,       _OPEN),    # somebody as fit decides in their place, and they do not
    May(Course.URGE,        By.APPLICANT,  _ASKED),   # those who still must decide are reminded, in every company that is asked
    May(Course.COMMENT,     By.TAKES_PART, _KNOWN),   # a question or an answer moves nothing
    May(Course.COPY,        By.TAKES_PART, _KNOWN),   # somebody reads it and hears of its end, and decides nothing by that
)
# fmt: on
URGED_ONCE_IN: Final = timedelta(hours=4)
MOST_FURTHER: Final = 5
MOST_COURSES: Final = 100


class NoEarlierStage(Refused):
    """There is no stage before the present one to which it could go back, or not that one."""

    code = "no-earlier-stage"


class UrgedAlready(Refused):
    """Those who still must decide were reminded not long ago."""

    code = "urged-already"


class AskedHasAnotherPart(Refused):
    """Whoever is asked has another duty in this, keeps the seal, or stands in for somebody who does."""

    code = "asked-has-another-part"


class GoesInACircle(Refused):
    """Whoever is asked has handed this on themselves, decided already, or is asked already."""

    code = "goes-in-a-circle"


class TooManyAsked(Refused):
    code = "too-many-asked"


class WaitsForAnother(Refused):
    """Somebody who was asked first has not decided yet, or all others have not."""

    code = "waits-for-another"


@dataclass(frozen=True, slots=True)
class Handed:
    """At a stage, somebody's turn was given to somebody else."""

    giver: int
    taker: int


@dataclass(frozen=True, slots=True)
class Further:
    """At a stage, one more yes was asked of somebody."""

    asker: int
    asked: int
    turn: Turn


def plan_course(state: State, course: Course, *, actor: int, cast: Cast, entitled: People) -> None:
    """Return if this may be done now by this person, or refuse: a turn is taken as a vote is."""
    row = next(row for row in MAY if row.course is course)
    if state not in row.while_in:
        raise OutOfTurn(state=state.value, step=course.value)
    if row.by is By.TURN:
        keep_apart(Part.APPROVER, actor=actor, cast=cast)
    if actor not in entitled:
        raise NotEntitled(part=row.by.value)


def check_return(*, present: int, back_to: int) -> None:
    if not 1 <= back_to < present:
        raise NoEarlierStage(stage=back_to)


def whom_to_urge(at: datetime, *, last: Mapping[int, datetime | None]) -> People:
    """Return which of the parts that wait are to be reminded of, by when they were last; or refuse where none is."""
    due = frozenset(part for part, urged in last.items() if urged is None or at >= urged + URGED_ONCE_IN)
    if not due:
        raise UrgedAlready(hours=int(URGED_ONCE_IN.total_seconds() // 3600))
    return due


def check_asked(
    person: int, *, apart: People, voted: People, handed: Iterable[Handed], further: Sequence[Further]
) -> None:
    """Return if somebody can be asked in another's place or beside them, or refuse.

    ``apart`` are those whose other duty here, or their deputy's, forbids it.
    """
    if person in apart:
        raise AskedHasAnotherPart
    gave = {one.giver for one in handed}
    asked = {one.asked for one in further} | {one.asker for one in further}
    if person in voted | gave | asked:
        raise GoesInACircle
    if len(further) >= MOST_FURTHER:
        raise TooManyAsked(most=MOST_FURTHER)


def handed_on(able: People, handed: Iterable[Handed]) -> People:
    """Return who fills a seat once those who could have given it on, one after the other."""
    for one in handed:
        if one.giver in able:
            able = (able - {one.giver}) | {one.taker}
    return able


def with_courses(
    seats: Sequence[SeatOpen], *, approvers: People, handed: Sequence[Handed], further: Sequence[Further]
) -> list[SeatOpen]:
    """Return the seats of a stage as they stand after what was done: never fewer, and as many yes in each.

    One more yes that was asked of somebody who may no longer approve is asked of nobody.
    """
    own = [replace(seat, needed=seat.slots, able=handed_on(seat.able, handed) & approvers) for seat in seats]
    return own + [SeatOpen(1, frozenset({one.asked})) for one in further if one.asked in approvers]


def waits_for(person: int, seats: Sequence[SeatOpen], *, voted: People, further: Collection[Further]) -> People:
    """Return those for whom somebody has to wait at this stage before they decide; nobody, mostly."""
    standing = frozenset(seat.able for seat in seats)
    first = frozenset(
        one.asked
        for one in further
        if one.asker == person and one.turn is Turn.BEFORE and frozenset({one.asked}) in standing
    )
    if first - voted:
        return first - voted
    asked_last = {one.asked for one in further if one.turn is Turn.AFTER}
    if person not in asked_last:
        return frozenset()
    others = [seat for seat in seats if seat.able not in {frozenset({last}) for last in asked_last}]
    if are_filled(others, voted):
        return frozenset()
    return frozenset[int]().union(*(seat.able for seat in others)) - voted - asked_last
