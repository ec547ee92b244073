"""The lists that somebody keeps: theirs alone."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.identity.models import KeptList, Person
from privyseal.ledger.rewording import asked_with


def lists_visible_to(actor: Person, at: datetime) -> QuerySet[KeptList]:
    del at  # one's own, whenever
    return KeptList.objects.filter(person=actor).order_by("place", "name", "pk")


def lists_kept_of(actor: Person, at: datetime, place: str) -> list[KeptList]:
    """Return those of one place, which stand above its list."""
    del at  # as above
    return asked_with(_kept_of, actor.pk, place)


def _kept_of(actor: int, place: str) -> QuerySet[KeptList]:
    return KeptList.objects.filter(person=actor, place=place).order_by("place", "name", "pk")
