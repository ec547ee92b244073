"""Who may end a permit before its time."""

from collections.abc import Collection
from datetime import datetime

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.seals.holding import is_held_by
from privyseal.seals.models import Permit
from privyseal.seals.places import place_of
from privyseal.seals.rules.permits import Ender


def may_end(actor: Person, at: datetime, permits: Collection[Permit]) -> bool:
    """Return whether somebody may end one of these permits now."""
    still = (permit for permit in permits if permit.revoked_at is None and permit.used < permit.impressions)
    return any(is_to(actor, at, permit) for permit in still if at < permit.expires_at)


def is_to(actor: Person, at: datetime, permit: Permit) -> frozenset[Ender]:
    """Return what somebody is to a permit."""
    said: set[Ender] = set()
    if permit.applicant_id == actor.pk:
        said.add(Ender.APPLICANT)
    if is_held_by(permit, actor):
        said.add(Ender.HOLDER)
    if identity.powers_of(actor, at).over(Power.MANAGE, place_of(permit.seal)):
        said.add(Ender.MANAGER)
    return frozenset(said)
