"""Seals in force that nobody has used for longer than their company finds right."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import DateTimeField, ExpressionWrapper, F, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from privyseal.identity.models import Company, Person
from privyseal.seals.models import IdleRule, Seal, SealUses
from privyseal.seals.queries.register import visible_to
from privyseal.seals.rules import SealState

USUAL_IDLE_DAYS: Final = 180
_A_DAY: Final = timedelta(days=1)


def idle_days_of(actor: Person, at: datetime, company: Company) -> int:
    """Return after how many days without a use a company calls a seal idle."""
    seen = visible_to(actor, at).filter(company=company).order_by().values("company")
    rule = IdleRule.objects.filter(company=company, company__in=seen).order_by("pk").first()
    return rule.days if rule else USUAL_IDLE_DAYS


def idle_seals(actor: Person, at: datetime) -> QuerySet[Seal]:
    """Return the idle seals that an actor may see, each with ``last_used_at``, which is empty where it never was."""
    uses = SealUses.objects.filter(seal=OuterRef("pk")).order_by()
    last = uses.values("seal").annotate(last=Max("last_at")).values("last")
    days = IdleRule.objects.filter(company=OuterRef("company")).order_by().values("days")
    in_force = visible_to(actor, at).filter(state=SealState.ACTIVE.value)
    counted = in_force.annotate(
        last_used_at=Subquery(last),
        idle_before=ExpressionWrapper(
            Value(at) - Coalesce(Subquery(days), Value(USUAL_IDLE_DAYS)) * Value(_A_DAY), output_field=DateTimeField()
        ),
    )
    since = Coalesce(Greatest(F("last_used_at"), F("created_at")), F("created_at"))
    return counted.annotate(idle_since=since).filter(idle_since__lt=F("idle_before"))
