"""What a company writes for itself or for those below it, as far as an actor has to do with it."""

from datetime import datetime
from typing import TypeVar

from django.db.models import Q, QuerySet

from privyseal.approvals.models import CategoryVersion, Policy
from privyseal.identity import queries as identity
from privyseal.identity.keys import among
from privyseal.identity.models import Person

Row = TypeVar("Row", CategoryVersion, Policy)


def reaching(actor: Person, at: datetime, written: QuerySet[Row]) -> QuerySet[Row]:
    """Return what the companies wrote that an actor has to do with, and what holds there from above, newest first."""
    found = written.select_related("company", "written_by", "confirmed_by").order_by("-pk")
    if identity.powers_of(actor, at).knows_everybody:
        return found
    companies = identity.companies_of(actor, at)
    above = among("company_id", identity.companies_above(companies)) & Q(is_for_group=True, confirmed_at__isnull=False)
    return found.filter(among("company_id", companies) | above)
