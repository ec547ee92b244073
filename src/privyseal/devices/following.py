"""What a machine tells becomes what the product knows: impressions of its uses, their photographs, incidents.

Each event comes here once, in order, in the transaction that keeps it. Nothing that a machine says is refused here:
what contradicts itself or the record is an incident, and the machine goes on telling.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from privyseal.device.codes import Holder, uid_of
from privyseal.device.events import Event, Told
from privyseal.devices.closing import close_use, count_use, may_close
from privyseal.devices.models import Device, DevicePicture, MachineUse
from privyseal.devices.rules import Mark, turned
from privyseal.kernel import shapes
from privyseal.ledger.actors import Actor
from privyseal.ledger.transactions import transaction_required

_OF_A_USE: Final = frozenset({"device", "turn__use__permit__seal"})
_SAVED: Final = (
    *("ticket", "sequence", "is_open", "is_withdrawn", "number", "mark", "spent", "fired", "committed", "told_at"),
)


@transaction_required
def follow(actor: Actor, at: datetime, told: Sequence[tuple[Device, Sequence[Event]]]) -> None:
    """Carry new events of machines, whose rows are ours, into their uses; close those that are over."""
    open_ones = MachineUse.objects.filter(device__in=[device for device, _ in told], closed_at=None)
    of_device: dict[int, list[MachineUse]] = {}
    for use in open_ones.select_related(*_OF_A_USE).order_by("pk"):
        of_device.setdefault(use.device_id, []).append(use)
    for device, new in told:
        _follow(actor, at, device, new, [use for use in of_device.get(device.pk, ()) if use.closed_at is None])


@transaction_required
def _follow(actor: Actor, at: datetime, device: Device, new: Sequence[Event], uses: Sequence[MachineUse]) -> None:
    for event in new:
        use = _named(event, uses, device)
        if use is not None:
            _take(use, event)
    for use in uses:
        use.save(update_fields=_SAVED)
        count_use(actor, at, use)
        if may_close(use, told_at=new[-1].at):
            close_use(actor, at, use, reason=_why(use))


def _named(event: Event, uses: Sequence[MachineUse], device: Device) -> MachineUse | None:
    """Return the open use that an event belongs to; a code's is known from when it was typed."""
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


def _take(use: MachineUse, event: Event) -> None:
    use.told_at = event.at
    if event.type in {Told.SESSION_OPENED.value, Told.CODE_ENTERED.value}:
        use.is_open = True
    elif event.type == Told.SESSION_CLOSED.value:
        use.is_open = False
    elif event.type == Told.WITHDRAWN.value:
        use.is_withdrawn = True
    elif event.type == Told.PHOTOGRAPHED.value:
        _show(use, event)
    else:
        _turn(use, event)


def _turn(use: MachineUse, event: Event) -> None:
    """Let an event of one impression bring it further."""
    number = _whole(event, "impression")
    end = turned(Mark(use.mark), event.type, number=number, last=use.number)
    if end is None:
        return
    use.mark, use.number = end.value, number
    use.spent += {Told.RESERVED.value: 1, Told.RELEASED.value: -1}.get(event.type, 0)
    use.fired += event.type == Told.FIRED.value
    use.committed += event.type == Told.COMMITTED.value


def _show(use: MachineUse, event: Event) -> None:
    number, named = _whole(event, "impression"), _digest(event)
    if number and number == use.number and named:
        unknown = DevicePicture.objects.filter(device=use.device, sha256=named, use=None)
        unknown.update(use=use, impression=number, taken_at=event.at, is_before=use.mark == Mark.RESERVED.value)


def _whole(event: Event, name: str) -> int:
    try:
        return shapes.integer(event.said.get(name), least=0, most=2**32 - 1)
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
