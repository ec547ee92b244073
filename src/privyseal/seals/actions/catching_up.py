"""Bring seals that were made before the key knew types up to what their type asks; it only ever asks for more."""

from datetime import datetime
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.seals.actions.denying import SWEEP
from privyseal.seals.queries.denials import seals_behind_their_type
from privyseal.signer.client import Client

_AT_ONCE: Final = 100


def catch_up(at: datetime, *, signer: Client) -> int:
    """Have the key ask for the own yes of whose name a seal bears, where it does not yet; return of how many seals."""
    caught_up = 0
    for seal in seals_behind_their_type()[:_AT_ONCE]:
        try:
            signer.ask_own_yes(seal=seal.uid, kind=seal.type)
        except Refused:
            continue
        _note_asked(SWEEP, at, seal_uid=seal.uid)
        caught_up += 1
    return caught_up


@command("seal.own-yes-told")
def _note_asked(actor: Actor, at: datetime, *, seal_uid: str) -> None:
    if seals_behind_their_type().filter(uid=seal_uid).order_by().update(asks_own_yes_at=at):
        book.record("seal.own-yes-asked-at-signer", by=actor, at=at, seal=seal_uid)
