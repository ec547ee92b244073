"""How permits end before they are used up: said so by somebody, over with their window, or taken back."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import F

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.denying import SWEEP
from privyseal.seals.actions.stopping import tell_signer
from privyseal.seals.enders import is_to
from privyseal.seals.models import Permit
from privyseal.seals.rules.permits import ApproverActsForApplicant, check_ends
from privyseal.seals.together import about, ending_with, locked
from privyseal.signer.client import Client

_LONGEST_REASON: Final = 500
_AT_ONCE: Final = 500
# Whoever approved it acts for its applicant since, or the other way. Most people stand in for nobody.
_TIED: Final = """
    SELECT permit.uid FROM permit
    WHERE revoked_at IS NULL AND used < impressions AND expires_at > %(at)s AND EXISTS (
      SELECT 1 FROM permit_part part
      WHERE part.permit_id = permit.id AND part.part = 'approver' AND EXISTS (
        SELECT 1 FROM post_holding held
        WHERE held.deputy_for_id IS NOT NULL AND part.person_id IN (held.person_id, held.deputy_for_id)
      ) AND part.person_id IN (SELECT tied_to(permit.applicant_id, permit.issued_at, %(at)s))
    ) ORDER BY permit.id LIMIT %(most)s
"""


def end(actor: Person, at: datetime, *, command_id: UUID, permit_uid: str, reason: str, signer: Client) -> str:
    """End a permit in the register, then at the key."""
    ended = end_permit.once(command_id, actor, at, permit_uid=permit_uid, reason=reason)
    tell_signer(at, signer=signer)
    return ended


@command("permit.end")
def end_permit(actor: Person, at: datetime, *, permit_uid: str, reason: str) -> str:
    """End a permit before its time, at once, with every other that cannot be used without it, of whichever company."""
    seen = Permit.objects.select_related("seal").filter(uid=permit_uid).first()
    if seen is None:
        raise NotFound(permit=permit_uid)
    identity.require_part(actor, at)
    check_ends(said_by=is_to(actor, at, seen), reason=reason)
    permits = ending_with([seen])
    if seen.pk not in {permit.pk for permit in permits}:
        raise OutOfTurn(permit=permit_uid)
    for permit in permits:
        permit.revoked_at, permit.ended_by, permit.ended_reason = at, actor, reason.strip()[:_LONGEST_REASON]
        permit.save(update_fields=["revoked_at", "ended_by", "ended_reason"])
        book.record("permit.ended", by=actor, at=at, **about(permit))
    return permit_uid


@transaction_required
def end_resting(actor: Person, at: datetime, *, application_uid: str) -> list[str]:
    """End what an application allows with the actor's own yes, and what one act uses with it; return the permits."""
    permits = ending_with(list(Permit.objects.filter(application_uid=application_uid, own_yes=actor)))
    for permit in permits:
        permit.revoked_at = at
        permit.save(update_fields=["revoked_at"])
    return [permit.uid for permit in permits]


def sweep_permits(at: datetime) -> int:
    """Say of each unused permit that its window is over, and take back what one's deputy approved; return how many."""
    over = Permit.objects.filter(revoked_at=None, expired_at=None, used__lt=F("impressions"), expires_at__lte=at)
    expired = list(over.order_by("expires_at", "pk").values_list("uid", flat=True)[:_AT_ONCE])
    for uid in expired:
        _expire(SWEEP, at, permit_uid=uid)
    with connection.cursor() as cursor:
        cursor.execute(_TIED, {"at": at, "most": _AT_ONCE})
        tied = [bytes(uid).hex() for (uid,) in cursor.fetchall()]
    for uid in tied:
        _take_back(SWEEP, at, permit_uid=uid, code=ApproverActsForApplicant.code)
    return len(expired) + len(tied)


@command("permit.expire")
def _expire(actor: Actor, at: datetime, *, permit_uid: str) -> None:
    for permit in locked(Permit.objects.filter(uid=permit_uid, expired_at=None, expires_at__lte=at)):
        permit.expired_at = at
        permit.save(update_fields=["expired_at"])
        book.record("permit.expired", by=actor, at=at, **about(permit))


@command("permit.take-back")
def _take_back(actor: Actor, at: datetime, *, permit_uid: str, code: str) -> None:
    for permit in ending_with([Permit.objects.get(uid=permit_uid)]):
        permit.revoked_at = at
        permit.save(update_fields=["revoked_at"])
        book.record("permit.taken-back", by=actor, at=at, code=code, **about(permit))
