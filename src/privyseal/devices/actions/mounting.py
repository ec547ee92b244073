"""A seal goes into a machine, or out of it: one asks, another agrees, and the signer says so to the machine.

A machine that is lost is told nothing. A seal that was found in it is freed by two all the same, once the signer makes
nothing more for that machine.
"""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from privyseal.custody.models import HandUse
from privyseal.custody.rules import How, SealIsOut
from privyseal.device import signed
from privyseal.device.orders import Order
from privyseal.device.signed import Frame
from privyseal.devices.agreeing import mounted, said_by, to_mount
from privyseal.devices.cabinets import close_openings
from privyseal.devices.locking import locked_device
from privyseal.devices.models import Device, DeviceOrder, DeviceSlot, Mounting
from privyseal.devices.mounted import in_machines
from privyseal.devices.queries import ties_to
from privyseal.devices.rules import (
    STAMPS,
    DeviceAct,
    DeviceDiffers,
    DeviceState,
    SealInMachine,
    check_agrees,
    check_may,
)
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound, OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.moving import locked_seal
from privyseal.seals.models import Seal
from privyseal.seals.queries import seal_visible_to
from privyseal.seals.rules import FINAL, SealKind, SealState
from privyseal.seals.rules.permits import SealNotPhysical
from privyseal.signer.client import Client
from privyseal.signer.device_requests import Ordered
from privyseal.signer.protocol import SignerUnavailable
from privyseal.signer.statement import AnyAssertion

SWEEP: Final = Service("sweep")
_AT_ONCE: Final = 100
_OUT: Final = {"keeper_at__isnull": False, "returned_at": None}


@command("device.ask-mounting")
def ask_mounting(actor: Person, at: datetime, *, device_uid: str, slot: int, seal_uid: str = "") -> str:
    """Ask that a seal goes into a slot, or with none, that whatever is there comes out; return the asking's uid."""
    seal = seal_visible_to(actor, at, seal_uid) if seal_uid else None
    device = locked_device(device_uid)
    _check_two(actor, at, device, seal, act=DeviceAct.MOUNT)
    if not 1 <= slot <= device.slots:
        raise DeviceDiffers(slots=device.slots)
    _check_fits(device, slot, seal)
    mounting = Mounting(device=device, slot=slot, seal=seal, asked_by=actor, asked_at=at)
    try:
        with transaction.atomic():
            mounting.save(force_insert=True)
    except IntegrityError as error:
        raise OutOfTurn(device=device.uid) from error
    book.record("device.mounting-asked", by=actor, at=at, **_about(mounting))
    return mounting.uid


@command("device.decide-mounting")
def decide_mounting(
    actor: Person, at: datetime, *, mounting_uid: str, is_agreed: bool, assertion: AnyAssertion | None = None
) -> str:
    """Agree that a seal goes into a machine or out of it, as another than who asked; or drop it.

    ``assertion`` is what the actor's own passkey said, which was looked at before; without, we vouch for them.
    """
    found = Mounting.objects.filter(uid=mounting_uid).first()
    if found is None:
        raise NotFound(mounting=mounting_uid)
    device = locked_device(Device.objects.values_list("uid", flat=True).get(pk=found.device_id))
    mounting = Mounting.objects.select_related("seal").get(pk=found.pk)
    _check_two(actor, at, device, mounting.seal if is_agreed else None, act=DeviceAct.LET_MOUNT)
    if mounting.decided_at is not None:
        raise OutOfTurn(mounting=mounting_uid)
    if is_agreed:
        check_agrees(actor.pk, asked_by=mounting.asked_by_id)
        mounting.seal = mounting.seal and locked_seal(mounting.seal.uid)
        _check_fits(device, mounting.slot, mounting.seal)
    mounting.device = device
    mounting.decided_by, mounting.decided_at, mounting.is_agreed = actor, at, is_agreed
    is_ordered = is_agreed and device.ended_at is None  # of a lost machine a seal is freed without an order
    mounting.said = said_by(actor, to_mount(mounting), assertion) if is_ordered else None
    mounting.save(update_fields=["decided_by", "decided_at", "is_agreed", "said"])
    if is_agreed:
        book.record("device.mounting-agreed", by=actor, at=at, **_about(mounting), assurance=mounting.assurance)
    else:
        book.record("device.mounting-dropped", by=actor, at=at, **_about(mounting))
    return device.uid


