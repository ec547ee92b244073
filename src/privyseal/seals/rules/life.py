"""The life of a seal: what may happen to it, and what that takes. A rule is a row, its reason ends the row."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from privyseal.identity.rules import Power
from privyseal.kernel.errors import OutOfTurn, Refused


class SealKind(StrEnum):
    ELECTRONIC = "electronic"
    PHYSICAL = "physical"


class SealType(StrEnum):
    """What a seal is for. The last three stamp nothing, but are kept and handed over like seals."""

    OFFICIAL = "official"
    CONTRACT = "contract"
    FINANCE = "finance"
    INVOICE = "invoice"
    HR = "hr"
    LEGAL_REPRESENTATIVE = "legal-representative"
    DEPARTMENT = "department"
    PROJECT = "project"
    DRAWING = "drawing"
    CUSTOMS = "customs"
    PARTY = "party"
    UNION = "union"
    PERSONAL = "personal"
    OTHER = "other"
    LICENCE = "licence"
    U_KEY = "u-key"
    BANK_TOKEN = "bank-token"  # noqa: S105  a bank's device, not a secret


class SealState(StrEnum):
    DRAFT = "draft"
    MADE = "made"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    COLLECTED = "collected"
    DISPUTED = "disputed"
    LOST = "lost"
    STOLEN = "stolen"
    ROBBED = "robbed"
    RETIRED = "retired"
    DESTROYED = "destroyed"
    VOID = "void"


class Act(StrEnum):
    MAKE = "make"
    ACCEPT = "accept"
    ENTER = "enter"
    ABANDON = "abandon"
    SUSPEND = "suspend"
    RESUME = "resume"
    UNFREEZE = "unfreeze"
    CHANGE = "change"
    ASSIGN = "assign"
    EXTEND = "extend"
    HAND_OVER = "hand-over"
    COVER = "cover"
    COLLECT = "collect"
    DISPUTE = "dispute"
    LOSE = "lose"
    STEAL = "steal"
    ROB = "rob"
    FIND = "find"
    RETIRE = "retire"
    DESTROY = "destroy"
    INVALIDATE = "invalidate"
    EXPIRE = "expire"
    REVOKE = "revoke"


class Leave(StrEnum):
    """What an act needs before it may happen."""

    ONE_PERSON = "one-person"
    PERMIT = "permit"
    PERMIT_AND_WORDS = "permit-and-words"
    REJECTION = "rejection"
    DATE = "date"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Move:
    start: SealState
    act: Act
    end: SealState
    leave: Leave
    kind: SealKind | None = None
    """The kind that alone moves so; None where both do."""


@dataclass(frozen=True, slots=True)
class Alone:
    """Who may do an act that takes one person."""

    act: Act
    power: Power


# Nothing is stamped with these: they are never electronic and never used by a permit.
STAMPS_NOTHING: Final = frozenset({SealType.LICENCE, SealType.U_KEY, SealType.BANK_TOKEN})
# Whoever holds a seal in one of these states may not be the company: nothing is believed that bears it.
OUT_OF_HAND: Final = frozenset({SealState.DISPUTED, SealState.LOST, SealState.STOLEN, SealState.ROBBED})
# No way leads out of these.
FINAL: Final = frozenset({SealState.DESTROYED, SealState.VOID})

# fmt: off
MOVES: Final = (
    Move(SealState.DRAFT,     Act.MAKE,       SealState.ACTIVE,    Leave.PERMIT, SealKind.ELECTRONIC),             # a seal comes into being by approval alone
    Move(SealState.DRAFT,     Act.MAKE,       SealState.MADE,      Leave.PERMIT, SealKind.PHYSICAL),               # the licensed maker has it; nobody may use it yet
    Move(SealState.MADE,      Act.ACCEPT,     SealState.ACTIVE,    Leave.PERMIT_AND_WORDS, SealKind.PHYSICAL),     # its keeper and a witness compared imprint and filing
    Move(SealState.DRAFT,     Act.ENTER,      SealState.SUSPENDED, Leave.ONE_PERSON, SealKind.PHYSICAL),           # what exists is entered at rest; using it takes approval
    Move(SealState.DRAFT,     Act.ABANDON,    SealState.VOID,      Leave.REJECTION),                               # what was refused is never made
    Move(SealState.ACTIVE,    Act.SUSPEND,    SealState.SUSPENDED, Leave.ONE_PERSON),                              # toward safety: one person, at once
    Move(SealState.SUSPENDED, Act.SUSPEND,    SealState.SUSPENDED, Leave.ONE_PERSON),                              # said again, it ends a resuming under way
    Move(SealState.ACTIVE,    Act.EXPIRE,     SealState.SUSPENDED, Leave.DATE),                                    # past its last day it rests by itself
    Move(SealState.ACTIVE,    Act.REVOKE,     SealState.SUSPENDED, Leave.AUTHORITY, SealKind.ELECTRONIC),          # its authority outside took its certificate back: it rests by itself
    Move(SealState.SUSPENDED, Act.RESUME,     SealState.ACTIVE,    Leave.PERMIT),                                  # away from safety: by approval
    Move(SealState.SUSPENDED, Act.UNFREEZE,   SealState.ACTIVE,    Leave.PERMIT),                                  # what a freeze stopped comes back by the approval of two
    Move(SealState.COLLECTED, Act.RESUME,     SealState.ACTIVE,    Leave.PERMIT),                                  # given back to its company: by approval
    Move(SealState.ACTIVE,    Act.CHANGE,     SealState.ACTIVE,    Leave.PERMIT),                                  # a new version: at once at the key; of rubber, once it is accepted
    Move(SealState.ACTIVE,    Act.ACCEPT,     SealState.ACTIVE,    Leave.PERMIT_AND_WORDS, SealKind.PHYSICAL),     # the new rubber is compared by two, and takes the old one's place
    Move(SealState.ACTIVE,    Act.ASSIGN,     SealState.ACTIVE,    Leave.PERMIT),                                  # another unit of its company; the seal stays what it is
    Move(SealState.SUSPENDED, Act.ASSIGN,     SealState.SUSPENDED, Leave.PERMIT),                                  # a resting seal belongs somewhere as well
    Move(SealState.COLLECTED, Act.ASSIGN,     SealState.COLLECTED, Leave.PERMIT),                                  # what headquarters took may come back elsewhere
    Move(SealState.ACTIVE,    Act.EXTEND,     SealState.ACTIVE,    Leave.PERMIT),                                  # a later last day; electronic: a new version with a certificate for it
    Move(SealState.SUSPENDED, Act.EXTEND,     SealState.SUSPENDED, Leave.PERMIT),                                  # a later last day; electronic: a new version with a certificate for it
    Move(SealState.ACTIVE,    Act.HAND_OVER,  SealState.ACTIVE,    Leave.PERMIT_AND_WORDS, SealKind.PHYSICAL),     # giver, receiver and a witness each say so
    Move(SealState.SUSPENDED, Act.HAND_OVER,  SealState.SUSPENDED, Leave.PERMIT_AND_WORDS, SealKind.PHYSICAL),     # a resting seal has a keeper as well
    Move(SealState.COLLECTED, Act.HAND_OVER,  SealState.COLLECTED, Leave.PERMIT_AND_WORDS, SealKind.PHYSICAL),     # headquarters changes its keeper too
    Move(SealState.ACTIVE,    Act.COVER,      SealState.ACTIVE,    Leave.PERMIT_AND_WORDS, SealKind.PHYSICAL),     # leave cover: a custody with an end, and its proof at both ends
    Move(SealState.SUSPENDED, Act.COVER,      SealState.SUSPENDED, Leave.PERMIT_AND_WORDS, SealKind.PHYSICAL),     # leave cover: a custody with an end, and its proof at both ends
    Move(SealState.ACTIVE,    Act.COLLECT,    SealState.COLLECTED, Leave.PERMIT_AND_WORDS, SealKind.PHYSICAL),     # taken back by headquarters, with a witness
    Move(SealState.SUSPENDED, Act.COLLECT,    SealState.COLLECTED, Leave.PERMIT_AND_WORDS, SealKind.PHYSICAL),     # taken back by headquarters, with a witness
    Move(SealState.MADE,      Act.LOSE,       SealState.LOST,      Leave.ONE_PERSON),                              # gone between maker and keeper
    Move(SealState.ACTIVE,    Act.LOSE,       SealState.LOST,      Leave.ONE_PERSON),                              # whoever misses it says so, at once
    Move(SealState.SUSPENDED, Act.LOSE,       SealState.LOST,      Leave.ONE_PERSON),                              # whoever misses it says so, at once
    Move(SealState.COLLECTED, Act.LOSE,       SealState.LOST,      Leave.ONE_PERSON),                              # whoever misses it says so, at once
    Move(SealState.RETIRED,   Act.LOSE,       SealState.LOST,      Leave.ONE_PERSON),                              # an old rubber stamps as well as a new one
    Move(SealState.ACTIVE,    Act.STEAL,      SealState.STOLEN,    Leave.ONE_PERSON),                              # taken in secret
    Move(SealState.SUSPENDED, Act.STEAL,      SealState.STOLEN,    Leave.ONE_PERSON),                              # taken in secret
    Move(SealState.COLLECTED, Act.STEAL,      SealState.STOLEN,    Leave.ONE_PERSON),                              # taken in secret
    Move(SealState.RETIRED,   Act.STEAL,      SealState.STOLEN,    Leave.ONE_PERSON),                              # taken in secret
    Move(SealState.LOST,      Act.STEAL,      SealState.STOLEN,    Leave.ONE_PERSON),                              # known better than at first
    Move(SealState.ACTIVE,    Act.ROB,        SealState.ROBBED,    Leave.ONE_PERSON),                              # taken by force
    Move(SealState.SUSPENDED, Act.ROB,        SealState.ROBBED,    Leave.ONE_PERSON),                              # taken by force
    Move(SealState.COLLECTED, Act.ROB,        SealState.ROBBED,    Leave.ONE_PERSON),                              # taken by force
    Move(SealState.RETIRED,   Act.ROB,        SealState.ROBBED,    Leave.ONE_PERSON),                              # taken by force
    Move(SealState.LOST,      Act.ROB,        SealState.ROBBED,    Leave.ONE_PERSON),                              # known better than at first
    Move(SealState.ACTIVE,    Act.DISPUTE,    SealState.DISPUTED,  Leave.ONE_PERSON),                              # two sides claim it: neither uses it
    Move(SealState.SUSPENDED, Act.DISPUTE,    SealState.DISPUTED,  Leave.ONE_PERSON),                              # two sides claim it: neither uses it
    Move(SealState.COLLECTED, Act.DISPUTE,    SealState.DISPUTED,  Leave.ONE_PERSON),                              # two sides claim it: neither uses it
    Move(SealState.LOST,      Act.FIND,       SealState.SUSPENDED, Leave.PERMIT),                                  # found is not yet trusted: it rests
    Move(SealState.STOLEN,    Act.FIND,       SealState.SUSPENDED, Leave.PERMIT),                                  # found is not yet trusted: it rests
    Move(SealState.ROBBED,    Act.FIND,       SealState.SUSPENDED, Leave.PERMIT),                                  # found is not yet trusted: it rests
    Move(SealState.DISPUTED,  Act.FIND,       SealState.SUSPENDED, Leave.PERMIT),                                  # the dispute is settled: it rests
    Move(SealState.ACTIVE,    Act.RETIRE,     SealState.RETIRED,   Leave.PERMIT),                                  # out of use for good, to be handed in
    Move(SealState.SUSPENDED, Act.RETIRE,     SealState.RETIRED,   Leave.PERMIT),                                  # out of use for good, to be handed in
    Move(SealState.COLLECTED, Act.RETIRE,     SealState.RETIRED,   Leave.PERMIT),                                  # out of use for good, already handed in
    Move(SealState.MADE,      Act.RETIRE,     SealState.RETIRED,   Leave.PERMIT, SealKind.PHYSICAL),               # what was made wrong is never accepted
    Move(SealState.RETIRED,   Act.HAND_OVER,  SealState.RETIRED,   Leave.PERMIT_AND_WORDS, SealKind.PHYSICAL),     # handed in for destruction
    Move(SealState.RETIRED,   Act.DESTROY,    SealState.DESTROYED, Leave.PERMIT_AND_WORDS),                        # two witnesses and their evidence
    Move(SealState.LOST,      Act.INVALIDATE, SealState.VOID,      Leave.PERMIT),                                  # declared void to the public
    Move(SealState.STOLEN,    Act.INVALIDATE, SealState.VOID,      Leave.PERMIT),                                  # declared void to the public
    Move(SealState.ROBBED,    Act.INVALIDATE, SealState.VOID,      Leave.PERMIT),                                  # declared void to the public
    Move(SealState.DISPUTED,  Act.INVALIDATE, SealState.VOID,      Leave.PERMIT),                                  # declared void to the public
)
ALONE: Final = (
    Alone(Act.SUSPEND, Power.MANAGE),    # the manager answers for the seal
    Alone(Act.SUSPEND, Power.AUDIT),     # the auditor may always deny
    Alone(Act.LOSE,    Power.MANAGE),    # the manager answers for the seal
    Alone(Act.LOSE,    Power.CUSTODY),   # a keeper misses it first
    Alone(Act.LOSE,    Power.AUDIT),     # the auditor may always deny
    Alone(Act.STEAL,   Power.MANAGE),    # the manager answers for the seal
    Alone(Act.STEAL,   Power.CUSTODY),   # a keeper misses it first
    Alone(Act.STEAL,   Power.AUDIT),     # the auditor may always deny
    Alone(Act.ROB,     Power.MANAGE),    # the manager answers for the seal
    Alone(Act.ROB,     Power.CUSTODY),   # a keeper is there when it happens
    Alone(Act.ROB,     Power.AUDIT),     # the auditor may always deny
    Alone(Act.DISPUTE, Power.MANAGE),    # the manager answers for the seal
    Alone(Act.DISPUTE, Power.CUSTODY),   # a keeper is asked to give it to two sides
    Alone(Act.DISPUTE, Power.AUDIT),     # the auditor may always deny
    Alone(Act.ENTER,   Power.MANAGE),    # a manager enters what exists, and makes nothing
)
# fmt: on


class SealNotInForce(Refused):
    code = "seal-not-in-force"


class SealBearsFormerName(Refused):
    """The company has another name now, and the last day for seals that bear the earlier one is past."""

    code = "seal-bears-former-name"


class StampsNothing(Refused):
    """A licence, a U-key or a bank token is kept like a seal, but is never electronic and never used."""

    code = "stamps-nothing"


class PeriodNotPossible(Refused):
    code = "period-not-possible"


def plan(state: SealState, act: Act, *, leave: Leave, kind: SealKind) -> Move:
    """Return the move, or refuse it."""
    for move in MOVES:
        if (move.start, move.act, move.leave) == (state, act, leave) and move.kind in {None, kind}:
            return move
    raise OutOfTurn(state=state.value, act=act.value)


def check_possible(state: SealState, act: Act, *, kind: SealKind) -> None:
    """Return if the act leads anywhere from here, whatever it takes, or refuse."""
    if not is_possible(state, act, kind=kind):
        raise OutOfTurn(state=state.value, act=act.value)


def is_possible(state: SealState, act: Act, *, kind: SealKind) -> bool:
    return any((move.start, move.act) == (state, act) and move.kind in {None, kind} for move in MOVES)


def may_alone(act: Act) -> frozenset[Power]:
    """Return the powers of which one suffices for the act."""
    return frozenset(row.power for row in ALONE if row.act is act)


def check_in_force(state: SealState, *, since: date | None, until: date | None, on: date) -> None:
    """Return if the seal may be used on this day, or refuse."""
    if state is not SealState.ACTIVE:
        raise SealNotInForce(state=state.value)
    if since is not None and on < since:
        raise SealNotInForce(state=state.value, since=since.isoformat())
    if until is not None and on > until:
        raise SealNotInForce(state=state.value, until=until.isoformat())


def check_name(*, old_until: date | None, on: date) -> None:
    """Return if a seal that may bear an earlier name of its company until this day may be used on that, or refuse."""
    if old_until is not None and on > old_until:
        raise SealBearsFormerName(until=old_until.isoformat())


def check_kind(kind: SealKind, seal_type: SealType) -> None:
    """Return if there can be such a thing, or refuse."""
    if kind is SealKind.ELECTRONIC and seal_type in STAMPS_NOTHING:
        raise StampsNothing(type=seal_type.value)


def check_extension(kind: SealKind, *, until: date | None, to: date | None, on: date) -> None:
    """Return if the seal's last day may become this one, or refuse: it is a later one, and has not passed itself.

    A seal without a last day keeps none; an electronic one gets a new certificate all the same.
    """
    is_renewed_alone = until is None and to is None and kind is SealKind.ELECTRONIC
    is_later = until is not None and to is not None and until < to and on <= to
    if not (is_renewed_alone or is_later):
        raise PeriodNotPossible


def check_period(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise PeriodNotPossible
