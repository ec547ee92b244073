"""Sets of seals that do not share a keeper, as far as an actor may see them."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound
from privyseal.seals.models import KeeperSet


def sets_visible_to(actor: Person, at: datetime) -> QuerySet[KeeperSet]:
    """Return the sets that stand in the companies an actor manages or approves in; all for the auditor."""
    sets = KeeperSet.objects.filter(ended_at=None).select_related("company", "ending_by").prefetch_related("seals")
    powers = identity.powers_of(actor, at)
    mine = among("company_id", powers.whole_companies(Power.MANAGE, Power.APPROVE, Power.CUSTODY))
    return (sets if powers.reads_everything else sets.filter(mine)).order_by("company__name", "name", "pk")


def set_visible_to(actor: Person, at: datetime, uid: str) -> KeeperSet:
    found = sets_visible_to(actor, at).filter(uid=uid).first()
    if found is None:
        raise NotFound(set=uid)
    return found
