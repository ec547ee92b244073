"""What goes wrong with seals, who ends it and by when. A rule is a row, its reason ends the row."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, OutOfTurn, Refused
from privyseal.seals.rules.life import OUT_OF_HAND, Act, SealState


class IncidentKind(StrEnum):
    LOSS = "loss"
    THEFT = "theft"
    ROBBERY = "robbery"
    DISPUTE = "dispute"
    FREEZE = "freeze"
    NOT_HANDED_IN = "not-handed-in"
    COVER_OVERDUE = "cover-overdue"
    FORGED_FACTOR = "forged-factor"
    COUNT_MISMATCH = "count-mismatch"
    PAGE_DIFFERS = "page-differs"
    PAGE_STRANGE = "page-strange"
    NOT_RETURNED = "not-returned"
    UNUSED = "unused"
    IDLE = "idle"
    OFF_HOURS = "off-hours"
    EVIDENCE_DEBT = "evidence-debt"
    MISPLACED = "misplaced"
    RESTAMPS = "restamps"
    NOT_FOUND = "not-found"
    UNEXPECTED = "unexpected"
    BLANKS = "blanks"
    MACHINE_COUNT = "machine-count"
    MACHINE_OPENED = "machine-opened"
    MACHINE_ALARM = "machine-alarm"
    OTHER = "other"


class Ending(StrEnum):
    """How an incident ended."""

    FOUND = "found"
    INVALIDATED = "invalidated"
    SETTLED = "settled"
    LIFTED = "lifted"
    DRILL = "drill"
    MISTAKEN = "mistaken"


class Tie(StrEnum):
    """How somebody has a seal in hand, whatever powers they hold."""

    KEEPER = "keeper"
    BEARER = "bearer"
    COMPANION = "companion"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Handling:
    """How long an incident may take, how many people end it, which power gives a say, and the act that opens it, if any."""

    kind: IncidentKind
    days: int
    people: int
    act: Act | None = None
    by: tuple[Power, ...] = (Power.MANAGE, Power.APPROVE)


# fmt: off
HANDLING: Final = (
    Handling(IncidentKind.LOSS,          30, 2, Act.LOSE),      # a false report would free the way to a second seal
    Handling(IncidentKind.THEFT,         30, 2, Act.STEAL),     # a false report would free the way to a second seal
    Handling(IncidentKind.ROBBERY,       30, 2, Act.ROB),       # a false report would free the way to a second seal
    Handling(IncidentKind.DISPUTE,       90, 2, Act.DISPUTE),   # neither side ends it alone
    Handling(IncidentKind.FREEZE,         7, 2),                # whoever froze a group does not say alone that it is over
    Handling(IncidentKind.NOT_HANDED_IN,  7, 1),                # it ends when the seal is handed in
    Handling(IncidentKind.COVER_OVERDUE,  3, 1),                # it ends when the seal is back with its keeper
    Handling(IncidentKind.FORGED_FACTOR,  7, 2, by=(Power.SECURITY,)),  # somebody wrote to the database past the pages: whoever could end it alone could have done it
    Handling(IncidentKind.COUNT_MISMATCH, 7, 2),                # whoever counted wrongly does not say alone that it was nothing
    Handling(IncidentKind.PAGE_DIFFERS,   7, 2),                # whoever stamped it does not say alone that the photograph misled
    Handling(IncidentKind.PAGE_STRANGE,   7, 2),                # whoever stamped it does not say alone that it was another photograph
    Handling(IncidentKind.NOT_RETURNED,   3, 2),                # whoever was out with it does not say alone that all is well
    Handling(IncidentKind.UNUSED,        14, 1),                # somebody asks why it was asked for; nothing was stamped
    Handling(IncidentKind.IDLE,          30, 1),                # somebody asks what it is there for; nothing was stamped
    Handling(IncidentKind.OFF_HOURS,      7, 2),                # whoever stamped at night does not say alone that it was in order
    Handling(IncidentKind.EVIDENCE_DEBT,  7, 2),                # whoever owes the photographs does not say alone that none are needed
    Handling(IncidentKind.MISPLACED,      7, 2),                # whoever put it there does not say alone that it does not matter
    Handling(IncidentKind.RESTAMPS,       7, 2),                # whoever spoiled so many does not say alone that they were spoiled
    Handling(IncidentKind.NOT_FOUND,      3, 2),                # its keeper does not say alone that it was there all the time
    Handling(IncidentKind.UNEXPECTED,     7, 2),                # whoever keeps it there does not say alone how it came there
    Handling(IncidentKind.BLANKS,         7, 2),                # whoever has it does not say alone that it came to nothing
    Handling(IncidentKind.MACHINE_COUNT,  3, 2),                # whoever was at it does not say alone that nothing was stamped
    Handling(IncidentKind.MACHINE_OPENED, 3, 2),                # whoever opened it does not say alone what for
    Handling(IncidentKind.MACHINE_ALARM,  3, 1),                # somebody goes and looks; nothing is known to be stamped
    Handling(IncidentKind.OTHER,         14, 2),                # whoever is reported does not say alone that it was nothing
)
# fmt: on
# fmt: off
IN_HAND: Final = (
    Tie.KEEPER,      # misses it first, with or without a power by then
    Tie.BEARER,      # is outside with it, and nobody else can know
    Tie.COMPANION,   # was there, and the bearer may not be able to say it
    Tie.OPERATOR,    # has it on the table while it is taken away
)
# fmt: on
# Of these several can be open over one seal: each has a cause of its own.
BY_CAUSE: Final = (
    IncidentKind.NOT_RETURNED,
    IncidentKind.UNUSED,
    IncidentKind.IDLE,
    IncidentKind.OFF_HOURS,
    IncidentKind.EVIDENCE_DEBT,
    IncidentKind.MISPLACED,
    IncidentKind.BLANKS,
    IncidentKind.RESTAMPS,
    IncidentKind.NOT_FOUND,
    IncidentKind.UNEXPECTED,
    IncidentKind.MACHINE_COUNT,
    IncidentKind.MACHINE_OPENED,
    IncidentKind.MACHINE_ALARM,
    IncidentKind.OTHER,
)  # fmt: skip
# Of these it can be shown that they never were; whatever else is settled ends them otherwise.
CAN_BE_MISTAKEN: Final = (
    IncidentKind.NOT_HANDED_IN,  # the seal was there, and nobody had entered it
)
LOSSES: Final = frozenset(row.kind for row in HANDLING if row.act is not None)


class IncidentOpen(Refused):
    """What the incident is about is not settled yet: the seal is still out of hand, frozen or not handed in."""

    code = "incident-not-settled"


class ChangedTooOften(Refused):
    """One person gave it owners, opinions or proposals as often as may be within a day."""

    code = "incident-changed-too-often"


class Frozen(Refused):
    """A freeze put the seal to rest, with others: it comes back with them, by the approval of two."""

    code = "frozen"


class MistakeNotShown(Refused):
    """That an incident never was is shown by a picture or told in words, to whoever has to agree."""

    code = "mistake-not-shown"


class ReplacementNeeded(Refused):
    """A seal of this type is out of hand: a new one comes in its place alone, with the consent of its co-custodians."""

    code = "replacement-needed"


class ConsentMissing(Refused):
    code = "consent-missing"


def handling_of(kind: IncidentKind) -> Handling:
    return next(row for row in HANDLING if row.kind is kind)


def check_not_about(actor: int, *, about: int | None) -> None:
    """Return if the incident is not about this person's own account, or refuse."""
    if actor == about:
        raise DutiesNotSeparate(kind=IncidentKind.FORGED_FACTOR.value)


