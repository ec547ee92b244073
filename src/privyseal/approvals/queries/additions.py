"""What was asked for beyond an approved use, as far as an actor may see it."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.approvals.models import Application
from privyseal.approvals.queries import ApplicationView, visible_to
from privyseal.approvals.rules import State
from privyseal.approvals.wishes import is_by_hand
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.sealing.models import Intent
from privyseal.signer.statement import USES, Purpose


def additions_of(actor: Person, at: datetime, application: int) -> QuerySet[Application]:
    """Return what was asked for beyond an application, by its key, the last first."""
    return visible_to(actor, at).filter(adds_to=application).order_by("-submitted_at", "-pk")


def may_add(actor: Person, at: datetime, view: ApplicationView) -> frozenset[Purpose]:
    """Return what the applicant could ask for now beyond what was approved: the links of the page."""
    application = view.application
    is_theirs = application.applicant_id == actor.pk and identity.powers_of(actor, at).takes_part
    if not is_theirs or Purpose(application.purpose) not in USES:
        return frozenset()
    running = [permit for permit in view.permits if permit.revoked_at is None and at < permit.expires_at]
    is_left = any(permit.used < permit.impressions for permit in running)
    has_lost = any(intent.state == Intent.State.FAILED for intent in view.intents) and bool(running)
    is_counted = application.purpose == Purpose.STANDING.value or is_by_hand(view.lines)
    is_more = is_left if is_counted else has_lost
    asked = additions_of(actor, at, application.pk).filter(state=State.PENDING.value)
    waiting = set(asked.order_by().values_list("purpose", flat=True))
    could = {Purpose.TOP_UP: is_more, Purpose.PROLONG: is_left}
    return frozenset(purpose for purpose, is_possible in could.items() if is_possible and purpose.value not in waiting)
