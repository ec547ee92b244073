"""The lists that somebody keeps: theirs alone."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.identity.models import KeptList, Person


def lists_visible_to(actor: Person, at: datetime) -> QuerySet[KeptList]:
    del at  # one's own, whenever
    return KeptList.objects.filter(person=actor).order_by("place", "name", "pk")
