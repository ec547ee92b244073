"""Companies, as far as an actor has to do with them."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.identity.models import Company, Person
from privyseal.identity.queries.powers import powers_of
from privyseal.kernel.errors import NotFound


def companies_visible_to(actor: Person, at: datetime) -> QuerySet[Company]:
    """Return the companies an actor has to do with: all for auditor and security, their own for the others."""
    powers = powers_of(actor, at)
    companies = Company.objects.order_by("name", "pk")
    if powers.knows_everybody:
        return companies
    return companies.filter(pk__in=powers.companies())


def company_visible_to(actor: Person, at: datetime, uid: str) -> Company:
    company = companies_visible_to(actor, at).filter(uid=uid).first()
    if company is None:
        raise NotFound(company=uid)
    return company
