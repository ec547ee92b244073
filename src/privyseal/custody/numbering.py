"""Each blank that was stamped gets the next number of its permit, and a day by which it is accounted for."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from privyseal.custody.holding import about
from privyseal.custody.models import Blank, Turn
from privyseal.custody.rules.blanks import blanks_by
from privyseal.kernel.canonical import Json
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.transactions import transaction_required

_AT_ONCE: Final = 100


@transaction_required
def number_blanks(actor: Actor, at: datetime, turn: Turn) -> None:
    """Give what stands of a settled turn its numbers, where its permit is for blanks."""
    permit = turn.use.permit
    terms = blanks_by(permit.terms)
    if terms is None or not turn.committed:
        return
    last = Blank.objects.filter(permit=permit).aggregate(last=Max("number"))["last"] or 0
    numbers = range(last + 1, last + turn.committed + 1)
    due_at = at + timedelta(days=terms.days)
    rows = [Blank(permit=permit, turn=turn, number=number, issued_at=at, due_at=due_at) for number in numbers]
    Blank.objects.bulk_create(rows, batch_size=_AT_ONCE)
    said: dict[str, Json] = {"turn": turn.uid, "blanks": list(numbers), "due_at": due_at.isoformat()}
    book.record("hand.blanks-numbered", by=actor, at=at, **about(turn.use), **said)
