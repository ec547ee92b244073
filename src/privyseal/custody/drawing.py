"""Which impressions of a turn have to be seen is drawn by lot, once two people have counted, and not before."""

from datetime import datetime
from secrets import SystemRandom
from typing import Final

from privyseal.custody.holding import about
from privyseal.custody.models import Photograph, Sample, Turn
from privyseal.custody.rules.photographs import check_sample
from privyseal.identity.models import Person
from privyseal.ledger import book
from privyseal.ledger.transactions import transaction_required

_LOTS: Final = SystemRandom()
_AT_ONCE: Final = 100


@transaction_required
def draw(actor: Person, at: datetime, turn: Turn) -> None:
    """Draw as many impressions of a settled turn as have to be shown; nobody can know beforehand which."""
    numbers = sorted(_LOTS.sample(range(1, turn.committed + 1), turn.to_show))
    Sample.objects.bulk_create([Sample(turn=turn, number=number) for number in numbers], batch_size=_AT_ONCE)
    book.record(
        "hand.sample-drawn",
        by=actor,
        at=at,
        **about(turn.use),
        turn=turn.uid,
        document=turn.line.document_sha256,
        impressions=turn.committed,
        drawn=numbers,
    )


@transaction_required
def show_sample(turn: Turn, number: int | None, photograph: Photograph) -> None:
    """Let a photograph show the impression of this number, which was drawn and is on no other, or refuse."""
    if number is None:
        return
    waiting = Sample.objects.filter(turn=turn, photograph=None).order_by("number")
    check_sample(number, waiting=waiting.values_list("number", flat=True))
    waiting.filter(number=number).update(photograph=photograph)
