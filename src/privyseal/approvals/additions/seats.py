"""Whose yes an addition asks for: as many as said yes to what it adds to."""

from collections.abc import Sequence
from datetime import datetime

from privyseal.approvals.models import Application, Due, Line, SeatAsked, Vote
from privyseal.approvals.rules import Step
from privyseal.approvals.rules.additions import check_as_many
from privyseal.approvals.stages import seats_to_ask, stages_of
from privyseal.ledger.transactions import transaction_required


@transaction_required
def seats_to_add(
    application: Application, lines: Sequence[Line], first: Application
) -> tuple[list[SeatAsked], list[Due]]:
    """Return the seats and deadlines, unsaved, of an addition: never fewer seats than said yes to what it adds to.

    Those of the policy in force; where they are fewer, the seats of the first application again, without a deadline.
    """
    at, least = application.submitted_at, votes_for(first)
    asked, dues = seats_to_ask(application, lines)
    if _slots(application, at, asked) < least:
        application.policy, dues = first.policy, []
        asked = [
            SeatAsked(
                application=application,
                stage=seat.stage,
                position=seat.position,
                who=seat.who,
                name=seat.name,
                needed=seat.needed,
                posts=seat.posts,
                people=seat.people,
                row=seat.row,
            )
            for seat in first.seats.all()
        ]
    check_as_many(say_yes=_slots(application, at, asked), said_yes=least)
    return asked, dues


def votes_for(first: Application) -> int:
    """Return how many said yes to an application."""
    return Vote.objects.filter(application=first, decision=Step.APPROVE.value).count()


def _slots(application: Application, at: datetime, asked: Sequence[SeatAsked]) -> int:
    return sum(seat.slots for stage in stages_of(application, at, asked=asked) for seat in stage)
