"""What may happen to an application, and who may not do two things to it.

Tables and functions over plain values: no database, no clock, no web.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn
from privyseal.signer.statement import Purpose


class State(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class Part(StrEnum):
    """What a person does in one application."""

    APPLICANT = "applicant"
    APPROVER = "approver"
    OPERATOR = "operator"


class Manner(StrEnum):
    """How a seal stands on a document."""

    SIGNATURE_PLACE = "signature-place"


class Binding(StrEnum):
    """What a line is bound to."""

    FILE = "file"


class Quorum(StrEnum):
    """How many of those whom a stage names must say yes."""

    ANY = "any"


@dataclass(frozen=True, slots=True)
class Move:
    start: State
    step: Step
    end: State
    by: Part


@dataclass(frozen=True, slots=True)
class Asks:
    """What a purpose asks of people: who may apply, and the stages that must say yes, in order."""

    purpose: Purpose
    applicant: Power
    operator: Power
    stages: tuple[tuple[Power, Quorum], ...]


POLICY: Final = "1"

# fmt: off
MOVES: Final = (
    Move(State.PENDING, Step.APPROVE,  State.APPROVED,  by=Part.APPROVER),    # where the last stage has its quorum
    Move(State.PENDING, Step.REJECT,   State.REJECTED,  by=Part.APPROVER),    # one no is a no
    Move(State.PENDING, Step.WITHDRAW, State.WITHDRAWN, by=Part.APPLICANT),   # until it is decided, it is theirs
)
KEPT_APART: Final = (
    frozenset({Part.APPLICANT, Part.APPROVER}),   # nobody approves their own application
    frozenset({Part.APPROVER,  Part.OPERATOR}),   # whoever allows the stamp does not press it
)
POLICIES: Final = (
    Asks(Purpose.USE,    Power.USE,    Power.USE,    ((Power.APPROVE, Quorum.ANY),)),   # a use: asked for and made by users
    Asks(Purpose.MAKE,   Power.MANAGE, Power.MANAGE, ((Power.APPROVE, Quorum.ANY),)),   # a new seal: asked for by its manager
    Asks(Purpose.RESUME, Power.MANAGE, Power.MANAGE, ((Power.APPROVE, Quorum.ANY),)),   # away from safety: never alone
)
# fmt: on

People: TypeAlias = frozenset[int]
Cast: TypeAlias = Mapping[Part, People]


def asks(purpose: Purpose) -> Asks:
    return next(row for row in POLICIES if row.purpose is purpose)


def plan(state: State, step: Step, *, actor: int, cast: Cast, entitled: People) -> Move:
    """Return the move, or refuse it.

    ``cast`` is who has already played which part in this application; ``entitled`` is who the policy
    lets play the part that this step needs.
    """
    move = next((move for move in MOVES if (move.start, move.step) == (state, step)), None)
    if move is None:
        raise OutOfTurn(state=state.value, step=step.value)
    # The duty is named before the missing power: "you applied for it" helps more than "you may not".
    keep_apart(move.by, actor=actor, cast=cast)
    if actor not in entitled:
        raise NotEntitled(part=move.by.value)
    return move


def keep_apart(part: Part, *, actor: int, cast: Cast) -> None:
    """Return if the person may play this part beside those they have, or refuse."""
    for other, people in cast.items():
        if actor in people and frozenset({part, other}) in KEPT_APART:
            raise DutiesNotSeparate(part=part.value, already=other.value)


def has_quorum(quorum: Quorum, *, said_yes: Collection[int], entitled: People) -> bool:
    """Return whether those who said yes, and may still say it, suffice."""
    counted = set(said_yes) & entitled
    return {Quorum.ANY: bool(counted)}[quorum]
