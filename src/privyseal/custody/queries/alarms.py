"""The alarms over rubber seals and their thresholds, as far as an actor may see them."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.custody.models import Alarm
from privyseal.custody.raising import thresholds_of
from privyseal.custody.rules.alarms import Thresholds
from privyseal.identity.models import Person
from privyseal.identity.queries import company_visible_to
from privyseal.seals.queries import incidents_visible_to


def alarms_visible_to(actor: Person, at: datetime) -> QuerySet[Alarm]:
    """Return the alarms whose incident an actor may see, those that are open first."""
    incidents = incidents_visible_to(actor, at).order_by().values("pk")
    found = Alarm.objects.filter(incident__in=incidents).select_related("incident__seal__company", "incident__owner")
    return found.order_by("incident__ended_at", "-raised_at", "pk")


def thresholds_visible_to(actor: Person, at: datetime, company_uid: str) -> Thresholds:
    return thresholds_of(company_visible_to(actor, at, company_uid).pk)
