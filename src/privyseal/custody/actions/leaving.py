"""What people have in hand with rubber seals when they leave is closed, handed on or raised by itself."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from privyseal.custody.actions.uses import SWEEP
from privyseal.custody.behind import blanks_left, counts_left, debts_left, incidents_left, take_outs_left
from privyseal.custody.booking import release
from privyseal.custody.holding import locked_take_out
from privyseal.custody.models import HandUse, StockTake
from privyseal.custody.raising import answering_in, raise_alarm
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.custody.rules.leaving import Left
from privyseal.custody.rules.stock import Count
from privyseal.custody.rules.takeout import Stage
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.seals.actions.moving import locked_seal
from privyseal.seals.models import Incident, Permit

_AT_ONCE: Final = 200
_NOT_OUT: Final = (Stage.BOOKED.value, Stage.GIVEN.value)


def watch_leavers(at: datetime) -> int:
    """Settle what is left behind by who has left; return how much it was. A second time finds nothing."""
    found: list[tuple[Callable[..., None], str]] = [
        (_SETTLES[left], uid) for left, uids in _left(at).items() for uid in uids[:_AT_ONCE]
    ]
    for settle, uid in found:
        settle(SWEEP, at, uid=uid)
    return len(found)


def _left(at: datetime) -> dict[Left, list[str]]:
    take_outs = take_outs_left(at)
    return {
        Left.BOOKED: list(take_outs.filter(stage__in=_NOT_OUT).values_list("uid", flat=True)),
        Left.OUT: list(take_outs.exclude(stage__in=_NOT_OUT).values_list("uid", flat=True)),
        Left.COUNT: list(counts_left().values_list("uid", flat=True)),
        Left.OWNED: list(incidents_left(at).values_list("uid", flat=True)),
        Left.DEBT: list(debts_left().values_list("uid", flat=True)),
        Left.BLANK: blanks_left(),
    }


@command("take-out.leave-unborne")
def _give_up(actor: Actor, at: datetime, *, uid: str) -> None:
    """Give up a take-out whose bearer or companion has left before it began, and with it its permit."""
    one = locked_take_out(uid)
    if one.stage in _NOT_OUT:
        Permit.objects.filter(pk=one.permit_id, revoked_at=None, expires_at__gt=at).update(revoked_at=at)
        release(actor, at, one)


@command("take-out.leave-outside")
def _raise_outside(actor: Actor, at: datetime, *, uid: str) -> None:
    """Have somebody answer for a seal that is outside with somebody who has left."""
    one = locked_take_out(uid)
    raise_alarm(actor, at, kind=AlarmKind.NOT_RETURNED, cause=f"take-out {one.uid}", seal=one.seal)


@command("stock.leave")
def _pause(actor: Actor, at: datetime, *, uid: str) -> None:
    """Pause a stock-take whose counter or witness has left, and have its managers name who goes on."""
    take = StockTake.objects.select_for_update(of=("self",)).select_related("company").get(uid=uid)
    if take.count == Count.OPEN.value:
        take.count = Count.PAUSED.value
        take.save(update_fields=["count"])
        book.record("stock.left", by=actor, at=at, stock_take=take.uid, company=take.company.uid)


@command("incident.hand-on")
def _hand_on(actor: Actor, at: datetime, *, uid: str) -> None:
    """Give the incident of somebody who has left to a manager of its company."""
    incident = Incident.objects.select_for_update(of=("self",)).select_related("company", "seal").get(uid=uid)
    owner = answering_in(incident.company_id, at) if incident.company_id else None
    if owner is not None and incident.ended_at is None:
        incident.owner = owner
        incident.save(update_fields=["owner"])
        book.record("incident.reassigned", by=actor, at=at, incident=incident.uid, owner=owner.pseudonym)


@command("hand.leave-debt")
def _raise_debt(actor: Actor, at: datetime, *, uid: str) -> None:
    """Have somebody answer for photographs that are owed by somebody who has left."""
    use = HandUse.objects.select_related("seal").get(uid=uid)
    seal = locked_seal(use.seal.uid)
    raise_alarm(actor, at, kind=AlarmKind.EVIDENCE_DEBT, cause=f"hand-use {use.uid}", seal=seal)


@command("hand.leave-blank")
def _raise_blank(actor: Actor, at: datetime, *, uid: str) -> None:
    """Have somebody answer for a stamped sheet that is with somebody who has left; ``uid`` is its cause."""
    permit = Permit.objects.select_related("seal").get(uid=uid.split()[1])
    raise_alarm(actor, at, kind=AlarmKind.BLANKS, cause=uid, seal=locked_seal(permit.seal.uid))


_SETTLES: Final[dict[Left, Callable[..., None]]] = {
    Left.BOOKED: _give_up,
    Left.OUT: _raise_outside,
    Left.COUNT: _pause,
    Left.OWNED: _hand_on,
    Left.DEBT: _raise_debt,
    Left.BLANK: _raise_blank,
}
