"""What was begun at the key and is not finished long after is put on record once, so that people hear of it."""

from datetime import datetime, timedelta
from typing import Final

from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.queries import last_fact_about, told_already
from privyseal.sealing.actions.sealing import SWEEP, locked
from privyseal.sealing.models import Intent
from privyseal.sealing.saying import about
from privyseal.seals.actions import acts_under_way
from privyseal.seals.actions.moving import locked_act

STAYS_OPEN: Final = timedelta(minutes=10)
_AT_ONCE: Final = 500


def tell_of_lingering(at: datetime) -> int:
    """Say of each use and act at a key that it was begun long ago and is not finished; return how many are new."""
    waiting = Intent.objects.filter(state=Intent.State.INTENDED, intended_at__lte=at - STAYS_OPEN)
    uses = list(waiting.order_by("intended_at", "pk").values_list("uid", flat=True)[:_AT_ONCE])
    new = set(uses) - told_already("document.seal.lingers", "intent", uses)
    for uid in sorted(new, key=uses.index):
        _tell_use(SWEEP, at, intent_uid=uid)
    return len(new) + _tell_acts(at)


def _tell_acts(at: datetime) -> int:
    purposes = dict(acts_under_way())
    untold = set(purposes) - told_already("seal.act.lingers", "permit", purposes)
    begun = {uid: last_fact_about(f"seal.{purposes[uid]}.intended", "permit", uid) for uid in sorted(untold)}
    old = [uid for uid, fact in begun.items() if fact is not None and fact.at <= at - STAYS_OPEN]
    for uid in old:
        _tell_act(SWEEP, at, permit_uid=uid)
    return len(old)


@command("document.linger")
def _tell_use(actor: Actor, at: datetime, *, intent_uid: str) -> None:
    intent = locked(intent_uid)
    if intent.state == Intent.State.INTENDED:
        book.record("document.seal.lingers", by=actor, at=at, **about(intent))


@command("seal.linger")
def _tell_act(actor: Actor, at: datetime, *, permit_uid: str) -> None:
    seal, permit = locked_act(permit_uid)
    if permit.finished_at is None:
        book.record(
            "seal.act.lingers", by=actor, at=at, seal=seal.uid, permit=permit.uid, application=permit.application_uid
        )
