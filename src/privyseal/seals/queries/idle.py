"""Seals in force that nobody has used for longer than their company finds right."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.seals.models import IdleRule, Seal, SealUses
from privyseal.seals.queries.register import visible_to
from privyseal.seals.rules import SealState

USUAL_IDLE_DAYS: Final = 180


def idle_seals(actor: Person, at: datetime) -> QuerySet[Seal]:
    """Return the idle seals that an actor may see, each with ``last_used_at``, which is empty where it never was."""
    ruled: dict[int, set[int]] = defaultdict(set)
    for company, days in IdleRule.objects.order_by("pk").values_list("company_id", "days"):
        ruled[days].add(company)
    usual = ~among("company_id", set().union(*ruled.values())) if ruled else Q()
    idle = usual & _unused_since(at - timedelta(days=USUAL_IDLE_DAYS))
    # Companies agree on few numbers: one condition each, instead of a question for every seal.
    for days, companies in ruled.items():
        idle |= among("company_id", companies) & _unused_since(at - timedelta(days=days))
    last = SealUses.objects.filter(seal=OuterRef("pk")).order_by().values("seal").annotate(last=Max("last_at"))
    in_force = visible_to(actor, at).filter(idle, state=SealState.ACTIVE.value)
    return in_force.annotate(last_used_at=Subquery(last.values("last")))


def _unused_since(since: datetime) -> Q:
    used = SealUses.objects.filter(seal=OuterRef("pk"), last_at__gte=since).order_by()
    return Q(created_at__lt=since) & ~Q(Exists(used))
