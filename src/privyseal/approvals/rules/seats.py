"""The seats of a stage: whose yes it takes, of how many, and whether those who said it fill them.

One person fills one seat of an application, however many they could.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias

from privyseal.approvals.rules import Asks, People, Quorum

ALL_OF_THEM: Final = 0


class Who(StrEnum):
    """How a seat says whose yes it takes; nobody gains by it who may not approve there anyhow."""

    APPROVER = "approver"
    MANAGER = "manager"
    OFFICE = "office"
    POST = "post"
    PERSON = "person"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Seat:
    """So many yes of those whom it names; ``name`` is an office, a post's uid, a pseudonym or an outside system's uid.

    ``needed`` is a number, or ``ALL_OF_THEM``. A manager is whoever heads the applicant's unit, or the next above it.
    """

    who: Who
    name: str = ""
    needed: int = 1


Stage: TypeAlias = tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class SeatOpen:
    """A seat as it stands now: how many yes it takes, who could say one, and by which outside system, if not here."""

    needed: int
    able: People
    system: str = ""

    def among(self, people: People) -> "SeatOpen":
        """Return the seat as far as these people could fill it."""
        return replace(self, able=self.able & people)

    @property
    def slots(self) -> int:
        """Return how many yes it takes; at least one, where nobody is there to say it."""
        return max(self.needed or len(self.able), 1)


def fewest(stages: Iterable[Stage]) -> int:
    """Return how many different people have to say yes at least."""
    return sum(max(seat.needed, 1) for stage in stages for seat in stage)


def are_filled(seats: Sequence[SeatOpen], people: Iterable[int]) -> bool:
    """Return whether these people fill all the seats, each of them one."""
    slots = [seat.able for seat in seats for _ in range(seat.slots)]
    return _matched(slots, frozenset(people)) == len(slots)


def adds(seats: Sequence[SeatOpen], people: Iterable[int], person: int) -> bool:
    """Return whether somebody fills a seat that these people leave open."""
    slots, there = [seat.able for seat in seats for _ in range(seat.slots)], frozenset(people)
    return _matched(slots, there | {person}) > _matched(slots, there)


def first_missing(seats: Sequence[SeatOpen], people: Iterable[int]) -> int | None:
    """Return the place of the first seat that cannot be filled beside those before it; None where all can."""
    there = list(people)
    return next((n for n in range(len(seats)) if not are_filled(seats[: n + 1], there)), None)


def everybody(seats: Iterable[SeatOpen]) -> People:
    """Return who could fill one of the seats."""
    return frozenset[int]().union(*(seat.able for seat in seats))


def by_their_way(seats: Iterable[SeatOpen], ways: Mapping[int, str]) -> list[SeatOpen]:
    """Return the seats without those who decide another way: ``ways`` says by which system, empty for here."""
    return [
        replace(seat, able=seat.able - {person for person, way in ways.items() if way != seat.system}) for seat in seats
    ]


def decided_here(seats: Iterable[SeatOpen]) -> list[SeatOpen]:
    """Return the seats that are filled by people who are signed in."""
    return [seat for seat in seats if not seat.system]


def leaves_enough(
    stages: Sequence[Sequence[SeatOpen]],
    *,
    voted: People,
    here: People,
    actor: int,
    counts_for: int,
    before: Sequence[Sequence[SeatOpen]] | None = None,
) -> bool:
    """Return whether all that is left can still be filled once the actor has said yes at the first of these stages.

    The yes fills a seat of whoever it ``counts_for``: the actor, or for whom they decide.

    ``stages`` are the present one and those to come; ``here`` is who has said yes at the present one, ``voted`` who has
    at any. Where it could not be filled before either, nothing is lost by this yes; ``before`` is how the seats stood
    then, where whoever says it could have filled some that are decided another way.
    """
    after = can_be_filled(stages, voted=voted | {actor}, here=here | {counts_for})
    return after or not can_be_filled(stages if before is None else before, voted=voted, here=here)


def can_be_filled(stages: Sequence[Sequence[SeatOpen]], *, voted: People, here: People) -> bool:
    """Return whether different people could fill all that is left of these stages, the first of which is the present."""
    people = frozenset[int]().union(*(everybody(stage) for stage in stages))
    return are_filled(_left(stages, voted=voted, here=here), people)


def _left(stages: Sequence[Sequence[SeatOpen]], *, voted: People, here: People) -> list[SeatOpen]:
    """Return the seats as they can be filled yet: whoever said yes at this stage fills a seat of it or none."""
    present, *later = stages
    seats = [SeatOpen(seat.slots, seat.able - (voted - here)) for seat in present]
    return seats + [SeatOpen(seat.slots, seat.able - voted - here) for stage in later for seat in stage]


def builtin_stages(asked: Asks) -> tuple[Stage, ...]:
    """Return the stages that a purpose takes everywhere, as seats that any approver may fill."""
    needed = {Quorum.ANY: 1, Quorum.TWO: 2, Quorum.ALL: ALL_OF_THEM}
    return tuple((Seat(Who.APPROVER, needed=needed[quorum]),) for _, quorum in asked.stages)


def _matched(slots: Sequence[People], people: People) -> int:
    """Return how many slots can be given to different people: the size of the largest matching."""
    filled_by: dict[int, int] = {}

    def place(slot: int, tried: set[int]) -> bool:
        for person in slots[slot] & people:
            if person in tried:
                continue
            tried.add(person)
            if person not in filled_by or place(filled_by[person], tried):
                filled_by[person] = slot
                return True
        return False

    return sum(place(slot, set()) for slot in range(len(slots)))
