"""What may happen to an application, and who may not do two things to it.

Tables and functions over plain values: no database, no clock, no web.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn, Refused
from privyseal.signer.statement import Purpose


class State(StrEnum):
    """``AGREED`` is the part of one company in an application of several, as long as another has to decide."""

    PENDING = "pending"
    AGREED = "agreed"
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
    CUSTODIAN = "custodian"
    WITNESS = "witness"
    PERSON = "person"


class Manner(StrEnum):
    """How a seal stands on a document."""

    SIGNATURE_PLACE = "signature-place"
    EVERY_PAGE = "every-page"
    ACROSS_PAGES = "across-pages"
    OVER_DATE = "over-date"
    TRUE_COPY = "true-copy"


class Quorum(StrEnum):
    """How many of those whom a stage names must say yes."""

    ANY = "any"
    TWO = "two"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Move:
    start: State
    step: Step
    end: State
    by: Part


@dataclass(frozen=True, slots=True)
class Asks:
    """What a purpose asks of people: who may apply, who must say yes, stage by stage, and who is named for it.

    ``operator`` carries it out; None where the words of those who are named for it carry it out.
    ``receiver`` is the power of whoever is to keep the seal afterwards.
    """

    purpose: Purpose
    applicant: Power
    operator: Power | None
    stages: tuple[tuple[Power, Quorum], ...]
    receiver: Power | None = None
    witnesses: int = 0


POLICY: Final = "1"
# No yes that was said to one of these counts any more, and the key is told so.
COME_TO_NOTHING: Final = (State.REJECTED, State.WITHDRAWN)

# fmt: off
MOVES: Final = (
    Move(State.PENDING, Step.APPROVE,  State.APPROVED,  by=Part.APPROVER),    # where the last stage has its quorum
    Move(State.PENDING, Step.REJECT,   State.REJECTED,  by=Part.APPROVER),    # one no is a no
    Move(State.PENDING, Step.WITHDRAW, State.WITHDRAWN, by=Part.APPLICANT),   # until it is decided, it is theirs
    Move(State.AGREED,  Step.WITHDRAW, State.WITHDRAWN, by=Part.APPLICANT),   # likewise while another company has to decide
)
KEPT_APART: Final = (
    frozenset({Part.APPLICANT, Part.APPROVER}),    # nobody approves their own application
    frozenset({Part.APPROVER,  Part.OPERATOR}),    # whoever allows the stamp does not press it
    frozenset({Part.APPROVER,  Part.CUSTODIAN}),   # whoever allows a hand-over does not receive the seal, nor a use hand it out
    frozenset({Part.APPROVER,  Part.WITNESS}),     # whoever allowed it does not vouch that it was done
    frozenset({Part.APPLICANT, Part.WITNESS}),     # nobody witnesses what they asked for
    frozenset({Part.OPERATOR,  Part.WITNESS}),     # nobody witnesses what they do
    frozenset({Part.OPERATOR,  Part.CUSTODIAN}),   # whoever has a seal made does not keep it
    frozenset({Part.CUSTODIAN, Part.WITNESS}),     # nobody witnesses what they receive
    frozenset({Part.APPROVER,  Part.PERSON}),      # the own yes of whose name the seal bears is nobody's approval
)
_ONE: Final = ((Power.APPROVE, Quorum.ANY),)
_TWO: Final = ((Power.APPROVE, Quorum.TWO),)
POLICIES: Final = (
    Asks(Purpose.USE,        Power.USE,    Power.USE,    _ONE),                                            # a use: asked for and made by users
    Asks(Purpose.STANDING,   Power.USE,    Power.USE,    _ONE, witnesses=1),                               # routine papers for a quarter; its samples have a reviewer
    Asks(Purpose.TOP_UP,     Power.USE,    None,         _ONE),                                            # more of what was approved: by as many as approved it
    Asks(Purpose.PROLONG,    Power.USE,    None,         _ONE),                                            # for longer than was approved: likewise
    Asks(Purpose.MAKE,       Power.MANAGE, Power.MANAGE, _ONE),                                            # a new seal: asked for by its manager
    Asks(Purpose.RESUME,     Power.MANAGE, Power.MANAGE, _ONE),                                            # away from safety: never alone
    Asks(Purpose.UNFREEZE,   Power.MANAGE, Power.MANAGE, _TWO),                                            # a group that one person froze is woken by two
    Asks(Purpose.CHANGE,     Power.MANAGE, Power.MANAGE, _ONE),                                            # a new face or name is a new version
    Asks(Purpose.ASSIGN,     Power.MANAGE, Power.MANAGE, _ONE),                                            # another unit: other people may reach it
    Asks(Purpose.EXTEND,     Power.MANAGE, Power.MANAGE, _ONE),                                            # a later last day: away from safety, never alone
    Asks(Purpose.HAND_OVER,  Power.MANAGE, None,         _ONE, receiver=Power.CUSTODY, witnesses=1),       # another keeper for good
    Asks(Purpose.COVER,      Power.MANAGE, None,         _ONE, receiver=Power.CUSTODY, witnesses=1),       # another keeper for a time
    Asks(Purpose.COLLECT,    Power.MANAGE, None,         _ONE, receiver=Power.CUSTODY, witnesses=1),       # taken back by headquarters
    Asks(Purpose.RETIRE,     Power.MANAGE, Power.MANAGE, _ONE),                                            # out of use for good
    Asks(Purpose.FIND,       Power.MANAGE, Power.MANAGE, _TWO),                                            # what was out of hand is trusted by two
    Asks(Purpose.INVALIDATE, Power.MANAGE, Power.MANAGE, _TWO),                                            # nothing brings a void seal back
    Asks(Purpose.DESTROY,    Power.MANAGE, Power.MANAGE, _TWO, witnesses=2),                               # nothing brings a destroyed seal back
)
# fmt: on

People: TypeAlias = frozenset[int]
Cast: TypeAlias = Mapping[Part, People]


class ActsForApplicant(Refused):
    """Whoever decides stands in for the applicant, or the applicant for them, in some post."""

    code = "acts-for-applicant"


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
    """Return if the person may play this part beside those they have, or refuse for the first of them."""
    for other in Part:
        if actor in cast.get(other, frozenset()) and frozenset({part, other}) in KEPT_APART:
            raise DutiesNotSeparate(part=part.value, already=other.value)


def stand_apart(*, actor: int, tied: People) -> None:
    """Return if the person acts for the applicant in nothing, nor the applicant for them, or refuse."""
    if actor in tied:
        raise ActsForApplicant


def least(quorum: Quorum, *, entitled: People) -> int:
    """Return how many have to say yes; where nobody may, one more than there are."""
    return {Quorum.ANY: 1, Quorum.TWO: 2, Quorum.ALL: max(len(entitled), 1)}[quorum]


def free_to_approve(entitled: People, *, cast: Cast) -> People:
    """Return those who may approve and play no part that is kept apart from it."""
    busy = {
        person for part, people in cast.items() if frozenset({part, Part.APPROVER}) in KEPT_APART for person in people
    }
    return entitled - busy
