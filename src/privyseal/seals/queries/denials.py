"""What was taken back in the register, and the key does not know of yet."""

from django.db.models import QuerySet

from privyseal.seals.models import Mandate, Permit
from privyseal.seals.rules import SealKind


def permits_not_denied() -> QuerySet[Permit]:
    """Return the ended permits for seals with a key that the signer still has to be told of, the oldest first."""
    ended = Permit.objects.filter(revoked_at__isnull=False, denied_at=None, seal__kind=SealKind.ELECTRONIC.value)
    return ended.order_by("revoked_at", "pk")


def mandates_not_denied() -> QuerySet[Mandate]:
    """Return the revoked mandates that the signer still has to be told of, the oldest first."""
    return Mandate.objects.filter(revoked_at__isnull=False, denied_at=None).order_by("revoked_at", "pk")
