"""What was taken back in the register, and the key does not know of yet."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from privyseal.seals.models import Mandate, Permit, Seal
from privyseal.seals.rules import SealKind, SealState
from privyseal.seals.rules.persons import BEARS_A_NAME
from privyseal.signer.statement import USES, Purpose

_CLOCKS_APART: Final = timedelta(days=1)


def permits_not_denied(at: datetime) -> QuerySet[Permit]:
    """Return the ended permits that the signer still has to be told of, the oldest first.

    Of a rubber seal only those by which it could open a machine or be woken now: whose time is not over by any clock.
    """
    electronic = Q(seal__kind=SealKind.ELECTRONIC.value)
    acts = [use.value for use in (*USES, Purpose.RESUME, Purpose.UNFREEZE)]
    opens = Q(purpose__in=acts, expires_at__gt=at - _CLOCKS_APART)
    ended = Permit.objects.filter(electronic | opens, revoked_at__isnull=False, denied_at=None)
    return ended.order_by("revoked_at", "pk")


def mandates_not_denied() -> QuerySet[Mandate]:
    """Return the revoked mandates that the signer still has to be told of, the oldest first."""
    return Mandate.objects.filter(revoked_at__isnull=False, denied_at=None).order_by("revoked_at", "pk")


def seals_behind_their_type() -> QuerySet[Seal]:
    """Return the seals that bear a name and of which the key is not known to ask for that person's own yes."""
    named = Seal.objects.filter(kind=SealKind.ELECTRONIC.value, type__in=[kind.value for kind in BEARS_A_NAME])
    has_key = [SealState.ACTIVE.value, SealState.SUSPENDED.value]
    return named.filter(signer_state__in=has_key, asks_own_yes_at=None).order_by("pk")
