"""Powers as they were given, as far as an actor may see them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from privyseal.identity import keys
from privyseal.identity.models import Grant, Person, PowerMapping
from privyseal.identity.queries.people import people_visible_to
from privyseal.identity.queries.powers import powers_of
from privyseal.identity.rules import GrantState, Held, Power
from privyseal.kernel.errors import NotFound

SOON: Final = timedelta(days=30)


def all_grants_visible_to(actor: Person, at: datetime) -> QuerySet[Grant]:
    """Return what was ever given, newest first: all for security and auditor, their own for the others."""
    grants = Grant.objects.select_related("person", "company", "unit", "granted_by", "confirmed_by").order_by("-pk")
    return grants if powers_of(actor, at).knows_everybody else grants.filter(person=actor)


def grant_visible_to(actor: Person, at: datetime, grant_id: int) -> Grant:
    grant = all_grants_visible_to(actor, at).filter(pk=grant_id).first()
    if grant is None:
        raise NotFound(grant=grant_id)
    return grant


def grantee_with_login(actor: Person, at: datetime, login: str) -> Person:
    """Return the person that security names by login, or refuse."""
    person = people_visible_to(actor, at).filter(login=login.strip(), is_active=True).first()
    if person is None:
        raise NotFound
    return person


def grants_in_state(actor: Person, at: datetime, state: GrantState) -> QuerySet[Grant]:
    return all_grants_visible_to(actor, at).filter(_in_state(at)[state])


def grants_to_confirm(actor: Person, at: datetime) -> QuerySet[Grant]:
    """Return what waits for this person's confirmation: nothing of their own, nothing that they gave."""
    powers = powers_of(actor, at)
    waiting = grants_in_state(actor, at, GrantState.WAITING).exclude(person=actor).exclude(granted_by=actor)
    may_confirm = powers.has(Power.SECURITY, None) or powers.has(Power.AUDIT, None)
    return waiting if may_confirm else waiting.none()


def own_grants_ending_soon(actor: Person, at: datetime) -> QuerySet[Grant]:
    """Return the powers that an actor is about to lose, the first to end first."""
    own = grants_in_state(actor, at, GrantState.IN_FORCE).filter(person=actor)
    return own.filter(ends_at__lte=at + SOON).order_by("ends_at", "pk")


def grants_ending_soon(actor: Person, at: datetime) -> QuerySet[Grant]:
    """Return the powers in force, of those an actor may see, that end within a month."""
    in_force = grants_in_state(actor, at, GrantState.IN_FORCE)
    return in_force.filter(ends_at__lte=at + SOON).order_by("ends_at", "pk")


def mappings_visible_to(actor: Person, at: datetime) -> QuerySet[PowerMapping]:
    """Return the mappings that stand, newest first: all for security and auditor, none for the others."""
    mappings = PowerMapping.objects.filter(ended_at=None).order_by("-pk")
    related = ("post__company", "unit__company", "company", "only_unit", "made_by", "confirmed_by")
    return mappings.select_related(*related) if powers_of(actor, at).knows_everybody else mappings.none()


def mappings_in_force(column: str, places: Collection[int]) -> dict[int, list[PowerMapping]]:
    """Return the mappings in force of these posts or units, by which of them each is of."""
    found = PowerMapping.objects.filter(keys.among(column, places), confirmed_at__isnull=False, ended_at=None)
    by_place: dict[int, list[PowerMapping]] = defaultdict(list)
    for mapping in found.select_related("company", "only_unit", "made_by", "confirmed_by").order_by("pk"):
        by_place[getattr(mapping, column)].append(mapping)
    return by_place


def held_by_mapping(mapping: PowerMapping) -> Held:
    """Return the power that a mapping brings."""
    return Held(Power(mapping.power), mapping.company_id, mapping.only_unit_id, mapping.seal_uid)


def _in_state(at: datetime) -> Mapping[GrantState, Q]:
    over = Q(revoked_at__isnull=False) | Q(ends_at__lte=at)
    open_ended = Q(revoked_at=None) & (Q(ends_at=None) | Q(ends_at__gt=at))
    return {
        GrantState.WAITING: open_ended & Q(confirmed_at=None),
        GrantState.COMING: open_ended & Q(confirmed_at__isnull=False, starts_at__gt=at),
        GrantState.IN_FORCE: open_ended & Q(confirmed_at__isnull=False, starts_at__lte=at),
        GrantState.ENDED: over,
    }
