"""A code that opened a cabinet: shown again to whoever typed it, and closed by the receipt that the cabinet shows."""

from datetime import datetime

from django.db.models import Q

from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.codes import Holder, uid_of
from privyseal.devices.actions.cabinets import let_out
from privyseal.devices.actions.watching import SWEEP
from privyseal.devices.alarming import raise_each
from privyseal.devices.cabinets import about, locked_opening
from privyseal.devices.comparing import compared, withheld
from privyseal.devices.models import CabinetOpening
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.signer.answers import Closed
from privyseal.signer.client import Client


def cabinet_digits(actor: Person, at: datetime, *, permit_uid: str, signer: Client) -> str:
    """Return the digits of an open code again to whoever asked for it: by them the seal goes back as well."""
    one = _open_code(actor, permit_uid)
    if one.back_at is not None:
        raise OutOfTurn(permit=permit_uid)
    return let_out(actor, at, one=one, signer=signer)


def read_cabinet_receipt(actor: Person, at: datetime, *, permit_uid: str, digits: str, signer: Client) -> str:
    """Close an opening by a code with the twelve digits that its cabinet shows, or refuse."""
    one = _open_code(actor, permit_uid)
    closed = signer.close_device(one.device.serial, digits)
    keep_cabinet_receipt(actor, at, opening_uid=one.uid, closed=closed)
    return one.uid


@command("cabinet.close-by-receipt")
def keep_cabinet_receipt(actor: Actor, at: datetime, *, opening_uid: str, closed: Closed) -> None:
    """Put on record what a receipt says: whether the seal was out. It is shown once it is back."""
    one = locked_opening(opening_uid)
    if closed.grant != one.uid:
        raise OutOfTurn(opening=opening_uid)
    if one.receipt_at is not None:
        return
    holder = Holder(one.device.serial, one.permit.seal.uid, one.device.epoch)
    one.named, one.sequence = uid_of(holder, closed.sequence), closed.sequence
    one.receipt_used, one.receipt_head, one.receipt_at = closed.used, closed.head, at
    one.closed_at = one.closed_at or at
    one.save(update_fields=["named", "sequence", "receipt_used", "receipt_head", "receipt_at", "closed_at"])
    book.record("cabinet.receipt-read", by=actor, at=at, **about(one), impressions=closed.used)


def compare_cabinet_receipts(at: datetime, *, signer: Client, most: int) -> int:
    """Hold receipts that were read against the events that came since, so many at most; return how many it settled."""
    untold = withheld(CabinetOpening.objects.all(), CabinetOpening.objects.filter(opened_at__isnull=False), most=most)
    for uid in untold:
        keep_compared(SWEEP, at, opening_uid=uid, agrees=False)
    settled = len(untold)
    for one, agrees in compared(CabinetOpening.objects.all(), signer=signer, most=most - settled):
        keep_compared(SWEEP, at, opening_uid=one.uid, agrees=agrees)
        settled += 1
    return settled


@command("cabinet.compare-receipt")
def keep_compared(actor: Actor, at: datetime, *, opening_uid: str, agrees: bool) -> None:
    """Put on record whether a receipt is over the events that were told, and says what they do; else an incident."""
    one = locked_opening(opening_uid)
    if one.head_agrees is not None:
        return
    agrees = agrees and one.receipt_used == int(one.taken_at is not None)
    one.head_agrees = agrees
    one.save(update_fields=["head_agrees"])
    book.record("cabinet.receipt-compared", by=actor, at=at, **about(one), agrees=agrees)
    if not agrees:
        raise_each(actor, at, device=one.device, kinds=[AlarmKind.RECEIPT_DIFFERS])


def _open_code(actor: Person, permit_uid: str) -> CabinetOpening:
    """Return the code by which somebody opens a cabinet for a permit, whose receipt is not read yet, or refuse."""
    found = CabinetOpening.objects.select_related("device", "permit__seal", "by")
    is_open = Q(closed_at=None) | Q(back_at__isnull=False)
    one = found.filter(is_open, permit__uid=permit_uid, minutes__isnull=False, receipt_at=None).first()
    if one is None or one.by_id != actor.pk:
        raise NotEntitled(part="keeper")
    return one
