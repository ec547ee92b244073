"""Numbered blanks, as far as an actor may see them."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.custody.models import Blank
from privyseal.custody.queries import permits_visible_to
from privyseal.identity.models import Person
from privyseal.seals.models import Permit


def blanks_of(actor: Person, at: datetime, permit: Permit) -> QuerySet[Blank]:
    """Return the blanks of a permit by their number."""
    seen = permits_visible_to(actor, at).filter(pk=permit.pk).order_by().values("pk")
    return Blank.objects.filter(permit__in=seen).select_related("said_by", "photograph").order_by("number", "pk")
