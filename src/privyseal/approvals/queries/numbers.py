"""Applications by the numbers that people call them by."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from privyseal.approvals.models import Application
from privyseal.approvals.numbers import number_of
from privyseal.approvals.queries import visible_to
from privyseal.approvals.rules.numbers import Number
from privyseal.identity.again import asked_for
from privyseal.identity.models import Person
from privyseal.ledger.rewording import padded


def numbers_called(actor: Person, at: datetime, *, uids: Collection[str]) -> dict[str, Number]:
    """Return the number of each application with one of these uids that the actor may see."""
    return {one.uid: number_of(one) for one in asked_for(_called, actor, at, *padded(uids))}


def _called(actor: Person, at: datetime, *uids: str) -> QuerySet[Application]:
    found = visible_to(actor, at).filter(uid__in=uids).select_related(None)
    return found.only("uid", "submitted_at").order_by("pk")
