"""Applications by the numbers that people call them by."""

from collections.abc import Collection
from datetime import datetime

from privyseal.approvals.numbers import number_of
from privyseal.approvals.queries import visible_to
from privyseal.approvals.rules.numbers import Number
from privyseal.identity.models import Person


def numbers_called(actor: Person, at: datetime, *, uids: Collection[str]) -> dict[str, Number]:
    """Return the number of each application with one of these uids that the actor may see."""
    found = visible_to(actor, at).filter(uid__in=uids).select_related(None).only("uid", "submitted_at")
    return {one.uid: number_of(one) for one in found.order_by("pk")}
