"""Refusals on record: the first at once, its equals within a minute as one fact with a count."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from privyseal.kernel.canonical import Json, canonical, sha256
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.models import RefusalTally
from privyseal.ledger.transactions import transaction_required, writing

WINDOW: Final = timedelta(minutes=1)
_log = logging.getLogger(__name__)


class _Known:
    """The actor of a tally, known only by pseudonym."""

    def __init__(self, pseudonym: str) -> None:
        self.pseudonym = pseudonym


def record_refusal(command: str, refusal: Refused, *, by: Actor, at: datetime) -> None:
    """Put a refused command on record in a transaction of its own; where even that fails, in the log."""
    try:
        with writing():
            _record(f"{command}.refused", refusal, by=by, at=at)
    except book.LedgerUnwritable:
        _log.critical("refusal not recorded", extra={"command": command, "code": refusal.code})


def close_tallies(at: datetime) -> int:
    """Turn each tally whose minute is over into its fact; return how many ended."""
    closed = 0
    for digest in RefusalTally.objects.filter(first_at__lte=at - WINDOW).order_by("first_at").values_list("pk")[:1000]:
        with writing():
            tally = RefusalTally.objects.select_for_update().filter(pk=digest[0], first_at__lte=at - WINDOW).first()
            if tally is not None:
                _close(tally, at)
                closed += 1
    return closed


@transaction_required
def _record(kind: str, refusal: Refused, *, by: Actor, at: datetime) -> None:
    facts: dict[str, Json] = {"code": refusal.code, **refusal.facts}
    digest = sha256(canonical({"kind": kind, "actor": by.pseudonym, "facts": facts}))
    tally, is_first = RefusalTally.objects.select_for_update().get_or_create(
        pk=digest, defaults={"kind": kind, "actor": by.pseudonym, "facts": facts, "first_at": at}
    )
    if not is_first and tally.first_at > at - WINDOW:
        RefusalTally.objects.filter(pk=digest).update(repeated=F("repeated") + 1)
        return
    if not is_first:
        _close(tally, at)
        RefusalTally.objects.create(pk=digest, kind=kind, actor=by.pseudonym, facts=facts, first_at=at)
    book.record(kind, by=by, at=at, **facts)


@transaction_required
def _close(tally: RefusalTally, at: datetime) -> None:
    if tally.repeated:
        book.record(tally.kind, by=_Known(tally.actor), at=at, **tally.facts, repeated=tally.repeated)
    tally.delete()
