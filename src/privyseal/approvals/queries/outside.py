"""Outside approval systems, as far as an actor may see them, and how their questions fare."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from privyseal.approvals.models import OutsideSystem
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power


@dataclass(frozen=True, slots=True)
class OutsideView:
    """A system, how many questions are on their way to it, since when, and what hinders the oldest."""

    system: OutsideSystem
    waiting: int
    since: datetime | None
    trouble: str
    told_last: datetime | None


def outside_systems_visible_to(actor: Person, at: datetime) -> QuerySet[OutsideSystem]:
    """Return the systems of the companies an actor manages and of those above; all for the installation's offices."""
    powers = identity.powers_of(actor, at)
    systems = OutsideSystem.objects.select_related("company", "registered_by", "confirmed_by")
    if not (powers.knows_everybody or powers.has(Power.SYSTEM, None)):
        systems = systems.filter(company__in=identity.companies_above(powers.companies(Power.MANAGE)))
    return systems.order_by("-pk")


def outside_views(actor: Person, at: datetime) -> list[OutsideView]:
    return [_view(system) for system in outside_systems_visible_to(actor, at).filter(ended_at=None)]


def systems_deciding_for(actor: Person, at: datetime, company_id: int) -> list[OutsideSystem]:
    """Return the systems that a policy of the company may name: confirmed, its own or of a company above."""
    there = outside_systems_visible_to(actor, at).filter(confirmed_at__isnull=False, ended_at=None)
    return list(there.filter(company__in=identity.companies_above([company_id])))


def _view(system: OutsideSystem) -> OutsideView:
    waiting = system.askings.filter(due_at__isnull=False).order_by("made_at")
    oldest = waiting.first()
    return OutsideView(
        system=system,
        waiting=waiting.count(),
        since=oldest.made_at if oldest else None,
        trouble=oldest.trouble if oldest else "",
        told_last=system.askings.aggregate(last=Max("told_at"))["last"],
    )
