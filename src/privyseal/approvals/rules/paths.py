"""Whether different people could take an application from its beginning to its end, or it hangs on one alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from privyseal.approvals.rules import People
from privyseal.approvals.rules.seats import ALL_OF_THEM, SeatOpen, first_missing


@dataclass(frozen=True, slots=True)
class Hangs:
    """The first seat that would fall to whoever applies or operates; ``person`` is who, where it is one alone."""

    seat: int
    person: int | None


def hangs_on(seats: Sequence[SeatOpen], *, approvers: People, applicants: People, operators: People) -> Hangs | None:
    """Return on whom it hangs; None where somebody applies, somebody operates and others say every yes.

    One person may apply and operate. Without anybody who could apply or operate nothing begins, and nothing hangs.
    """
    best = -1
    for apart in product(_first(applicants, approvers, seats), _first(operators, approvers, seats)):
        others = approvers.difference(apart)
        missing = first_missing([seat.among(others) for seat in seats], others)
        if missing is None:
            return None
        best = max(best, missing)
    if best < 0:
        return None
    alone = [people for people in (seats[best].able, applicants, operators) if len(people) == 1 and people <= approvers]
    return Hangs(best, min(alone[0]) if alone else None)


def _first(people: People, approvers: People, seats: Iterable[SeatOpen]) -> list[int]:
    """Return as many of the people as can matter: one who approves nothing, or one more than the seats can need.

    Whichever way the seats are filled, so many of them fill none of the counted yes, nor are the last two of all.
    """
    free = people - approvers
    if free:
        return [min(free)]
    needed = sum(2 if seat.needed == ALL_OF_THEM else seat.needed for seat in seats)
    return sorted(people)[: needed + 1]
