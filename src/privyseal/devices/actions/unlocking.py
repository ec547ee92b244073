"""A locked machine is unlocked: one who looked at it asks, another agrees, and the signer orders it."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from privyseal.device import signed
from privyseal.device.orders import Order
from privyseal.device.signed import Frame
from privyseal.devices.agreeing import said_by, to_unlock, unlocked
from privyseal.devices.locking import locked_device
from privyseal.devices.models import Device, DeviceEvent, DeviceOrder, Unlocking
from privyseal.devices.queries import ties_to
from privyseal.devices.rules import ALARMING, Because, DeviceAct, check_agrees, check_may
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound, OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.signer.client import Client
from privyseal.signer.device_requests import Ordered
from privyseal.signer.protocol import SignerUnavailable
from privyseal.signer.statement import AnyAssertion

SWEEP: Final = Service("sweep")
_AT_ONCE: Final = 100


@command("device.ask-unlocking")
def ask_unlocking(actor: Person, at: datetime, *, device_uid: str, because: Because) -> str:
    """Ask that a locked machine is unlocked, as one who knows why it may be; return the asking's uid."""
    device = locked_device(device_uid)
    check_may(DeviceAct.UNLOCK, ties_to(actor, at, device), device.state)
    if not device.is_locked:
        raise OutOfTurn(device=device.uid)
    unlocking = Unlocking(device=device, because=because.value, known=device.known, asked_by=actor, asked_at=at)
    try:
        with transaction.atomic():
            unlocking.save(force_insert=True)
    except IntegrityError as error:
        raise OutOfTurn(device=device.uid) from error
    about = {"device": device.uid, "company": device.company.uid}
    book.record("device.unlocking-asked", by=actor, at=at, **about, because=because.value)
    return unlocking.uid


@command("device.decide-unlocking")
def decide_unlocking(
    actor: Person, at: datetime, *, unlocking_uid: str, is_agreed: bool, assertion: AnyAssertion | None = None
) -> str:
    """Agree that a machine is unlocked, as another than who asked; or drop it.

    ``assertion`` is what the actor's own passkey said, which was looked at before; without, we vouch for them.
    """
    found = Unlocking.objects.select_related("device").filter(uid=unlocking_uid).first()
    if found is None:
        raise NotFound(unlocking=unlocking_uid)
    device = locked_device(found.device.uid)
    unlocking = Unlocking.objects.get(pk=found.pk)
    check_may(DeviceAct.LET_OPEN, ties_to(actor, at, device), device.state)
    if unlocking.decided_at is not None:
        raise OutOfTurn(unlocking=unlocking_uid)
    if is_agreed:
        check_agrees(actor.pk, asked_by=unlocking.asked_by_id)
        _check_quiet(device, unlocking)
    unlocking.device = device
    unlocking.decided_by, unlocking.decided_at, unlocking.is_agreed = actor, at, is_agreed
    unlocking.said = said_by(actor, to_unlock(unlocking), assertion) if is_agreed else None
    unlocking.save(update_fields=["decided_by", "decided_at", "is_agreed", "said"])
    about = {"device": device.uid, "company": device.company.uid}
    if is_agreed:
        made_of = unlocking.assurance
        book.record("device.unlocking-agreed", by=actor, at=at, **about, because=unlocking.because, assurance=made_of)
    else:
        book.record("device.unlocking-dropped", by=actor, at=at, **about)
    return device.uid


def unlock_at_signer(at: datetime, *, signer: Client) -> int:
    """Have the signer order what was agreed to, until it has or the key refuses it; return how many it ordered."""
    ordered = 0
    waiting = Unlocking.objects.filter(is_agreed=True, done_at=None).order_by("decided_at", "pk")
    for unlocking in waiting.select_related("device", "decided_by")[:_AT_ONCE]:
        try:
            frame = signer.order_device(_order(unlocking))
        except SignerUnavailable:
            break  # it stays agreed to: the sweep asks again
        except Refused as refusal:
            fail_unlocking(SWEEP, at, unlocking_uid=unlocking.uid, code=refusal.code)
            continue
        keep_unlocking(SWEEP, at, unlocking_uid=unlocking.uid, frame=frame)
        ordered += 1
    return ordered


@command("device.unlock")
def keep_unlocking(actor: Actor, at: datetime, *, unlocking_uid: str, frame: str) -> None:
    """Put on record that the signer ordered it, and keep the order for the machine; a second time changes nothing."""
    found = Unlocking.objects.select_related("device").get(uid=unlocking_uid)
    device = locked_device(found.device.uid)
    if not Unlocking.objects.filter(pk=found.pk, done_at=None).update(done_at=at):
        return
    number = int(str(signed.said_by_itself(frame, Frame.ORDER)["number"]))
    DeviceOrder.objects.create(device=device, number=number, frame=frame, made_at=at)
    book.record("device.unlocking-ordered", by=actor, at=at, device=device.uid, company=device.company.uid)


@command("device.fail-unlocking")
def fail_unlocking(actor: Actor, at: datetime, *, unlocking_uid: str, code: str) -> None:
    """Put on record why the key does not order it: the agreement is void, and whoever looks again asks anew."""
    found = Unlocking.objects.select_related("device").get(uid=unlocking_uid)
    device = locked_device(found.device.uid)
    if not Unlocking.objects.filter(pk=found.pk, is_agreed=True, done_at=None).update(is_agreed=False):
        return
    about = {"device": device.uid, "company": device.company.uid}
    book.record("device.unlocking-refused", by=actor, at=at, **about, code=code)


def _order(unlocking: Unlocking) -> Ordered:
    serial = unlocking.device.serial
    return Ordered(order=unlocking.uid, device=serial, type=Order.UNLOCK, agreed=unlocked(unlocking))


@transaction_required
def _check_quiet(device: Device, unlocking: Unlocking) -> None:
    """Return if it gave no alarm since it was asked for: whoever asked knew of none, and looks again."""
    since = DeviceEvent.objects.filter(device=device, epoch=device.epoch, number__gt=unlocking.known)
    if not device.is_locked or since.filter(type__in=[told.value for told in ALARMING]).exists():
        raise OutOfTurn(device=device.uid)
