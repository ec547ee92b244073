"""Cabinets: which holds a seal, what one told of a seal that came out and went back, and what time says of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q

from privyseal.custody.models import HandUse, TakeOut
from privyseal.custody.raising import raise_alarm
from privyseal.custody.rules import How
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.custody.rules.takeout import Stage
from privyseal.device.codes import LAST_SEQUENCE, Holder, uid_of
from privyseal.device.enrolment import DeviceKind
from privyseal.device.events import Event, Told
from privyseal.devices.granted import take_ticket_back
from privyseal.devices.locking import locked_device
from privyseal.devices.models import CabinetOpening, Device, DeviceSlot
from privyseal.devices.rules import LetOut, went
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.moving import locked_seal
from privyseal.seals.models import Permit
from privyseal.seals.rules import SealState

_MOST: Final = 500
_OPENED: Final = frozenset({Told.SESSION_OPENED.value, Told.CODE_ENTERED.value})
_SAVED: Final = ("opened_at", "taken_at", "back_at", "closed_at", "named", "sequence", "told_head")
_AWAY: Final = Q(taken_at__isnull=False, back_at=None)


def cabinet_with(seal_id: int) -> Device | None:
    """Return the cabinet in service that holds a seal, None where none does."""
    living = Device.objects.filter(kind=DeviceKind.CABINET.value, enrolled_at__isnull=False, ended_at=None)
    return living.filter(places__seal=seal_id).order_by("pk").first()


def slot_of(device: Device, seal_id: int) -> int | None:
    return DeviceSlot.objects.filter(device=device, seal=seal_id).values_list("number", flat=True).first()


def waits_for_seal(permit: Permit) -> int | None:
    """Return who is to have the seal by a permit and does not have it yet: who bears it out, or stamps in the house."""
    out = TakeOut.objects.filter(permit=permit).first()
    if out is not None:
        return out.bearer_id if out.stage == Stage.BOOKED.value else None
    uses = HandUse.objects.filter(permit=permit, how=How.BY_HAND.value, ended_at=None, keeper_at=None)
    return uses.values_list("operator_id", flat=True).first()


@transaction_required
def locked_opening(uid: str) -> CabinetOpening:
    """Return an opening whose cabinet's row is ours until the transaction ends."""
    found = CabinetOpening.objects.select_related("device").filter(uid=uid).first()
    if found is None:
        raise NotFound(opening=uid)
    device = locked_device(found.device.uid)
    one = CabinetOpening.objects.select_related("permit__seal", "by").get(pk=found.pk)
    one.device = device
    return one


def about(one: CabinetOpening) -> dict[str, str]:
    permit = one.permit
    said = {"opening": one.uid, "device": one.device.uid, "permit": permit.uid, "seal": permit.seal.uid}
    return said | {"application": permit.application_uid, "keeper": one.by.pseudonym}


@transaction_required
def follow_cabinet(actor: Actor, at: datetime, device: Device, new: Sequence[Event]) -> list[AlarmKind]:
    """Carry what a cabinet told, whose row is ours, into its openings; return what is wrong.

    A seal that goes away while nobody was let in is told as an alarm by the cabinet itself. What it tells late of an
    opening that is closed is kept as well: where the seal is stands before whether it was still to be there.
    """
    if device.kind != DeviceKind.CABINET.value:
        return []
    tickets = {event.ticket for event in new} - {""}
    named = Q(closed_at=None) | _AWAY | Q(named__in=tickets) | Q(uid__in=tickets, minutes=None)
    found = CabinetOpening.objects.filter(named, device=device, allowed_at__isnull=False)
    every = list(found.select_related("permit__seal", "by").order_by("pk"))
    over = {one.pk for one in every if one.closed_at is not None}
    known = {one.ticket: one for one in every if one.ticket}
    for one in every:
        one.device = device
    for event in new:
        if event.type == Told.CODE_ENTERED.value:
            _typed(device, event, every, known)
    wrong = [AlarmKind.NO_PERMIT for event in new if not _told(actor, at, event, known)]
    for one in every:
        one.save(update_fields=_SAVED)
        if one.closed_at is not None and one.pk not in over and not one.minutes:
            take_ticket_back(one, at)
    return wrong


