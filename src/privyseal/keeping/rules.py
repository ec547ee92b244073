"""Who places a legal hold, and whom nobody erases. A rule is a row."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from privyseal.identity.rules import Office, Power
from privyseal.kernel.errors import Refused


class Held(StrEnum):
    """What a legal hold is about."""

    COMPANY = "company"
    SEAL = "seal"
    APPLICATION = "application"
    PERSON = "person"


class Decision(StrEnum):
    """What became of what somebody asked for."""

    AGREED = "agreed"
    REFUSED = "refused"


class Bar(StrEnum):
    """Why somebody is not erased."""

    OWN = "own"
    HERE = "here"
    HOLD = "hold"
    INCIDENT = "incident"
    UNDECIDED = "undecided"
    SEAL = "seal"


@dataclass(frozen=True, slots=True)
class MayHold:
    """Whoever has this power over the installation, or holds this office in the company, may place a hold."""

    power: Power | None = None
    office: Office | None = None


# fmt: off
MAY_HOLD: Final = (
    MayHold(power=Power.AUDIT),                    # whoever reads everything sees first what must not go
    MayHold(office=Office.LEGAL_REPRESENTATIVE),   # they answer before the court for the company
)
BARS: Final = (
    Bar.OWN,         # nobody erases what could be asked of them
    Bar.HERE,        # whoever holds a post, a power or an account acts under their name
    Bar.HOLD,        # a court, an auditor or an inquiry may ask for them
    Bar.INCIDENT,    # whom an open incident names is under investigation, and whoever had a part in what it is about
    Bar.UNDECIDED,   # what they asked for is not decided
    Bar.SEAL,        # a seal in force bears their name
)
# fmt: on
LONGEST_REASON: Final = 500


class ErasureNotOwn(Refused):
    code = "erasure-not-own"


class StillHere(Refused):
    """They have an account, a post, a power, or keep a seal."""

    code = "erasure-still-here"


class UnderHold(Refused):
    code = "under-hold"


class UnderInvestigation(Refused):
    """An open incident names them, or is about a seal, a frozen company, in which they had a part."""

    code = "under-investigation"


class IncidentMeanwhile(Refused):
    """An incident was opened while they were being erased; whether it is about them is not known yet."""

    code = "incident-meanwhile"


class StillUndecided(Refused):
    code = "erasure-undecided"


class StillOnSeal(Refused):
    """A seal that bears their name is not destroyed."""

    code = "erasure-on-seal"


class KeepingUnexplained(Refused):
    """A hold, its end, a deletion or an erasure says why."""

    code = "keeping-unexplained"


class DecidedByAsker(Refused):
    """A second person decides what somebody asked for."""

    code = "keeping-same-person"


class ErasureUnderWay(Refused):
    code = "erasure-under-way"


class AlreadyErased(Refused):
    code = "already-erased"


_REFUSALS: Final[dict[Bar, type[Refused]]] = {
    Bar.OWN: ErasureNotOwn,
    Bar.HERE: StillHere,
    Bar.HOLD: UnderHold,
    Bar.INCIDENT: UnderInvestigation,
    Bar.UNDECIDED: StillUndecided,
    Bar.SEAL: StillOnSeal,
}


def may_hold(*, powers: Collection[Power], offices: Collection[Office]) -> bool:
    """Return whether somebody with these powers over all and these offices in the company may place a hold there."""
    return any(row.power in powers or row.office in offices for row in MAY_HOLD)


def check_reason(reason: str) -> str:
    """Return why, as it is kept, or refuse that nobody says it."""
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise KeepingUnexplained
    return said


def check_second(decider: int, *, asker: int) -> None:
    """Return if this person may decide what that one asked for, or refuse."""
    if decider == asker:
        raise DecidedByAsker


def check_erasure(bars: Collection[Bar]) -> None:
    """Return if nothing bars an erasure, or refuse with the first of what does."""
    for bar in BARS:
        if bar in bars:
            raise _REFUSALS[bar]
