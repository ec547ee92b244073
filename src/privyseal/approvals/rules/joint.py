"""Applications of several companies: each company decides on its own part, and how the parts end with one another."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from privyseal.approvals.rules import State


class Mode(StrEnum):
    """Whether the companies of one application are decided as a whole, or each by itself."""

    TOGETHER = "together"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the last yes of a company leaves its part, by whether another company still has to decide."""

    mode: Mode
    others_wait: bool
    end: State


# fmt: off
OUTCOMES: Final = (
    Outcome(Mode.TOGETHER, others_wait=True,  end=State.AGREED),     # no permit before every company has said yes
    Outcome(Mode.TOGETHER, others_wait=False, end=State.APPROVED),   # the last yes releases the permits of all
    Outcome(Mode.APART,    others_wait=True,  end=State.APPROVED),   # each company's permits with its own yes
    Outcome(Mode.APART,    others_wait=False, end=State.APPROVED),   # likewise
)
# fmt: on
UNDECIDED: Final = frozenset({State.PENDING, State.AGREED})

Keys: TypeAlias = frozenset[int]


def end_of_yes(mode: Mode, others: Collection[State]) -> State:
    """Return where a company's part stands once its own stages have said yes."""
    waits = State.PENDING in others
    return next(row.end for row in OUTCOMES if (row.mode, row.others_wait) == (mode, waits))


def ends_with(mode: Mode, one: int, others: Mapping[int, State], stands_on: Iterable[tuple[int, int]]) -> Keys:
    """Return which undecided parts end where one was refused or taken back.

    Together: all. Apart: those alone whose seal was to stand on a document after a seal of one that ends; ``stands_on``
    names each with the part before it.
    """
    undecided = frozenset(part for part, state in others.items() if state in UNDECIDED)
    if mode is Mode.TOGETHER:
        return undecided
    ended, pairs = {one}, list(stands_on)
    while more := {part for part, before in pairs if before in ended} - ended:
        ended |= more
    return undecided & frozenset(ended)
