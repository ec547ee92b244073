"""What becomes of permits and seals where the record goes on without facts that it lost: nothing is allowed."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Q

from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.seals.actions.moving import locked_seal, move
from privyseal.seals.models import Mandate, Permit
from privyseal.seals.rules import Act, Leave, SealState
from privyseal.seals.rules.permits import AT_THE_KEY
from privyseal.seals.together import about

_IN_USE = Q(used__lt=F("impressions"), expired_at=None)
_UNDER_WAY = Q(purpose__in=[purpose.value for purpose in AT_THE_KEY], used__gt=0, finished_at=None)


@command("permit.void-all")
def void_open_permits(actor: Actor, at: datetime) -> int:
    """End every permit that could still be used, or by which something is under way; return how many."""
    permits = list(
        Permit.objects.filter(_IN_USE | _UNDER_WAY, revoked_at=None)
        .select_related("seal")
        .select_for_update(of=("self",))
        .order_by("seal_id", "pk")
    )
    Permit.objects.filter(pk__in=[permit.pk for permit in permits]).update(revoked_at=at)
    book.record_each("permit.voided", [about(permit) for permit in permits], by=actor, at=at)
    return len(permits)


@command("mandate.void-counted")
def void_counted_mandates(actor: Actor, at: datetime) -> int:
    """Revoke every mandate that was given for so many uses: how many there were is not known; return how many."""
    counted = Mandate.objects.filter(most_uses__isnull=False, revoked_at=None)
    mandates = list(counted.select_related("seal", "given_by").select_for_update(of=("self",)).order_by("pk"))
    Mandate.objects.filter(pk__in=[one.pk for one in mandates]).update(revoked_at=at)
    said = [{"mandate": one.uid, "seal": one.seal.uid, "person": one.given_by.pseudonym} for one in mandates]
    book.record_each("mandate.revoked", said, by=actor, at=at)
    return len(mandates)


def follow_key(actor: Actor, at: datetime, *, stopped: Collection[str]) -> int:
    """Put to rest in the register what the key uses no more and the record still calls in force; return how many."""
    return sum(_put_to_rest(actor, at, seal_uid=uid) for uid in sorted(stopped))


@command("seal.follow-key")
def _put_to_rest(actor: Actor, at: datetime, *, seal_uid: str) -> int:
    seal = locked_seal(seal_uid)
    if seal.state != SealState.ACTIVE.value:
        return 0
    move(actor, at, seal=seal, act=Act.SUSPEND, leave=Leave.ONE_PERSON)
    return 1
