"""Seals that bear a person's name: whose own yes a use takes, and what they may give in writing before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.seals.rules.life import SealType

LONGEST_MANDATE: Final = timedelta(days=365)
# fmt: off
BEARS_A_NAME: Final = (
    SealType.LEGAL_REPRESENTATIVE,   # it binds the company by that person's own word, and that person in court
    SealType.PERSONAL,               # it is a signature, and a signature is one's own
)
# fmt: on


class SealBearsNobodysName(Refused):
    """The seal is a company's or a unit's: nobody's own yes is asked for."""

    code = "seal-bears-nobodys-name"


class NobodyToSayYes(Refused):
    """The seal bears a person's name, and it is not on record whose, or the company has no legal representative."""

    code = "nobody-to-say-yes"


class OwnYesAwaited(Refused):
    """The person whose name the seal bears has not said yes to this use yet."""

    code = "own-yes-awaited"


class OwnYesWithdrawn(Refused):
    """The person whose name the seal bears took their yes back, for good: nothing comes of this application any more."""

    code = "own-yes-withdrawn"


class MandateNotPossible(Refused):
    """A mandate says what for, begins before it ends, and ends within a year; its limits are above nothing."""

    code = "mandate-not-possible"


class MandateNotInForce(Refused):
    """The mandate was revoked, is not valid then, or its count is used up."""

    code = "mandate-not-in-force"


class WhoseSealIsKnown(Refused):
    """Whose name a seal bears is said once, for life."""

    code = "whose-seal-is-known"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a mandate covers: how many uses, None for any, and up to which amount, None for any."""

    uses: int | None = None
    amount: Decimal | None = None


def bears_a_name(kind: SealType) -> bool:
    return kind in BEARS_A_NAME


def check_mandate(*, purpose: str, starts_at: datetime, ends_at: datetime, limits: Limits, at: datetime) -> None:
    """Return if there can be such a mandate, or refuse."""
    is_in_time = starts_at < ends_at and at < ends_at and ends_at - starts_at <= LONGEST_MANDATE
    is_limited = (limits.uses is None or limits.uses >= 1) and (limits.amount is None or limits.amount > 0)
    if not (purpose.strip() and is_in_time and is_limited):
        raise MandateNotPossible


def covers(limits: Limits, *, used: int, amount: Decimal | None) -> bool:
    """Return whether one more use over this amount is within the limits; an amount that nobody stated is no small one."""
    is_counted = limits.uses is None or used < limits.uses
    return is_counted and (limits.amount is None or (amount is not None and amount <= limits.amount))
