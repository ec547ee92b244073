"""A use at a machine is over once nothing more can come of it: what stands is settled, and the rest goes back."""

from datetime import datetime
from typing import Final

from privyseal.custody.executor import EXECUTORS
from privyseal.custody.rules import How, Phase
from privyseal.devices.granted import withdraw_ticket
from privyseal.devices.models import Device, DeviceOrder, MachineUse
from privyseal.devices.rules import Mark
from privyseal.ledger.actors import Actor
from privyseal.ledger.transactions import transaction_required

_MACHINE: Final = EXECUTORS[How.BY_MACHINE]


@transaction_required
def count_use(actor: Actor, at: datetime, use: MachineUse) -> None:
    """Carry what a machine made so far into the turn, so that everybody sees it, and photographs find it."""
    made = min(use.fired, use.impressions)
    use.turn.refresh_from_db()
    if made and use.turn.settled_at is None and use.turn.made != made:
        _MACHINE.fire.within(actor, at, turn_uid=use.turn.uid, made=made)


@transaction_required
def close_by_receipt(actor: Actor, at: datetime, use: MachineUse) -> None:
    """Settle a use by a code, of which its machine showed the receipt; events that come later are held against it."""
    used = use.receipt_used or 0
    if use.closed_at is None and not use.number:  # without a network: the receipt is all there is
        use.fired = use.committed = used
        close_use(actor, at, use, reason="receipt")
        use.fired = use.committed = 0
    elif use.closed_at is None:
        use.committed = used
        close_use(actor, at, use, reason="receipt")


@transaction_required
def close_use(actor: Actor, at: datetime, use: MachineUse, *, reason: str) -> None:
    """Settle a use, whose machine's row is ours, by what its machine told; a second time changes nothing."""
    if use.closed_at is not None:
        return
    use.closed_at = at
    use.save(update_fields=["closed_at"])
    count_use(actor, at, use)
    use.turn.refresh_from_db()
    said = {"turn_uid": use.turn.uid, "reason": reason}
    if Phase(use.turn.phase) is Phase.RESERVED:
        _MACHINE.release.within(actor, at, **said)
    else:
        _MACHINE.commit.within(actor, at, counted=min(use.committed, use.impressions), **said)


@transaction_required
def close_unheard(actor: Actor, at: datetime, use: MachineUse) -> None:
    """Settle a use of a machine, whose row is ours, that is heard no more: nothing that it could have made goes back.

    The most it could have made counts as made, what it told as counted: where they differ, people look into it.
    """
    told = use.fired
    if use.allowed_at is not None:
        use.fired = use.spent if use.is_withdrawn else use.impressions
    close_use(actor, at, use, reason="unheard")
    use.fired = told


@transaction_required
def close_codes(actor: Actor, at: datetime, device: Device) -> None:
    """Settle the codes of a machine, whose row is ours, of which nobody can read a receipt any more."""
    codes = MachineUse.objects.filter(device=device, minutes__gt=0, receipt_used=None, refused="", unheard_at=None)
    for use in codes.select_related("device", "turn__use__permit__seal").order_by("pk"):
        close_unheard(actor, at, use)
        use.unheard_at = at
        use.save(update_fields=["unheard_at"])


@transaction_required
def close_tickets(actor: Actor, at: datetime, device: Device) -> None:
    """Take back every ticket of a machine, whose row is ours, that forgot how often it stamped by them.

    Also those of uses that are over. One that is still open is settled like a code of which nobody can read a receipt.
    """
    uses = MachineUse.objects.filter(device=device, minutes=0, closed_at=None, allowed_at__isnull=False)
    for use in uses.select_related("device", "turn__use__permit__seal").order_by("pk"):
        use.withdrawn_at = use.withdrawn_at or at
        use.save(update_fields=["withdrawn_at"])
        close_unheard(actor, at, use)
    kept = DeviceOrder.objects.filter(device=device, withdrawn_at=None, closes_at__gt=at).exclude(ticket="")
    for order in kept.order_by("pk"):
        withdraw_ticket(device, order.ticket, at, closes_at=order.closes_at or at)


def may_close(use: MachineUse, *, told_at: datetime) -> bool:
    """Return whether nothing more can come: all is settled, or after its end the machine says that nobody is at it."""
    if use.mark != Mark.NONE.value:
        return False
    if use.committed >= use.impressions:
        return True
    return not use.is_open and (use.is_withdrawn or told_at >= use.closes_at)
