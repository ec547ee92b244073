"""Who is who and who may do what, at a given time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from privyseal.identity.models import Company, Grant, Installation, Person
from privyseal.identity.rules import Held, Power
from privyseal.kernel.errors import NotEntitled, NotFound

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


def installation() -> Installation | None:
    return Installation.objects.first()


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


def people_with(power: Power, company_id: int, at: datetime) -> frozenset[int]:
    rows = grants_in_force(at).filter(power=power, company_id=company_id, person__is_active=True)
    return frozenset(rows.values_list("person_id", flat=True))


def companies_visible_to(actor: Person, at: datetime) -> QuerySet[Company]:
    """Return the companies an actor has to do with: all for auditor and security, their own for the others."""
    powers = powers_of(actor, at)
    companies = Company.objects.order_by("name", "pk")
    if any(held.power in _KNOWS_EVERYBODY for held in powers.held):
        return companies
    return companies.filter(pk__in=powers.companies())


def company_visible_to(actor: Person, at: datetime, uid: str) -> Company:
    company = companies_visible_to(actor, at).filter(uid=uid).first()
    if company is None:
        raise NotFound(company=uid)
    return company


def people_visible_to(actor: Person, at: datetime) -> QuerySet[Person]:
    """Return the people an actor may see: all for auditor and security, colleagues and oneself for the others."""
    powers = powers_of(actor, at)
    people = Person.objects.order_by("name", "pk")
    if any(held.power in _KNOWS_EVERYBODY for held in powers.held):
        return people
    colleagues = grants_in_force(at).filter(company_id__in=powers.companies()).order_by().values("person_id")
    return people.filter(Q(pk__in=colleagues) | Q(pk=actor.pk))


def operators_visible_to(actor: Person, at: datetime, company_id: int) -> QuerySet[Person]:
    """Return the people who may operate a permit of this company."""
    return people_visible_to(actor, at).filter(pk__in=people_with(Power.USE, company_id, at))


def demo_people() -> QuerySet[Person]:
    """Return the cast of a demo installation, and nobody anywhere else."""
    found = installation()
    if found is None or not found.is_demo:
        return Person.objects.none()
    return Person.objects.filter(is_active=True).order_by("pk")


def names_of(pseudonyms: Iterable[str]) -> dict[str, str]:
    """Return the names behind pseudonyms; one whose mapping was erased is left out."""
    return dict(Person.objects.filter(pseudonym__in=list(pseudonyms)).values_list("pseudonym", "name"))