@transaction_required
def close_openings(actor: Actor, at: datetime, device: Device, *, seal_id: int | None = None) -> None:
    """Close what a cabinet, whose row is ours, will tell nothing more of: of one seal, or of all that were in it.

    What may be out is missed, unless people have the seal before them: it left the slot by two, or is looked for.
    """
    found = CabinetOpening.objects.filter(device=device, closed_at=None)
    if seal_id is not None:
        found = found.filter(permit__seal=seal_id)
    for one in found.select_related("permit__seal", "by").order_by("pk"):
        one.device = device
        is_held = device.ended_at is None and slot_of(device, one.permit.seal_id) is not None
        if is_held and one.may_be_out:
            miss(actor, at, one)
        one.closed_at = at
        one.save(update_fields=["closed_at"])
        take_ticket_back(one, at)
        book.record("cabinet.withdrawn", by=actor, at=at, **about(one))


@transaction_required
def miss(actor: Actor, at: datetime, one: CabinetOpening) -> None:
    """Say that a seal which a cabinet let out, whose row is ours, is not back; a second time changes nothing."""
    if one.missed_at is None:
        seal = locked_seal(one.permit.seal.uid)
        raise_alarm(actor, at, kind=AlarmKind.NOT_RETURNED, cause=f"cabinet {one.uid}", seal=seal)
        one.missed_at = at
        one.save(update_fields=["missed_at"])


def openings_to_look_at(at: datetime) -> list[str]:
    """Return openings that nothing allows any more, with nothing taken, and those whose seal is not back in time."""
    waiting = CabinetOpening.objects.filter(closed_at=None)
    untold = Q(minutes__isnull=False, is_forced=None, allowed_at__isnull=False)  # a code opens, whoever hears of it
    ended = Q(permit__revoked_at__isnull=False) | Q(device__ended_at__isnull=False) | Q(closes_at__lte=at)
    over = waiting.filter(ended | ~Q(permit__seal__state=SealState.ACTIVE.value), ~untold, taken_at=None)
    held = Exists(DeviceSlot.objects.filter(device=OuterRef("device"), seal=OuterRef("permit__seal")))
    late = CabinetOpening.objects.filter(closes_at__lte=at, missed_at=None, receipt_at=None)
    away = late.filter(_AWAY & held | untold & Q(closed_at=None))
    return sorted(over.union(away).values_list("uid", flat=True)[:_MOST])


def _told(actor: Actor, at: datetime, event: Event, known: dict[str, CabinetOpening]) -> bool:
    """Let an event bring openings further; return whether what it says can be."""
    one = known.get(event.ticket)
    if event.type == Told.SEAL_TAKEN.value:
        return not event.ticket or _taken(actor, at, event, known)
    if event.type == Told.SEAL_RETURNED.value:
        _returned(actor, at, event, known)
    elif one is not None and event.type in _OPENED:
        one.opened_at = min(event.at, at)
    elif one is not None and event.type == Told.RECEIPT_SHOWN.value:
        one.told_head = one.told_head or event.previous
    return True


def _typed(device: Device, event: Event, every: Sequence[CabinetOpening], known: dict[str, CabinetOpening]) -> None:
    """Let a code that was typed be known by the name that both ends give it."""
    sequence = event.said.get("sequence")
    waiting = next((one for one in every if one.minutes and not one.named), None)
    if waiting is None or event.said.get("answer") != "accepted" or not isinstance(sequence, int) or sequence < 1:
        return
    if event.ticket == uid_of(
        Holder(device.serial, waiting.permit.seal.uid, device.epoch), min(sequence, LAST_SEQUENCE)
    ):
        waiting.named, waiting.sequence = event.ticket, min(sequence, LAST_SEQUENCE)
        known[event.ticket] = waiting


def _taken(actor: Actor, at: datetime, event: Event, known: dict[str, CabinetOpening]) -> bool:
    """Keep that a seal went out by an opening; return whether that could be, and it was still let out then."""
    one = known.get(event.ticket)
    if one is None or went(one.far, event.type) is None or event.said.get("seal") != one.permit.seal.uid:
        return False
    out = (other for other in known.values() if other.closed_at is None and other.far is LetOut.OUT)
    if any(other.permit.seal_id == one.permit.seal_id for other in out):
        return False
    one.taken_at = min(event.at, at)
    book.record("cabinet.taken", by=actor, at=at, **about(one))
    return one.closed_at is None or one.receipt_at is not None or one.taken_at < one.closed_at


def _returned(actor: Actor, at: datetime, event: Event, known: dict[str, CabinetOpening]) -> None:
    for one in known.values():
        if went(one.far, event.type) is not None and one.permit.seal.uid == event.said.get("seal"):
            one.back_at = max(min(event.at, at), one.taken_at or at)
            one.closed_at = one.closed_at or at
            book.record("cabinet.returned", by=actor, at=at, **about(one))
