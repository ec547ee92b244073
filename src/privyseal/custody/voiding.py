"""A photographed page that went wrong is marked void: with its picture, or afterwards."""

from datetime import datetime
from typing import Final

from privyseal.custody.holding import about, said_by
from privyseal.custody.models import Photograph, Spoiled, Turn
from privyseal.custody.rules import Phase
from privyseal.custody.rules.spoiled import Spoil, SpoiledUnexplained, check_marked, check_spoil
from privyseal.custody.spoiling import spoiled_of
from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json, sha256
from privyseal.kernel.errors import OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import UseEntry

_LONGEST_REASON: Final = 500


@transaction_required
def mark_void(
    actor: Person, at: datetime, photograph: Photograph, turn: Turn, *, impressions: int, reason: str
) -> None:
    """Mark a photographed page of a locked turn void, or refuse."""
    check_spoil(Spoil.MARK, Phase(turn.phase), said_by=said_by(turn.use, actor))
    said = reason.strip()[:_LONGEST_REASON]
    if not said:
        raise SpoiledUnexplained(photograph=photograph.uid)
    if UseEntry.objects.filter(line=turn.line).exists() or Spoiled.objects.filter(photograph=photograph).exists():
        raise OutOfTurn(photograph=photograph.uid)
    check_marked(impressions, made=max(turn.made or 0, turn.committed), before=spoiled_of(turn))
    Spoiled.objects.create(
        photograph=photograph, turn=turn, impressions=impressions, reason=said, said_by=actor, said_at=at
    )
    text = sha256(said.encode())
    book.record(
        "hand.spoiled", by=actor, at=at, **about_page(turn, photograph), impressions=impressions, text_sha256=text
    )


def about_page(turn: Turn, photograph: Photograph) -> dict[str, Json]:
    """Return what every fact about a spoiled page says."""
    return {
        **about(turn.use),
        "turn": turn.uid,
        "document": turn.line.document_sha256,
        "photo_sha256": photograph.sha256,
    }
