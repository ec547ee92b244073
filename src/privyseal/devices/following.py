"""What a machine tells becomes what the product knows: impressions of its uses, their photographs, incidents.

Each event comes here once, in order, in the transaction that keeps it. Nothing that a machine says is refused here:
what contradicts itself or the record is an incident, and the machine goes on telling.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q

from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.codes import Holder, uid_of
from privyseal.device.events import Event, Told
from privyseal.devices.alarming import raise_each, watch_events
from privyseal.devices.cabinets import follow_cabinet
from privyseal.devices.closing import close_use, count_use, may_close
from privyseal.devices.confirming import is_seen_by_enough
from privyseal.devices.models import Device, DevicePicture, MachineUse
from privyseal.devices.rules import OF_AN_IMPRESSION, Mark, turned
from privyseal.kernel import shapes
from privyseal.ledger.actors import Actor
from privyseal.ledger.transactions import transaction_required

_MOST_NUMBERED: Final = 2**31 - 1
_OF_A_USE: Final = frozenset({"device", "turn__use__permit__seal"})
_SAVED: Final = (
    *("ticket", "sequence", "is_open", "is_withdrawn", "number", "mark", "spent", "fired", "committed", "told_at"),
    *("told_head", "shown_sha256"),
)
_SHOWING: Final = frozenset({Told.PHOTOGRAPHED.value, Told.STARTED.value, Told.DOOR_OPENED.value})


@transaction_required
def follow(actor: Actor, at: datetime, told: Sequence[tuple[Device, Sequence[Event]]]) -> None:
    """Carry new events of machines, whose rows are ours, into their uses; close those that are over."""
    tickets = {event.ticket for _, new in told for event in new if event.ticket}
    of_device: dict[int, list[MachineUse]] = {}
    shown = {event.ticket for _, new in told for event in new if event.type == Told.RECEIPT_SHOWN.value}
    wanted = Q(closed_at=None) | Q(ticket__in=tickets, receipt_used__isnull=False)
    wanted |= Q(ticket__in=shown - {""}, minutes__gt=0)
    known = MachineUse.objects.filter(wanted, device__in=[device for device, _ in told])
    for use in known.select_related(*_OF_A_USE).order_by("pk"):
        of_device.setdefault(use.device_id, []).append(use)
    for device, new in told:
        _follow(actor, at, device, new, of_device.get(device.pk, ()))


@transaction_required
def _follow(actor: Actor, at: datetime, device: Device, new: Sequence[Event], uses: Sequence[MachineUse]) -> None:
    known = frozenset(use.ticket for use in uses)
    told = [(use, event) for event in new if (use := _named(event, uses, device)) is not None]
    alarms = [kind for use, event in told if (kind := _take(use, event)) is not None]
    alarms += watch_events(device, new, known=known | {use.ticket for use in uses})
    alarms += follow_cabinet(actor, at, device, new)
    if alarms:  # before any turn is locked: an incident locks the seal for itself
        raise_each(actor, at, device=device, kinds=alarms)
    for use in {use.pk: use for use, _ in told}.values():
        use.save(update_fields=_SAVED)
        count_use(actor, at, use)
    for use in uses:
        if may_close(use, told_at=min(new[-1].at, at)):  # a clock that is ahead is set back, and the ticket opens again
            close_use(actor, at, use, reason=_why(use))


def _named(event: Event, uses: Sequence[MachineUse], device: Device) -> MachineUse | None:
    """Return the open use that an event belongs to; a code's is known from when it was typed."""
    if event.type == Told.STARTED.value:
        return next((use for use in uses if use.is_open and use.shown_sha256), None)
    ticket = str(event.said.get("ticket", "")) if event.type == Told.WITHDRAWN.value else event.ticket
    if not ticket:
        return None
    found = next((use for use in uses if use.ticket == ticket), None)
    if found is None and event.type == Told.CODE_ENTERED.value:
        found = next((use for use in uses if use.minutes and not use.ticket), None)
        if found is None or not _is_of_code(event, found, device):
            return None
        found.ticket, found.sequence = ticket, _whole(event, "sequence")
    return found


def _is_of_code(event: Event, use: MachineUse, device: Device) -> bool:
    holder = Holder(device.serial, use.turn.use.permit.seal.uid, device.epoch)
    return event.said.get("answer") == "accepted" and event.ticket == uid_of(holder, _whole(event, "sequence"))


def _take(use: MachineUse, event: Event) -> AlarmKind | None:
    """Let an event bring its use further; return what is wrong with it, if anything is."""
    use.told_at = event.at
    if event.type in {Told.SESSION_OPENED.value, Told.CODE_ENTERED.value}:
        use.is_open = True
    elif event.type == Told.SESSION_CLOSED.value:
        use.is_open = False
        if use.receipt_used not in {None, use.fired}:
            return AlarmKind.COUNTER_GAP
    elif event.type == Told.RECEIPT_SHOWN.value:
        use.told_head = use.told_head or event.previous
    elif event.type == Told.WITHDRAWN.value:
        use.is_withdrawn = True
    elif event.type in _SHOWING:
        _show(use, event)
    elif event.type in OF_AN_IMPRESSION:
        if not _turn(use, event):
            return AlarmKind.NO_PERMIT
        if event.type == Told.FIRED.value and not is_seen_by_enough(use):
            return AlarmKind.UNCONFIRMED
    return None


def _turn(use: MachineUse, event: Event) -> bool:
    """Let an event of one impression bring it further; return whether what it says can be."""
    number = _whole(event, "impression")
    end = turned(Mark(use.mark), event.type, number=number, last=use.number)
    is_over = use.closed_at is not None and use.receipt_used is None
    if end is None or is_over or (end is Mark.RESERVED and use.left < 1):
        return False
    use.mark, use.number = end.value, number
    if end is not Mark.FIRED:
        use.shown_sha256 = None
    use.spent += {Told.RESERVED.value: 1, Told.RELEASED.value: -1}.get(event.type, 0)
    use.fired += event.type == Told.FIRED.value
    use.committed += event.type == Told.COMMITTED.value
    return True


def _show(use: MachineUse, event: Event) -> None:
    """Keep what is known to lie under the seal, as the machine does: once power or a door went, nothing is."""
    number, named = _whole(event, "impression"), _digest(event)
    if event.type != Told.PHOTOGRAPHED.value or (number == use.number and use.mark == Mark.RESERVED.value):
        use.shown_sha256 = named or None
    if number and number == use.number and named:
        unknown = DevicePicture.objects.filter(device=use.device, sha256=named, use=None)
        unknown.update(use=use, impression=number, taken_at=event.at, is_before=use.mark == Mark.RESERVED.value)


def _whole(event: Event, name: str) -> int:
    """Return a number of an event, 0 for none or one that no ticket has, and no column holds."""
    try:
        return shapes.integer(event.said.get(name), least=0, most=_MOST_NUMBERED)
    except shapes.Misshapen:
        return 0


def _digest(event: Event) -> str:
    try:
        return shapes.digest(event.said.get("sha256"))
    except shapes.Misshapen:
        return ""


def _why(use: MachineUse) -> str:
    if use.committed >= use.impressions:
        return "used-up"
    return "withdrawn" if use.is_withdrawn else "over"
