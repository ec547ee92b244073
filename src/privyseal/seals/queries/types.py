"""Types of a group's own, as far as an actor may see them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.keys import among
from privyseal.identity.models import Company, Person
from privyseal.seals.models import OwnType


def types_visible_to(actor: Person, at: datetime) -> QuerySet[OwnType]:
    """Return the types of the companies that an actor has to do with, and of those above them; retired ones last."""
    companies = identity.companies_visible_to(actor, at).order_by().values_list("pk", flat=True)
    types = OwnType.objects.filter(among("company_id", identity.companies_above(companies))).select_related(
        "company", "added_by"
    )
    return types.order_by("retired_at", "company__name", "name_zh", "pk")


def types_open_to(actor: Person, at: datetime, companies: Collection[Company]) -> QuerySet[OwnType]:
    """Return the types that a new seal of one of these companies can be of."""
    above = identity.companies_above([company.pk for company in companies])
    return types_visible_to(actor, at).filter(retired_at=None, company__in=above)


def types_by_name(actor: Person, at: datetime, companies: Collection[Company]) -> dict[tuple[int, str], OwnType]:
    """Return the types that seals of these companies can be of, by the company's key and either name."""
    open_ones = list(types_open_to(actor, at, companies))
    found: dict[tuple[int, str], OwnType] = {}
    for company in companies:
        above = identity.companies_above([company.pk])
        for own in open_ones:
            if own.company_id in above:
                found.update({(company.pk, own.name_zh): own, (company.pk, own.name_en): own})
    return found
