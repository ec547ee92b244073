"""Somebody decides for somebody else: for a time, in some matters, in some hours, and never past a duty."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from privyseal.approvals.rules import People
from privyseal.kernel.errors import Refused
from privyseal.signer.statement import Purpose

LONGEST: Final = timedelta(days=90)
MINUTES_A_DAY: Final = 24 * 60
DAYS_A_WEEK: Final = 7


class DelegationNotPossible(Refused):
    """The term, the hours or the scope cannot be meant."""

    code = "delegation-not-possible"


class DelegateNotFit(Refused):
    """Whoever is to decide for another may not approve in that company themselves, or is that other."""

    code = "delegate-not-fit"


class DelegatedFurther(Refused):
    """Whoever decides for somebody would have somebody decide for them in the same time."""

    code = "delegated-further"


class RepresentationNotApart(Refused):
    """Whoever decides for another, or that other, has another duty in this, or stands in for somebody who does."""

    code = "representation-not-apart"


class DaysOff(StrEnum):
    """What days off mean to a delegation, by the company's own working days: weekends and holidays, no make-up days."""

    ALIKE = "alike"
    ALSO = "also"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Hours:
    """When it holds, in the company's zone: on these weekdays (Monday is 1; none means all), from one minute to another.

    Equal ends mean the whole day. A night over midnight belongs to the day on which it begins. Days off are as any
    other, or held the whole day besides, or the only ones on which it holds.
    """

    weekdays: frozenset[int] = frozenset()
    begins: int = 0
    ends: int = 0
    days_off: DaysOff = DaysOff.ALIKE

    def holds(self, local: datetime, *, is_day_off: bool = False) -> bool:
        match self.days_off:
            case DaysOff.ALSO:
                return is_day_off or self._holds_at(local)
            case DaysOff.ONLY:
                return is_day_off and self._holds_at(local)
            case DaysOff.ALIKE:
                return self._holds_at(local)

    def _holds_at(self, local: datetime) -> bool:
        minute, day = local.hour * 60 + local.minute, local.isoweekday()
        if self.begins == self.ends:
            return self._is_on(day)
        if self.begins < self.ends:
            return self._is_on(day) and self.begins <= minute < self.ends
        if minute >= self.begins:
            return self._is_on(day)
        return minute < self.ends and self._is_on((day - 2) % DAYS_A_WEEK + 1)

    def _is_on(self, day: int) -> bool:
        return not self.weekdays or day in self.weekdays


@dataclass(frozen=True, slots=True)
class Scope:
    """In which matters: each empty where all are meant; ``below`` is an amount that is not reached.

    An amount that nobody stated counts as more than any other.
    """

    purposes: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    below: Decimal | None = None

    def covers(self, purpose: Purpose, seals: list[frozenset[str]], amount: Decimal | None) -> bool:
        return (
            (not self.purposes or purpose.value in self.purposes)
            and (not self.types or all(self.types & types for types in seals))
            and (self.below is None or (amount is not None and amount < self.below))
        )


def check_delegation(*, at: datetime, starts_at: datetime, ends_at: datetime, scope: Scope, hours: Hours) -> None:
    """Return if the delegation can be meant: it begins now or later, ends within ninety days, and has possible hours."""
    is_term = starts_at < ends_at <= starts_at + LONGEST and ends_at > at
    are_hours = all(0 <= minute < MINUTES_A_DAY for minute in (hours.begins, hours.ends))
    are_days = all(1 <= day <= DAYS_A_WEEK for day in hours.weekdays)
    is_scope = scope.purposes <= {purpose.value for purpose in Purpose} and (scope.below is None or scope.below > 0)
    if not (is_term and are_hours and are_days and is_scope):
        raise DelegationNotPossible


def check_represented(giver: int, taker: int, *, apart: People) -> None:
    """Return if neither of the two has another duty in what is decided, or is tied to somebody who has, or refuse."""
    if {giver, taker} & apart:
        raise RepresentationNotApart
