"""Impressions that do not add up: what was made, counted and seen on photographs. Somebody answers for it."""

from datetime import datetime
from typing import Final

from privyseal.custody.holding import about
from privyseal.custody.models import Turn
from privyseal.identity.models import Person
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.incidents import open_incident
from privyseal.seals.models import Incident
from privyseal.seals.rules.incidents import IncidentKind

_KIND: Final = IncidentKind.COUNT_MISMATCH


@transaction_required
def enter_mismatch(actor: Actor, at: datetime, turn: Turn, *, shown: int) -> None:
    """Put on record what does not agree, and open an incident over the seal where none is open."""
    seal = turn.use.permit.seal
    book.record(
        "hand.count-differs",
        by=actor,
        at=at,
        **about(turn.use),
        turn=turn.uid,
        document=turn.line.document_sha256,
        made=turn.made,
        counted=turn.counted,
        shown=shown,
    )
    if not Incident.objects.filter(seal=seal, kind=_KIND.value, ended_at=None).exists():
        opener = actor if isinstance(actor, Person) else None
        open_incident(actor, at, kind=_KIND, company=seal.company, seal=seal, owner=seal.created_by, opener=opener)