def mount_at_signer(at: datetime, *, signer: Client) -> int:
    """Have the signer order what was agreed to, until it has or the key refuses it; return how many are done.

    Once the signer has stopped a machine, nothing goes into it, and what is there is free without an order.
    """
    done = 0
    can_be = Q(device__ended_at=None) | Q(device__stopped_at__isnull=False)
    waiting = Mounting.objects.filter(can_be, is_agreed=True, done_at=None).order_by("decided_at", "pk")
    for mounting in waiting.select_related("device", "seal", "decided_by")[:_AT_ONCE]:
        try:
            is_free = mounting.device.ended_at is not None and mounting.seal is None
            frame = "" if is_free else signer.order_device(_ordered(mounting))
        except SignerUnavailable:
            break  # it stays agreed to: the sweep asks again
        except Refused as refusal:
            fail_mounting(SWEEP, at, mounting_uid=mounting.uid, code=refusal.code)
            continue
        keep_mounting(SWEEP, at, mounting_uid=mounting.uid, frame=frame)
        done += 1
    return done


@command("device.mount")
def keep_mounting(actor: Actor, at: datetime, *, mounting_uid: str, frame: str) -> None:
    """Put on record that the signer ordered it, and keep the order for the machine; a second time changes nothing.

    With no order, it is the seal of a lost machine that is free.
    """
    found = Mounting.objects.select_related("device").get(uid=mounting_uid)
    device = locked_device(found.device.uid)
    mounting = Mounting.objects.select_related("seal").get(pk=found.pk)
    if mounting.done_at is not None or not mounting.is_agreed:
        return
    if frame and device.ended_at is not None:
        return  # it ended while the signer was asked: no order reaches it, and the signer is asked anew once it knows
    mounting.device, mounting.done_at = device, at
    mounting.save(update_fields=["done_at"])
    held = DeviceSlot.objects.filter(device=device, number=mounting.slot)
    gone = list(held.order_by("pk").values_list("seal", flat=True))
    held.delete()
    for seal in gone:
        close_openings(actor, at, device, seal_id=seal)
    if mounting.seal is not None:
        DeviceSlot.objects.create(device=device, number=mounting.slot, seal=mounting.seal)
        draft, known = SealState.DRAFT.value, SealState.ACTIVE.value
        Seal.objects.filter(pk=mounting.seal.pk, signer_state=draft).update(signer_state=known)  # told when it rests
    if frame:
        number = int(str(signed.said_by_itself(frame, Frame.ORDER)["number"]))
        DeviceOrder.objects.create(device=device, number=number, frame=frame, made_at=at)
    if mounting.seal is not None:
        book.record("device.mounted", by=actor, at=at, **_about(mounting), order=mounting.uid)
    else:
        book.record("device.unmounted", by=actor, at=at, **_about(mounting), order=mounting.uid)


@command("device.fail-mounting")
def fail_mounting(actor: Actor, at: datetime, *, mounting_uid: str, code: str) -> None:
    """Put on record why the key does not order it: what was agreed to is void, and whoever is near asks anew."""
    found = Mounting.objects.select_related("device", "seal").get(uid=mounting_uid)
    found.device = locked_device(found.device.uid)
    waiting = Mounting.objects.filter(pk=found.pk, is_agreed=True, done_at=None)
    if waiting.update(is_agreed=False, refused=code):
        book.record("device.mounting-refused", by=actor, at=at, **_about(found), code=code)


@transaction_required
def _check_two(actor: Person, at: datetime, device: Device, seal: Seal | None, *, act: DeviceAct) -> None:
    """Return if somebody may be one of the two, or refuse: nothing goes into a machine that is lost."""
    is_freed = device.state is DeviceState.LOST and seal is None
    check_may(DeviceAct.FREE if is_freed else act, ties_to(actor, at, device), device.state)


@transaction_required
def _check_fits(device: Device, slot: int, seal: Seal | None) -> None:
    """Return if a slot that is free takes a living rubber seal of the company, or one that is not gives it back.

    A seal that is in somebody's hand goes back to its place first.
    """
    held = DeviceSlot.objects.filter(device=device, number=slot).exists()
    if seal is None:
        if not held:
            raise OutOfTurn(device=device.uid, slot=slot)
        return
    if seal.kind != SealKind.PHYSICAL.value or seal.company_id != device.company_id or seal.state in FINAL:
        raise SealNotPhysical(seal=seal.uid)
    if held or in_machines([seal.pk]):
        raise SealInMachine(seal=seal.uid)
    if device.kind in STAMPS and HandUse.objects.filter(seal=seal, how=How.BY_HAND.value, **_OUT).exists():
        raise SealIsOut(seal=seal.uid)


def _ordered(mounting: Mounting) -> Ordered:
    return Ordered(order=mounting.uid, device=mounting.device.serial, type=Order.MOUNT, agreed=mounted(mounting))


def _about(mounting: Mounting) -> dict[str, str | int | None]:
    seal = mounting.seal.uid if mounting.seal else None
    return {"device": mounting.device.uid, "company": mounting.device.company.uid, "seal": seal, "slot": mounting.slot}
