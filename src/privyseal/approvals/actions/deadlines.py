"""Remind those who decide, and say of a stage that it is late: each once, however many workers look."""

from datetime import datetime
from typing import Any, Final

from privyseal.approvals.deadlines import stop_clock
from privyseal.approvals.locks import locked
from privyseal.approvals.models import Due
from privyseal.approvals.rules import State
from privyseal.approvals.rules.deadlines import stands
from privyseal.approvals.stages import late_for
from privyseal.kernel.canonical import utc_text
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command

CLOCK: Final = Service("clock")
_AT_ONCE: Final = 500


def sweep_deadlines(at: datetime) -> int:
    """Do what has come of deadlines; return of how many. What stays over comes with the next sweep."""
    due = Due.objects.filter(next_at__lte=at).select_related("application").order_by("next_at", "pk")
    found = [one.application.uid for one in due[:_AT_ONCE]]
    for uid in found:
        _keep_time(CLOCK, at, application_uid=uid)
    return len(found)


@command("application.keep-time")
def _keep_time(actor: Actor, at: datetime, *, application_uid: str) -> None:
    application = locked(application_uid)
    # Another worker may have done it while this one waited.
    due = Due.objects.filter(application=application, stage=application.stage, next_at__lte=at).first()
    if due is None or (known := due.reckoned) is None:
        return
    if application.state != State.PENDING.value or at >= application.expires_at:
        stop_clock(application)
        return
    now = stands(known, at)
    said: dict[str, Any] = {"application": application.uid, "stage": due.stage, "due_at": utc_text(known.due_at)}
    if now.is_over:
        due.lapsed_at = at
        others = len(late_for(application, at, due))
        book.record("application.overdue", by=actor, at=at, **said, lapse=due.lapse, others=others)
    elif now.reminded > due.reminded:
        book.record("application.reminded", by=actor, at=at, **said, reminder=now.reminded)
    due.reminded, due.next_at = now.reminded, now.next_at
    due.save(update_fields=["reminded", "next_at", "lapsed_at"])
