"""The life of a seal: what may happen to it, by whom. A rule is a row, its reason ends the row."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from privyseal.identity.rules import Power
from privyseal.kernel.errors import OutOfTurn, Refused


class SealKind(StrEnum):
    ELECTRONIC = "electronic"
    PHYSICAL = "physical"


class SealType(StrEnum):
    """An open list: what a seal is for."""

    OFFICIAL = "official"
    CONTRACT = "contract"
    FINANCE = "finance"
    INVOICE = "invoice"
    HR = "hr"
    LEGAL_REPRESENTATIVE = "legal-representative"
    DEPARTMENT = "department"
    PROJECT = "project"


class SealState(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    VOID = "void"


class Act(StrEnum):
    MAKE = "make"
    SUSPEND = "suspend"
    RESUME = "resume"
    ABANDON = "abandon"


class Leave(StrEnum):
    """What an act needs before it may happen."""

    ONE_PERSON = "one-person"
    PERMIT = "permit"
    REJECTION = "rejection"


@dataclass(frozen=True, slots=True)
class Move:
    start: SealState
    act: Act
    end: SealState
    leave: Leave


# fmt: off
MOVES: Final = (
    Move(SealState.DRAFT,     Act.MAKE,    SealState.ACTIVE,    Leave.PERMIT),       # a seal comes into being by approval alone
    Move(SealState.DRAFT,     Act.ABANDON, SealState.VOID,      Leave.REJECTION),    # what was refused is never made
    Move(SealState.ACTIVE,    Act.SUSPEND, SealState.SUSPENDED, Leave.ONE_PERSON),   # toward safety: one person, at once
    Move(SealState.SUSPENDED, Act.SUSPEND, SealState.SUSPENDED, Leave.ONE_PERSON),   # said again, it ends a resuming under way
    Move(SealState.SUSPENDED, Act.RESUME,  SealState.ACTIVE,    Leave.PERMIT),       # away from safety: by approval
)
MAY_SUSPEND: Final = (
    Power.MANAGE,   # the manager answers for the seal
    Power.AUDIT,    # the auditor may always deny
)
# fmt: on


class SealNotInForce(Refused):
    code = "seal-not-in-force"


def plan(state: SealState, act: Act, *, leave: Leave) -> Move:
    """Return the move, or refuse it."""
    for move in MOVES:
        if (move.start, move.act) == (state, act) and move.leave is leave:
            return move
    raise OutOfTurn(state=state.value, act=act.value)


def check_in_force(state: SealState) -> None:
    """Return if the seal may be used now, or refuse."""
    if state is not SealState.ACTIVE:
        raise SealNotInForce(state=state.value)
