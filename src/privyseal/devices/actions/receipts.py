"""A code is closed by the receipt that the machine shows: what it says stands, the rest goes back at once.

Once the machine told its events, the receipt is held against the head of their chain, by whichever way it came first.
A machine that tells of what came later and not of the receipt that was read before keeps something back: an incident.
"""

from datetime import datetime
from typing import Final

from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.codes import Holder, uid_of
from privyseal.devices.actions.cabinet_codes import compare_cabinet_receipts
from privyseal.devices.actions.watching import SWEEP
from privyseal.devices.alarming import raise_each
from privyseal.devices.closing import close_by_receipt
from privyseal.devices.comparing import compared, withheld
from privyseal.devices.granted import locked_machine_use, whole_use
from privyseal.devices.models import MachineUse
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.signer.answers import Closed
from privyseal.signer.client import Client

_AT_ONCE: Final = 100


def read_receipt(actor: Person, at: datetime, *, use_uid: str, digits: str, signer: Client) -> str:
    """Close a use by a code with the twelve digits that its machine shows, or refuse; read again it is the same."""
    use = whole_use(use_uid)
    if use.turn.use.operator_id != actor.pk:
        raise NotEntitled(part="operator")
    if not use.minutes or use.allowed_at is None:
        raise OutOfTurn(machine_use=use_uid)
    keep_receipt(actor, at, use_uid=use_uid, closed=signer.close_device(use.device.serial, digits))
    return use_uid


@command("machine.close-by-receipt")
def keep_receipt(actor: Person, at: datetime, *, use_uid: str, closed: Closed) -> None:
    """Put on record what a receipt says of a use; a second time changes nothing."""
    use = locked_machine_use(use_uid)
    if closed.grant != use.uid:
        raise OutOfTurn(machine_use=use_uid)
    if use.receipt_used is not None:
        return
    holder = Holder(use.device.serial, use.turn.use.permit.seal.uid, use.device.epoch)
    use.receipt_used, use.receipt_head, use.sequence = closed.used, closed.head, closed.sequence
    use.ticket, use.receipt_at = uid_of(holder, closed.sequence), at
    use.save(update_fields=["receipt_at", "receipt_used", "receipt_head", "sequence", "ticket"])
    about = {"machine_use": use.uid, "device": use.device.uid, "permit": use.turn.use.permit.uid}
    book.record("machine.receipt-read", by=actor, at=at, **about, impressions=closed.used)
    if use.closed_at is not None and use.fired != closed.used:
        raise_each(actor, at, device=use.device, kinds=[AlarmKind.COUNTER_GAP])
    close_by_receipt(actor, at, use)


def compare_receipts(at: datetime, *, signer: Client, most: int = _AT_ONCE) -> int:
    """Hold receipts that were read against the events that came since, so many at most; return how many it settled."""
    untold = withheld(MachineUse.objects.all(), MachineUse.objects.filter(told_at__isnull=False), most=most)
    for uid in untold:
        keep_compared(SWEEP, at, use_uid=uid, agrees=False)
    settled = len(untold)
    for use, agrees in compared(MachineUse.objects.all(), signer=signer, most=most - settled):
        keep_compared(SWEEP, at, use_uid=use.uid, agrees=agrees)
        settled += 1
    return settled + compare_cabinet_receipts(at, signer=signer, most=max(most - settled, 0))


@command("machine.compare-receipt")
def keep_compared(actor: Actor, at: datetime, *, use_uid: str, agrees: bool) -> None:
    """Put on record whether a receipt is over the events that were told; where not, it is an incident. Once."""
    use = locked_machine_use(use_uid)
    if use.head_agrees is not None:
        return
    use.head_agrees = agrees
    use.save(update_fields=["head_agrees"])
    about = {"machine_use": use.uid, "device": use.device.uid, "permit": use.turn.use.permit.uid}
    book.record("machine.receipt-compared", by=actor, at=at, **about, agrees=agrees)
    if not agrees:
        raise_each(actor, at, device=use.device, kinds=[AlarmKind.RECEIPT_DIFFERS])
