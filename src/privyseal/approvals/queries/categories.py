"""Categories of business, as far as an actor may see them."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.approvals.choosing import in_force
from privyseal.approvals.models import CategoryVersion
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound


def categories_visible_to(actor: Person, at: datetime) -> QuerySet[CategoryVersion]:
    """Return the categories of the companies an actor has to do with, and those from above, the newest first."""
    companies = identity.companies_visible_to(actor, at).order_by().values_list("pk", flat=True)
    above = CategoryVersion.objects.filter(company__in=identity.companies_above(companies), is_for_group=True)
    seen = CategoryVersion.objects.filter(company__in=list(companies)) | above.filter(confirmed_at__isnull=False)
    return seen.select_related("company", "written_by", "confirmed_by").order_by("-pk")


def category_visible_to(actor: Person, at: datetime, uid: str) -> CategoryVersion:
    category = categories_visible_to(actor, at).filter(uid=uid).first()
    if category is None:
        raise NotFound(category=uid)
    return category


def categories_to_choose(actor: Person, at: datetime, company_uid: str) -> list[CategoryVersion]:
    """Return what a use in the company can be of, by code."""
    return in_force(identity.company_visible_to(actor, at, company_uid).pk)
