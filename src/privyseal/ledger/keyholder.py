"""Whether the signer, which holds the log's key, is open; and telling people when it changes."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from privyseal.ledger import book
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.ledger.models import SignerStanding
from privyseal.signer.client import Client, SignerUnavailable

WATCH: Final = Service("watch")


class State(StrEnum):
    """What is told of the signer: its keys are locked away, or it is open again."""

    SEALED = "sealed"
    OPENED = "opened"


def watch_signer(at: datetime, *, signer: Client) -> None:
    """Put on record where the signer was sealed, or opened again, each once. One that does not answer says neither."""
    try:
        status = signer.status()
    except SignerUnavailable:
        return
    state = State.OPENED if status.is_open else State.SEALED
    if state != (SignerStanding.objects.values_list("told", flat=True).first() or State.OPENED):
        record_state(WATCH, at, state=state, missing=status.missing)


@command("signer.watch")
def record_state(actor: Service, at: datetime, *, state: State, missing: int) -> None:
    """Record how the signer stands from now on; what is on record already is not recorded again."""
    row, _ = SignerStanding.objects.select_for_update().get_or_create(pk=1, defaults={"told": State.OPENED.value})
    if row.told == state:
        return
    row.told = state.value
    row.save(update_fields=["told"])
    book.record(f"signer.{state}", by=actor, at=at, missing=missing)
