"""Permits that end with one another, by the documents that one act is still to seal."""

from django.db.models import F, QuerySet

from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Permit, PermitLine
from privyseal.seals.permits import of_one_act
from privyseal.seals.rules import SealKind
from privyseal.seals.rules.permits import Bound, ends_with
from privyseal.signer.statement import Purpose


@transaction_required
def together(permit: Permit) -> QuerySet[Permit]:
    """Return the permit and those of its application that end with it, by the documents they are still to seal."""
    waiting = PermitLine.objects.filter(of_one_act(permit, "permit__"), entry=None).order_by("pk")
    said = waiting.values_list("permit_id", "permit__application_uid", "document_sha256", "turn")
    return Permit.objects.filter(pk__in=ends_with(permit.pk, [Bound(*one) for one in said]))


@transaction_required
def keys_with(permits: QuerySet[Permit]) -> set[int]:
    """Return the keys of these permits, and of those that one act by a key still uses with one of them."""
    unused = permits.filter(purpose=Purpose.USE.value, used__lt=F("impressions"), seal__kind=SealKind.ELECTRONIC.value)
    beside = {key for permit in unused for key in together(permit).values_list("pk", flat=True)}
    still = Permit.objects.filter(pk__in=beside, revoked_at=None, used__lt=F("impressions"))
    return {*permits.values_list("pk", flat=True), *still.values_list("pk", flat=True)}
