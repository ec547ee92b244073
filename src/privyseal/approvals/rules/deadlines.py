"""By when a stage is to be decided, when those who decide are reminded, and what follows where nobody did.

A stage that is late is never passed by that: no lapse of time is a yes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from privyseal.approvals.rules import People
from privyseal.approvals.rules.seats import Seat, SeatOpen, Who
from privyseal.identity.rules.working_days import CLOSES, OPENS, Calendar, Counted, Span, before, due_after
from privyseal.kernel.canonical import Json

MOST: Final[Mapping[Counted, int]] = {Counted.DAYS: 60, Counted.HOURS: 90}
MOST_REMINDERS: Final = 3
HOURS_A_DAY: Final = CLOSES.hour - OPENS.hour


class Lapse(StrEnum):
    """What follows where a stage was not decided in time."""

    TELL = "tell"
    ADD = "add"


# fmt: off
LAPSES: Final = (
    (Lapse.TELL, "whoever the row names is told, with the applicant and those who decide"),
    (Lapse.ADD,  "and may decide in the place of any of those asked, if they may approve there and have no other part in it"),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Deadline:
    """Within what span a stage decides; so many days or hours before its end, each, those who decide are reminded.

    ``to`` is who else hears of it when it is late; nobody besides the applicant and those who decide, where it is None.
    """

    span: Span
    reminders: tuple[int, ...] = ()
    lapse: Lapse = Lapse.TELL
    to: Seat | None = None

    def to_json(self) -> dict[str, Json]:
        return {
            "number": self.span.number,
            "counted": self.span.counted.value,
            "reminders": list(self.reminders),
            "lapse": self.lapse.value,
            "to": None if self.to is None else {"who": self.to.who.value, "name": self.to.name},
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Deadline":
        to = said["to"]
        return cls(
            Span(said["number"], Counted(said["counted"])),
            tuple(said["reminders"]),
            Lapse(said["lapse"]),
            None if to is None else Seat(Who(to["who"]), to["name"]),
        )


@dataclass(frozen=True, slots=True)
class Reckoned:
    """When a stage that has begun is due, and when to remind before."""

    due_at: datetime
    reminders_at: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Now:
    """How things stand with a deadline: how many reminders have come, whether it is over, when to look again."""

    reminded: int
    is_over: bool
    next_at: datetime | None


def can_be_meant(deadline: Deadline) -> bool:
    span, to = deadline.span, deadline.to
    first = 0 if span.counted is Counted.DAYS else 1
    return (
        1 <= span.number <= MOST[span.counted]
        and len(deadline.reminders) <= MOST_REMINDERS
        and len({*deadline.reminders}) == len(deadline.reminders)
        and all(first <= reminder < span.number for reminder in deadline.reminders)
        and (to is not None or deadline.lapse is Lapse.TELL)
        and (to is None or to.who is not Who.OUTSIDE)
        and (to is None or (to.who in {Who.APPROVER, Who.MANAGER}) != bool(to.name))
    )


def shorter(one: Deadline | None, other: Deadline | None) -> Deadline | None:
    """Return the one that is over earlier, the first where they are alike; no deadline is later than any."""
    if one is None or other is None:
        return one or other
    return other if _hours(other.span) < _hours(one.span) else one


def reckoned(deadline: Deadline, begun: datetime, calendar: Calendar) -> Reckoned:
    """Return when a stage that begins now, in the zone in which days count, is due."""
    due = due_after(begun, deadline.span, calendar)
    told = {before(due, Span(number, deadline.span.counted), calendar) for number in deadline.reminders}
    return Reckoned(due, tuple(sorted(moment for moment in told if begun < moment < due)))


def stands(known: Reckoned, at: datetime) -> Now:
    """Return how things stand. What came while nobody looked has come once: the last of it is told of."""
    if at >= known.due_at:
        return Now(len(known.reminders_at), is_over=True, next_at=None)
    to_come = [moment for moment in known.reminders_at if moment > at]
    reminded = len(known.reminders_at) - len(to_come)
    return Now(reminded, is_over=False, next_at=to_come[0] if to_come else known.due_at)


def with_others(seats: Sequence[SeatOpen], others: People, *, free: People) -> list[SeatOpen]:
    """Return the seats of a late stage: others may fill them too, and as many yes are asked as before.

    Of those of whom all are asked the ``free`` ones count, who have no other part in it.
    """
    return [
        seat if seat.system else replace(seat, needed=seat.among(free).slots, able=seat.able | others) for seat in seats
    ]


def _hours(span: Span) -> int:
    return span.number * (HOURS_A_DAY if span.counted is Counted.DAYS else 1)
