"""The clock of the present stage: begun with it, reckoned by the calendar as it stands then, stopped with it."""

from datetime import datetime

from django.utils.timezone import localtime

from privyseal.approvals.models import Application, Due
from privyseal.approvals.rules import POLICY
from privyseal.approvals.rules.deadlines import reckoned, stands
from privyseal.identity.queries import calendar_of
from privyseal.ledger.transactions import transaction_required


@transaction_required
def begin_clock(application: Application, at: datetime) -> None:
    """Let the time of the present stage begin, anew where it had begun before; that of any other stage stops."""
    if application.policy == POLICY:
        return
    stop_clock(application)
    due = Due.objects.filter(application=application, stage=application.stage).first()
    if due is None:
        return
    known = reckoned(due.deadline, localtime(at), calendar_of(application.company_id))
    due.begun_at, due.due_at, due.reminders_at = at, known.due_at, list(known.reminders_at)
    due.reminded, due.lapsed_at, due.next_at = 0, None, stands(known, at).next_at
    due.save(update_fields=["begun_at", "due_at", "reminders_at", "reminded", "lapsed_at", "next_at"])
    application.due_at = known.due_at
    application.save(update_fields=["due_at"])


@transaction_required
def stop_clock(application: Application) -> None:
    """Let nothing more come of the time that runs; costs nothing where none does."""
    if application.due_at is None:
        return
    Due.objects.filter(application=application, next_at__isnull=False).update(next_at=None)
    application.due_at = None
    application.save(update_fields=["due_at"])
