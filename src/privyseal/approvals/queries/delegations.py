"""Who lets whom decide, as far as an actor may see it."""

from datetime import datetime

from django.db.models import Q, QuerySet

from privyseal.approvals.models import Delegation
from privyseal.identity import queries as identity
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.identity.rules import Power


def delegations_visible_to(actor: Person, at: datetime) -> QuerySet[Delegation]:
    """Return the delegations that hold or are to come: one's own, and those where one decides or manages."""
    powers = identity.powers_of(actor, at)
    delegations = Delegation.objects.filter(ended_at=None, ends_at__gt=at)
    if not powers.reads_everything:
        companies = among("company_id", powers.companies(Power.APPROVE, Power.MANAGE))
        delegations = delegations.filter(Q(giver=actor) | Q(taker=actor) | companies)
    return delegations.select_related("company", "giver", "taker").order_by("starts_at", "pk")
