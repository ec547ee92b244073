"""How the log's cosigners stand, whether a seal may be used while they stand so, and telling people when it changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db import connection

from privyseal.kernel.quorum import Needed, Quorum, Seen
from privyseal.ledger import book
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.ledger.models import CheckpointRow, CosignatureRow, CosignerRow
from privyseal.ledger.transactions import transaction_required

WATCH: Final = Service("watch")
_DIFFERENCES: Final = frozenset({"cosigner-refuses", "cosigner-elsewhere"})
_LOOKED_AT: Final = 16
_SEEN: Final = """
    SELECT name, seconds,
        (SELECT signed_at FROM ledger_checkpoint head WHERE head.size > seen.size ORDER BY head.size LIMIT 1)
    FROM ledger_cosigner seen ORDER BY name
"""


class State(StrEnum):
    """What is told of a cosigner: it has not seen the log lately, has seen another one, or sees it again."""

    LATE = "late"
    DIFFERS = "differs"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Standing:
    """A cosigner of ours: the key it is known by, what it signed last and when by its clock, what is wrong."""

    name: str
    key: str
    size: int
    at: datetime | None
    is_fresh: bool
    problem: str


def standings(at: datetime) -> list[Standing]:
    """Return every cosigner that the settings name, those too that never answered."""
    quorum: Quorum = settings.QUORUM
    rows = {row.name: row for row in CosignerRow.objects.order_by("name")} if quorum.keys else {}
    seen = _seen(at)
    found = []
    for key in quorum.keys:
        row, one = rows.get(key.name), seen.get(key.name)
        signed_at = datetime.fromtimestamp(row.seconds, UTC) if row and row.seconds else None
        is_fresh = one is not None and quorum.is_fresh(one, at=at)
        found.append(
            Standing(key.name, key.text, row.size if row else 0, signed_at, is_fresh, row.problem if row else "")
        )
    return found


def check_fresh(at: datetime) -> None:
    """Return if enough cosigners have seen the log lately, or refuse: cosigners-stale. The signer looks by itself."""
    quorum: Quorum = settings.QUORUM
    if quorum.needed is not Needed.NONE:
        quorum.check_fresh(_seen(at), at=at)


def cosigned_head(index: int) -> tuple[int, str] | None:
    """Return size and cosigned note of the smallest head over a fact that most cosigners signed, or None."""
    rows = CosignatureRow.objects.filter(size__gt=index).order_by("size", "cosigner")
    by_size: dict[int, dict[str, str]] = {}
    for size, cosigner, line in rows.values_list("size", "cosigner", "line")[:_LOOKED_AT]:
        by_size.setdefault(size, {})[cosigner] = line
    enough = {size: lines for size, lines in by_size.items() if settings.QUORUM.is_met_by(lines)}
    if not enough:
        return None
    size = max(enough, key=lambda one: (len(enough[one]), -one))
    note = CheckpointRow.objects.values_list("note", flat=True).get(pk=size)
    return size, note + "".join(enough[size].values())


def watch_cosigners(at: datetime) -> None:
    """Put on record where a cosigner fell behind, saw another log, or came back, each once."""
    states = {one.name: _state(one) for one in standings(at)}
    rows = CosignerRow.objects.filter(name__in=states).order_by("name").values_list("name", "told")
    for name, told in rows:
        if states[name] != (told or State.BACK):
            record_standing(WATCH, at, cosigner=name, state=states[name])


@command("cosigner.watch")
def record_standing(actor: Service, at: datetime, *, cosigner: str, state: State) -> None:
    """Record how a cosigner stands from now on; what is on record already is not recorded again."""
    row = _locked(cosigner)
    if row.told == state:
        return
    row.told = state.value
    row.save(update_fields=["told"])
    book.record(f"cosigner.{state}", by=actor, at=at, cosigner=cosigner, size=row.size)


@transaction_required
def _locked(name: str) -> CosignerRow:
    return CosignerRow.objects.select_for_update().get(pk=name)


def _state(one: Standing) -> State:
    if one.problem in _DIFFERENCES:
        return State.DIFFERS
    return State.BACK if one.is_fresh else State.LATE


def _seen(at: datetime) -> dict[str, Seen]:
    since = at - settings.QUORUM.within
    with connection.cursor() as cursor:
        cursor.execute(_SEEN)
        found: Sequence[tuple[str, int, datetime | None]] = cursor.fetchall()
    return {name: Seen(seconds, is_behind=next_at is not None and next_at <= since) for name, seconds, next_at in found}
