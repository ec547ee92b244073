"""People, as far as an actor has to do with them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from privyseal.identity.models import Person
from privyseal.identity.queries.founded import installation
from privyseal.identity.queries.powers import grants_in_force, people_with, powers_of
from privyseal.identity.rules import Power

_CAST: Final = 12


def people_visible_to(actor: Person, at: datetime) -> QuerySet[Person]:
    """Return the people an actor may see: all for auditor and security, colleagues and oneself for the others."""
    powers = powers_of(actor, at)
    people = Person.objects.order_by("name", "pk")
    if powers.knows_everybody:
        return people
    colleagues = grants_in_force(at).filter(company_id__in=powers.companies()).order_by().values("person_id")
    return people.filter(Q(pk__in=colleagues) | Q(pk=actor.pk))


def operators_visible_to(actor: Person, at: datetime, company_id: int) -> QuerySet[Person]:
    """Return the people who may operate a permit of this company."""
    return people_visible_to(actor, at).filter(pk__in=people_with(Power.USE, company_id, at))


def demo_people() -> QuerySet[Person]:
    """Return the cast of a demo installation, those who were there first, and nobody anywhere else."""
    found = installation()
    if found is None or not found.is_demo:
        return Person.objects.none()
    first = Person.objects.order_by("pk").values("pk")[:_CAST]
    return Person.objects.filter(pk__in=first, is_active=True).order_by("pk")


def names_of(pseudonyms: Iterable[str]) -> dict[str, str]:
    """Return the names behind pseudonyms; one whose mapping was erased is left out."""
    return dict(Person.objects.filter(pseudonym__in=list(pseudonyms)).values_list("pseudonym", "name"))
