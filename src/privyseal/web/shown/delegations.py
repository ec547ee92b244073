"""Delegations as people read them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from privyseal.approvals.models import Delegation
from privyseal.approvals.rules.delegations import DaysOff
from privyseal.identity.models import Person
from privyseal.language.course import DAYS_OFF
from privyseal.language.labels import PURPOSE, SEAL_TYPE
from privyseal.seals.rules import SealType
from privyseal.signer.statement import Purpose
from privyseal.web.shown import policies


@dataclass(frozen=True, slots=True)
class DelegationRow:
    delegation: Delegation
    scope: str
    hours: str
    may_end: bool


def rows(delegations: Iterable[Delegation], reader: Person) -> list[DelegationRow]:
    return [
        DelegationRow(
            delegation=one,
            scope=" · ".join(_scope(one)) or _("Everything"),
            hours=_hours(one),
            may_end=reader in {one.giver, one.taker},
        )
        for one in delegations
    ]


def _scope(one: Delegation) -> Iterator[str]:
    if one.purposes:
        yield _(", ").join(str(PURPOSE[Purpose(purpose)]) for purpose in one.purposes)
    if one.types:
        yield _(", ").join(str(SEAL_TYPE[SealType(kind)]) for kind in one.types)
    if one.below is not None:
        yield _("below %(amount)s") % {"amount": policies.money(one.below)}


def _hours(one: Delegation) -> str:
    days = _(", ").join(str(WEEKDAYS_ABBR[day - 1]) for day in one.weekdays)
    clock = "" if one.begins == one.ends else f"{_clock(one.begins)}–{_clock(one.ends)}"
    off = "" if one.hours.days_off is DaysOff.ALIKE else str(DAYS_OFF[one.hours.days_off])
    return " · ".join(filter(None, [" ".join(filter(None, [days, clock])), off]))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
