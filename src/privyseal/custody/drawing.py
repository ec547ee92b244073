"""Which impressions of a turn have to be seen is drawn by lot, once two people have counted, and not before."""

from collections.abc import Sequence
from datetime import datetime
from secrets import SystemRandom
from typing import Final

from django.db.models import Sum

from privyseal.custody.holding import about
from privyseal.custody.models import Photograph, Sample, Turn
from privyseal.custody.rules.photographs import check_sample, stands_on
from privyseal.custody.spoiling import anew_of_line
from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json
from privyseal.ledger import book
from privyseal.ledger.transactions import transaction_required
from privyseal.pdf.spots import Seam, impressions, pages_of
from privyseal.signer import places

_LOTS: Final = SystemRandom()
_AT_ONCE: Final = 100


@transaction_required
def draw(actor: Person, at: datetime, turn: Turn) -> None:
    """Draw as many impressions of a settled turn as have to be shown; nobody can know beforehand which."""
    numbers = sorted(_LOTS.sample(range(1, turn.committed + 1), turn.to_show))
    stand = [_where(turn, number) for number in numbers]
    drawn = [
        Sample(turn=turn, number=number, page=page, copy=copy)
        for number, (page, copy) in zip(numbers, stand, strict=True)
    ]
    Sample.objects.bulk_create(drawn, batch_size=_AT_ONCE)
    book.record(
        "hand.sample-drawn",
        by=actor,
        at=at,
        **about(turn.use),
        turn=turn.uid,
        document=turn.line.document_sha256,
        impressions=turn.committed,
        drawn=numbers,
        pages=[page for page, _copy in stand],
    )


@transaction_required
def show_sample(turn: Turn, number: int | None, photograph: Photograph) -> None:
    """Let a photograph show the impression of this number, which was drawn and is on no other, or refuse."""
    if number is None:
        return
    waiting = Sample.objects.filter(turn=turn, photograph=None).order_by("number")
    check_sample(number, waiting=waiting.values_list("number", flat=True))
    waiting.filter(number=number).update(photograph=photograph)


def _where(turn: Turn, number: int) -> tuple[int | None, int | None]:
    """Return page and copy of an impression; what was made anew goes wherever its page was spoiled."""
    anew = anew_of_line(turn.line)
    if turn.reserved <= anew:
        return None, None
    before: int | None = turn.line.turns.exclude(pk=turn.pk).aggregate(stand=Sum("committed"))["stand"]
    return stands_on(number, before=(before or 0) - anew, a_copy=_a_copy(turn.line.placements))


def _a_copy(placements: Sequence[Json]) -> list[int | None]:
    """Return the page of each impression of one copy, in the order of its places."""
    found: list[int | None] = []
    for spot in map(places.parse, placements):
        found += [None] * impressions(spot) if isinstance(spot, Seam) else pages_of(spot)
    return found
