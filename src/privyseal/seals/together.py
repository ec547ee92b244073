"""Which permits end together: of one act on a document, and those that were to stand on a seal not there."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.db.models import F, Q, QuerySet

from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Permit, PermitLine
from privyseal.seals.rules.permits import Bound, ends_with

_BOUND: Final = ("permit_id", "permit__application_uid", "document_sha256", "turn")


@transaction_required
def ending_with(permits: Collection[Permit]) -> list[Permit]:
    """Return these permits and those that end with them, as far as they could still be used; locked."""
    keys = {permit.pk for permit in permits}
    for of_a_whole in _waiting(permits):
        starts = keys & {line.permit for line in of_a_whole}
        keys |= {key for start in starts for key in ends_with(start, of_a_whole)}
    return list(locked(Permit.objects.filter(pk__in=keys)))


@transaction_required
def end_others(actor: Actor, at: datetime, permits: Collection[Permit]) -> int:
    """End what cannot be used without these, which end at once, each with a word of its own; return how many."""
    ended = {permit.pk for permit in permits}
    others = [permit for permit in ending_with(permits) if permit.pk not in ended]
    for permit in others:
        permit.revoked_at = at
        permit.save(update_fields=["revoked_at"])
        book.record("permit.ended", by=actor, at=at, **about(permit))
    return len(others)


@transaction_required
def locked(permits: QuerySet[Permit]) -> Sequence[Permit]:
    """Return those that could still be used, locked."""
    still = permits.filter(revoked_at=None, used__lt=F("impressions"))
    return list(still.select_related("seal").select_for_update(of=("self",)).order_by("pk"))


def about(permit: Permit) -> dict[str, str | int]:
    """Return what a fact says of a permit."""
    return {
        "permit": permit.uid,
        "seal": permit.seal.uid,
        "application": permit.application_uid,
        "used": permit.used,
        "impressions": permit.impressions,
    }


def _waiting(permits: Collection[Permit]) -> Collection[Collection[Bound]]:
    """Return what is still to be sealed of each application, or whole, to which one of these belongs."""
    of_one = Q(permit__application_uid__in={permit.application_uid for permit in permits})
    if joints := {permit.joint_uid for permit in permits if permit.joint_uid is not None}:
        of_one |= Q(permit__joint_uid__in=joints)
    lines = PermitLine.objects.filter(of_one, entry=None).order_by("pk")
    said = lines.values_list("permit__joint_uid", *_BOUND)
    wholes: dict[str, list[Bound]] = defaultdict(list)
    for joint, permit, application, document, turn in said:
        wholes[joint or application].append(Bound(permit, application, document, turn))
    return wholes.values()
