"""Categories of business, as far as an actor may see them."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.approvals.choosing import in_force
from privyseal.approvals.models import CategoryVersion
from privyseal.approvals.queries.reaching import reaching
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound


def categories_visible_to(actor: Person, at: datetime) -> QuerySet[CategoryVersion]:
    """Return the categories of the companies an actor has to do with, and those from above, the newest first."""
    return reaching(actor, at, CategoryVersion.objects.all())


def category_visible_to(actor: Person, at: datetime, uid: str) -> CategoryVersion:
    category = categories_visible_to(actor, at).filter(uid=uid).first()
    if category is None:
        raise NotFound(category=uid)
    return category


def categories_to_choose(actor: Person, at: datetime, company_uid: str) -> list[CategoryVersion]:
    """Return what a use in the company can be of, by code."""
    return in_force(identity.company_visible_to(actor, at, company_uid).pk)
