"""Passkeys for approvals, as far as an actor has to do with them; and what the signer has to be told."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from privyseal.approvals.models import ApprovalPasskey
from privyseal.approvals.rules.passkeys import CONFIRMATIONS
from privyseal.approvals.seating import security_in_office
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.ledger.rewording import asked_with
from privyseal.signer.charters import APPROVERS, SECURITY


def passkeys_visible_to(actor: Person, at: datetime) -> QuerySet[ApprovalPasskey]:
    """Return the passkeys that are offered or in force: everybody's for security and auditor, their own for others.

    What is software nobody uses here, and only those who know everybody see it.
    """
    rows = ApprovalPasskey.objects.filter(removed_at=None, denied_at=None)
    rows = rows.select_related("person", "first_by", "second_by")
    knows = identity.powers_of(actor, at).knows_everybody
    return (rows if knows else rows.filter(person=actor).filter(is_software=False)).order_by("-pk")


def confirmable(actor: Person, at: datetime, passkeys: Iterable[ApprovalPasskey]) -> set[int]:
    """Return, by key, those of which somebody may say now that they are their owners'."""
    security = security_in_office(at)
    is_auditor = identity.powers_of(actor, at).has(Power.AUDIT, None)
    found = set()
    for one in passkeys:
        is_short = one.first_by_id is not None and len(security - {one.person_id}) < CONFIRMATIONS
        is_open = one.confirmed_at is None and actor.pk not in {one.person_id, one.first_by_id}
        if is_open and (actor.pk in security or (is_auditor and is_short)):
            found.add(one.pk)
    return found


def passkeys_of(person: Person, at: datetime, *, roster: str = APPROVERS) -> list[ApprovalPasskey]:
    """Return those of somebody's passkeys that say yes now as one of a roster, in a browser; the oldest first."""
    return asked_with(_own_in, person.pk, at, roster)


def _own_in(person: int, at: datetime, roster: str) -> QuerySet[ApprovalPasskey]:
    rows = ApprovalPasskey.objects.filter(person=person, roster=roster, is_software=False, removed_at=None)
    rows = rows.filter(denied_at=None, entered_at__lte=at, starts_at__lte=at)
    return rows.select_related("person").order_by("pk")


def not_entered() -> QuerySet[ApprovalPasskey]:
    """Return what was confirmed and the signer still has to be told, the oldest first."""
    rows = ApprovalPasskey.objects.filter(confirmed_at__isnull=False, entered_at=None, removed_at=None)
    rows = rows.filter(person__is_active=True)
    return rows.select_related("person").order_by("confirmed_at", "pk")


def not_denied() -> QuerySet[ApprovalPasskey]:
    """Return what was removed, or whose owner has left, and the key still has to be told of, the oldest first."""
    gone = Q(removed_at__isnull=False) | Q(person__is_active=False)
    rows = ApprovalPasskey.objects.filter(gone, entered_at__isnull=False, denied_at=None).exclude(roster=SECURITY)
    return rows.select_related("person").order_by("pk")


def not_taken_off() -> QuerySet[ApprovalPasskey]:
    """Return what was removed and the signer still has to be told, the oldest first."""
    rows = ApprovalPasskey.objects.filter(removed_at__isnull=False, entered_at__isnull=False, taken_off_at=None)
    return rows.select_related("person").order_by("removed_at", "pk")