def kind_of(act: Act) -> IncidentKind:
    """Return the incident that the act opens, or refuse an act that opens none."""
    kind = next((row.kind for row in HANDLING if row.act is act), None)
    if kind is None:
        raise OutOfTurn(act=act.value)
    return kind


def may_report(act: Act, *, ties: Collection[Tie]) -> bool:
    """Return whether somebody may say so because they have the seal in hand, without any power."""
    return any(row.act is act for row in HANDLING) and any(tie in ties for tie in IN_HAND)


def check_proposal(kind: IncidentKind, *, is_ended: bool, is_settled: bool) -> None:
    """Return if anybody may say now that the incident is over, or refuse."""
    if is_ended:
        raise OutOfTurn(kind=kind.value)
    if not is_settled:
        raise IncidentOpen(kind=kind.value)


def check_mistake(kind: IncidentKind, *, has_evidence: bool) -> None:
    """Return if somebody may say that the incident never was, or refuse."""
    if kind not in CAN_BE_MISTAKEN:
        raise OutOfTurn(kind=kind.value)
    if not has_evidence:
        raise MistakeNotShown(kind=kind.value)


def check_end(
    kind: IncidentKind, outcome: Ending, *, actor: int, proposer: int | None, is_ended: bool, is_settled: bool
) -> None:
    """Return if this person may end the incident now, or refuse: where two end it, another one proposed it before."""
    check_proposal(kind, is_ended=is_ended, is_settled=is_settled)
    if takes_two(kind, outcome):
        if proposer is None:
            raise OutOfTurn(kind=kind.value)
        if actor == proposer:
            raise DutiesNotSeparate(kind=kind.value)


def takes_two(kind: IncidentKind, outcome: Ending) -> bool:
    """Return whether another person has to agree; that an incident never was is not for one to say."""
    return handling_of(kind).people > 1 or outcome is Ending.MISTAKEN


def is_settled(kind: IncidentKind, state: SealState | None) -> bool:
    """Return whether the seal that an incident is about is back in hand, or ended."""
    return kind not in LOSSES or state not in OUT_OF_HAND


def check_replacement(
    *, lost: frozenset[int], replaces: int | None, asked: frozenset[int], consented: frozenset[int]
) -> None:
    """Return if a new seal may be applied for, or refuse.

    ``lost`` is what the company lacks of this type by a loss, not yet replaced; ``asked`` are the co-custodians of
    the seal in whose place it comes, ``consented`` those who said yes to the loss and what follows.
    """
    if lost and replaces not in lost:
        raise ReplacementNeeded(lost=len(lost))
    if replaces is not None and replaces not in lost:
        raise OutOfTurn(replaces=replaces)
    if asked - consented:
        raise ConsentMissing(missing=len(asked - consented))
