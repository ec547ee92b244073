"""Who may do what, at a given time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from privyseal.identity.models import Grant, Person, PostHolding
from privyseal.identity.rules import Held, Power
from privyseal.kernel.errors import NotEntitled

_SEES_EVERYTHING: Final = frozenset({Power.AUDIT})


_KNOWS_EVERYBODY: Final = frozenset({Power.AUDIT, Power.SECURITY})


@dataclass(frozen=True, slots=True)
class Powers:
    """The powers in force for one person at one time."""

    held: frozenset[Held]

    def anywhere(self, power: Power) -> bool:
        return any(held.power is power for held in self.held)

    def has(self, power: Power, company_id: int | None) -> bool:
        return Held(power, company_id) in self.held

    def companies(self, *powers: Power) -> frozenset[int]:
        """Return the companies in which any of these powers is held; any power at all if none is named."""
        return frozenset(
            held.company for held in self.held if held.company is not None and (not powers or held.power in powers)
        )

    @property
    def reads_everything(self) -> bool:
        return any(held.power in _SEES_EVERYTHING for held in self.held)

    @property
    def knows_everybody(self) -> bool:
        return any(held.power in _KNOWS_EVERYBODY for held in self.held)


def powers_of(person: Person, at: datetime) -> Powers:
    if not person.is_active:
        return Powers(frozenset())
    rows = grants_in_force(at).filter(person=person).values_list("power", "company_id")
    return Powers(frozenset(Held(Power(power), company) for power, company in rows))


def require(person: Person, at: datetime, power: Power, company_id: int | None) -> None:
    """Return if the person holds the power now, or refuse."""
    if not powers_of(person, at).has(power, company_id):
        raise NotEntitled(power=power)


def grants_in_force(at: datetime) -> QuerySet[Grant]:
    open_ended = Q(ends_at=None) | Q(ends_at__gt=at)
    return Grant.objects.filter(open_ended, confirmed_at__lte=at, starts_at__lte=at, revoked_at=None).order_by("pk")


def grants_visible_to(actor: Person, at: datetime) -> QuerySet[Grant]:
    """Return the powers in force that an actor may know of: all for auditor and security, one's own for the others."""
    grants = grants_in_force(at).select_related("person", "company")
    return grants if powers_of(actor, at).knows_everybody else grants.filter(person=actor)


def holdings_in_force(at: datetime) -> QuerySet[PostHolding]:
    """Return who holds which post at this time, deputies included."""
    open_ended = Q(ends_at=None) | Q(ends_at__gt=at)
    return PostHolding.objects.filter(open_ended, starts_at__lte=at, revoked_at=None).order_by("pk")


def people_with(power: Power, company_id: int, at: datetime) -> frozenset[int]:
    rows = grants_in_force(at).filter(power=power, company_id=company_id, person__is_active=True)
    return frozenset(rows.values_list("person_id", flat=True))
