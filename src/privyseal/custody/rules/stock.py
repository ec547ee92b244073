"""A stock-take of rubber seals: who counts what, what is found, and what follows from it. A rule is a row."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from privyseal.custody.rules.alarms import AlarmKind
from privyseal.custody.rules.places import Where
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn, Refused


class Count(StrEnum):
    """How far a stock-take is."""

    OPEN = "open"
    PAUSED = "paused"
    ENDED = "ended"
    GIVEN_UP = "given-up"


class Step(StrEnum):
    SEE = "see"
    PAUSE = "pause"
    GO_ON = "go-on"
    END = "end"
    GIVE_UP = "give-up"
    HAND_ON = "hand-on"


class Teller(StrEnum):
    """What somebody is to a stock-take."""

    COUNTER = "counter"
    WITNESS = "witness"
    MANAGER = "manager"


class Finding(StrEnum):
    """What a stock-take found of one seal."""

    IN_PLACE = "in-place"
    WRONG_PLACE = "wrong-place"
    UNRECORDED = "unrecorded"
    UNEXPECTED = "unexpected"
    NOT_FOUND = "not-found"
    AWAY = "away"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Move:
    """Who brings a stock-take from one state to the next."""

    start: Count
    step: Step
    end: Count
    by: Teller


@dataclass(frozen=True, slots=True)
class Follows:
    """What is raised where this was found."""

    finding: Finding
    alarm: AlarmKind | None


# fmt: off
MAY_OPEN: Final = (
    Power.MANAGE,    # the manager answers for the company's seals
    Power.CUSTODY,   # a keeper has somebody look that all is there
)
MOVES: Final = (
    Move(Count.OPEN,   Step.SEE,     Count.OPEN,     Teller.COUNTER),   # whoever has the seal before them says so
    Move(Count.OPEN,   Step.PAUSE,   Count.PAUSED,   Teller.COUNTER),   # they go on tomorrow
    Move(Count.PAUSED, Step.GO_ON,   Count.OPEN,     Teller.COUNTER),   # where they stopped
    Move(Count.OPEN,   Step.END,     Count.ENDED,    Teller.COUNTER),   # what was not seen by now is missing
    Move(Count.OPEN,   Step.END,     Count.ENDED,    Teller.WITNESS),   # a keeper's count is over by another person's word
    Move(Count.OPEN,   Step.GIVE_UP, Count.GIVEN_UP, Teller.MANAGER),   # what was seen stays on record, and nothing is said of the rest
    Move(Count.PAUSED, Step.GIVE_UP, Count.GIVEN_UP, Teller.MANAGER),   # likewise
    Move(Count.OPEN,   Step.HAND_ON, Count.OPEN,     Teller.MANAGER),   # whoever counted is away, or has left
    Move(Count.PAUSED, Step.HAND_ON, Count.PAUSED,   Teller.MANAGER),   # likewise
)
FOLLOWS: Final = (
    Follows(Finding.IN_PLACE,    None),                    # all is well
    Follows(Finding.WRONG_PLACE, AlarmKind.PLACE),         # somebody put it where it does not belong
    Follows(Finding.UNRECORDED,  AlarmKind.UNEXPECTED),    # it lies there while the record has it in other hands
    Follows(Finding.UNEXPECTED,  AlarmKind.UNEXPECTED),    # nobody said that it belongs there, or that there is such a seal
    Follows(Finding.NOT_FOUND,   AlarmKind.NOT_FOUND),     # the record has it there, and it is not
    Follows(Finding.AWAY,        None),                    # the record says who has it
    Follows(Finding.MOVED,       None),                    # it was given another place, or ended, while the others were counted
)
# fmt: on
USUAL_DAYS: Final = 7
MOST_DAYS: Final = 92
OVER: Final = frozenset({Count.ENDED, Count.GIVEN_UP})
AWAY: Final = frozenset({Where.OUT_OF_HAND, Where.OUTSIDE, Where.IN_USE})


class CountedByItsKeeper(Refused):
    """Whoever keeps a seal counts it with a witness alone, who keeps none of what is counted."""

    code = "counted-by-its-keeper"


class StockTakeOpen(Refused):
    """The same seals are being counted already."""

    code = "stock-take-open"


class NothingToCount(Refused):
    code = "nothing-to-count"


class StockTakeOver(OutOfTurn):
    """What was counted comes after the end of its count, and changes nothing of it."""

    code = "stock-take-over"


class NotAllArrived(Refused):
    """A witness saw another number of seals counted than has arrived."""

    code = "stock-not-all-arrived"


class SealUnknown(Refused):
    """What was scanned or typed is no seal of the company that whoever counts may see."""

    code = "seal-unknown"


class StrangeSealNotDescribed(Refused):
    code = "strange-seal-not-described"


def check_hands(counter: int, witness: int | None, *, keepers: Collection[int | None]) -> None:
    """Return if these two may count what these people keep, or refuse."""
    if witness == counter:
        raise DutiesNotSeparate(part=Teller.WITNESS.value, already=Teller.COUNTER.value)
    if witness in keepers and witness is not None:
        raise CountedByItsKeeper(witness=True)
    if counter in keepers and witness is None:
        raise CountedByItsKeeper(witness=False)


def plan(count: Count, step: Step, *, tells: Collection[Teller], has_witness: bool) -> Count:
    """Return where the stock-take is after this step of somebody who is this to it, or refuse.

    Where there is a witness, it is their word that ends it.
    """
    rows = [row for row in MOVES if (row.start, row.step) == (count, step)]
    if not rows and count in OVER:
        raise StockTakeOver(count=count.value, step=step.value)
    if not rows:
        raise OutOfTurn(count=count.value, step=step.value)
    if step is Step.END:
        rows = [row for row in rows if (row.by is Teller.WITNESS) == has_witness]
    if not any(row.by in tells for row in rows):
        raise NotEntitled(part=rows[0].by.value)
    return rows[0].end


def check_all_arrived(*, said: int | None, seen: int, has_witness: bool) -> None:
    """Return if as much was seen as the witness says, or refuse: some of it may still be on another telephone."""
    if has_witness and said != seen:
        raise NotAllArrived(seen=seen, said=said)


def found_there(*, is_expected: bool, where: Where, belongs: int | None, slot: int | None) -> Finding:
    """Return what it means that a seal was seen, in this slot if one was named; ``where`` is where the record had it."""
    if where in AWAY:
        return Finding.UNRECORDED
    if not is_expected:
        return Finding.UNEXPECTED
    return Finding.WRONG_PLACE if slot is not None and slot != belongs else Finding.IN_PLACE


def not_seen(*, where: Where, has_moved: bool) -> Finding:
    """Return what it means that an expected seal was not seen, by the record as it stands at the end."""
    if where in AWAY:
        return Finding.AWAY
    return Finding.MOVED if has_moved else Finding.NOT_FOUND


def follows(finding: Finding) -> AlarmKind | None:
    return next(row.alarm for row in FOLLOWS if row.finding is finding)


def is_overdue(last_at: datetime, at: datetime, *, days: int) -> bool:
    """Return whether the seals of a place have not been counted for longer than their company says."""
    return at - last_at >= timedelta(days=days)
