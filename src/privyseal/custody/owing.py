"""Photographs that are owed: impressions that have to be seen on some, and are not, once the seal has gone."""

from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from privyseal.custody.models import HandUse, Photograph, Sample, Turn
from privyseal.custody.rules.photographs import HELD_UP, PhotographsOwed
from privyseal.identity.models import Person
from privyseal.signer.statement import Purpose


def unseen() -> QuerySet[Any]:
    """Return the turns that show too few impressions, or not those drawn, by ``missing``, and that nobody waived."""
    shown = Photograph.objects.filter(turn=OuterRef("pk")).order_by().values("turn").annotate(shown=Sum("impressions"))
    drawn = Sample.objects.filter(turn=OuterRef("pk"), photograph__isnull=False).order_by().values("turn")
    turns = Turn.objects.filter(to_show__gt=0, use__waiver__agreed_at=None).order_by("settled_at", "pk")
    missing = F("to_show") - Case(
        When(is_sampled=True, then=Coalesce(Subquery(drawn.annotate(shown=Count("pk")).values("shown")), 0)),
        default=Coalesce(Subquery(shown.values("shown")), 0),
        output_field=IntegerField(),
    )
    return turns.annotate(missing=missing).filter(missing__gt=0)


def shown_of(turn: Turn) -> int:
    """Return how many impressions of a turn its photographs show."""
    found: int | None = Photograph.objects.filter(turn=turn).aggregate(shown=Sum("impressions"))["shown"]
    return found or 0


def owed_of(use: HandUse) -> int:
    """Return how many impressions of a use have to be shown and are not."""
    found: int | None = unseen().filter(use=use).aggregate(owed=Sum("missing"))["owed"]
    return found or 0


def check_owes_nothing(person: Person, purpose: Purpose) -> None:
    """Return if this person may ask for this as far as photographs go, or refuse: what they stamped is not seen."""
    if purpose not in HELD_UP:
        return
    owed = list(unseen().filter(use__operator=person, use__ended_at__isnull=False).values_list("missing", flat=True))
    if owed:
        raise PhotographsOwed(missing=sum(owed))
