"""That an act came late is kept beside it, in its own transaction."""

from datetime import datetime

from privyseal.custody.models import LateAct, StockTake
from privyseal.custody.rules.late import Waiting, late_since
from privyseal.identity.models import Person
from privyseal.kernel.canonical import utc_text
from privyseal.ledger import book
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Permit


@transaction_required
def note_late(actor: Person, at: datetime, *, act: Waiting, permit: Permit, done_at: datetime | None) -> None:
    """Put on record that an act is late, with both times, or refuse one that waited too long to be gone by."""
    since = late_since(act, done_at=done_at, at=at)
    if since is None:
        return
    LateAct.objects.create(permit=permit, act=act.value, by=actor, done_at=since, at=at)
    book.record(
        "hand.came-late",
        by=actor,
        at=at,
        permit=permit.uid,
        seal=permit.seal.uid,
        application=permit.application_uid,
        act=act.value,
        done_at=utc_text(since),
    )


@transaction_required
def note_late_count(
    actor: Person, at: datetime, *, act: Waiting, take: StockTake, done_at: datetime | None
) -> datetime | None:
    """Put on record that something of a stock-take came late; return when it was done, or None for what is not late."""
    since = late_since(act, done_at=done_at, at=at)
    if since is None:
        return None
    LateAct.objects.create(take=take, act=act.value, by=actor, done_at=since, at=at)
    book.record(
        "stock.came-late",
        by=actor,
        at=at,
        stock_take=take.uid,
        company=take.company.uid,
        act=act.value,
        done_at=utc_text(since),
    )
    return since
