"""What came to nothing or lost its own yes, unknown to the key as yet; and what a scan says of all that waits."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from privyseal.approvals.models import Application, ApprovalPasskey, OwnYes
from privyseal.approvals.queries.passkeys import not_denied
from privyseal.approvals.rules import COME_TO_NOTHING
from privyseal.identity.rules import Finding, Found
from privyseal.ledger.rewording import asked_with
from privyseal.seals import queries as seals
from privyseal.seals.models import Mandate, Permit
from privyseal.seals.queries.denials import mandates_not_denied, permits_not_denied


def applications_not_denied() -> QuerySet[Application]:
    """Return the applications that came to nothing and of which the signer still has to be told, the oldest first."""
    states = [state.value for state in COME_TO_NOTHING]
    return Application.objects.filter(state__in=states, denied_at=None).order_by("decided_at", "pk")


def own_yeses_not_denied() -> QuerySet[OwnYes]:
    """Return the own yeses taken back of which the signer still has to be told, the oldest first."""
    withdrawn = OwnYes.objects.filter(withdrawn_at__isnull=False, denied_at=None)
    return withdrawn.order_by("withdrawn_at", "application_id", "seal_id")


def untold(at: datetime) -> int:
    """Return how many permits, mandates, applications, own yeses and passkeys are gone without the key knowing yet."""
    found = (
        asked_with(_permits, at),
        *(asked_with(find) for find in (_mandates, _applications, _own_yeses, _passkeys)),
    )
    return sum(map(len, found))


def _permits(at: datetime) -> QuerySet[Permit, Any]:
    return permits_not_denied(at).order_by().values_list("pk")


def _mandates() -> QuerySet[Mandate, Any]:
    return mandates_not_denied().order_by().values_list("pk")


def _applications() -> QuerySet[Application, Any]:
    return applications_not_denied().order_by().values_list("pk")


def _own_yeses() -> QuerySet[OwnYes, Any]:
    return own_yeses_not_denied().order_by().values_list("pk")


def _passkeys() -> QuerySet[ApprovalPasskey, Any]:
    return not_denied().order_by().values_list("pk")


def scan(at: datetime) -> list[Finding]:
    """Return everything that a scan finds of powers, of keepers, and of what the key does not know yet."""
    waiting = untold(at)
    return [*seals.scan(at), *([Finding(Found.KEY_NOT_TOLD, count=waiting)] if waiting else [])]
