"""Ask a device what is safe for anybody to ask, or end it: lost, or retired. The signer is told until it knows."""

from datetime import datetime
from typing import Final

from privyseal.device.orders import Request
from privyseal.devices.alarming import raise_lost
from privyseal.devices.cabinets import close_openings
from privyseal.devices.closing import close_unheard
from privyseal.devices.exposure import exposure_of
from privyseal.devices.hearing import devices_to_stop
from privyseal.devices.locking import locked_device
from privyseal.devices.models import Device, DeviceOrder, MachineUse
from privyseal.devices.queries import ties_to
from privyseal.devices.requesting import request_of
from privyseal.devices.rules import REQUESTED, DeviceAct, DeviceState, SealInMachine, check_may
from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.signer.client import Client

SWEEP: Final = Service("sweep")
_AT_ONCE: Final = 200
_OF_A_USE: Final = ("device", "turn__use__permit__seal")
_ENDINGS: Final = {DeviceAct.LOSE: DeviceState.LOST, DeviceAct.RETIRE: DeviceState.RETIRED}


@command("device.ask")
def ask(actor: Person, at: datetime, *, device_uid: str, act: DeviceAct) -> int:
    """Ask a device to lock itself, to make itself heard or to tell how it is; return the request's number."""
    device = locked_device(device_uid)
    check_may(act, ties_to(actor, at, device), device.state)
    number = request_of(device, REQUESTED[act], at, by=actor)
    book.record("device.asked", by=actor, at=at, device=device.uid, act=act.value, number=number)
    return number


@command("device.end")
def end_device(actor: Person, at: datetime, *, device_uid: str, act: DeviceAct) -> str:
    """Report a device lost, or retire it: it is asked to lock itself, and nothing opens it from now on."""
    device = locked_device(device_uid)
    check_may(act, ties_to(actor, at, device), device.state)
    if act is DeviceAct.RETIRE and device.places.exists():
        raise SealInMachine(device=device.uid)
    if device.enrolled_at is not None:
        request_of(device, Request.LOCK, at, by=actor)
    device.ended_at, device.ended_by, device.ending = at, actor, _ENDINGS[act].value
    device.save(update_fields=["ended_at", "ended_by", "ending"])
    bound = exposure_of(device, at)
    if act is DeviceAct.LOSE:
        raise_lost(actor, at, device=device)
    _end_uses(actor, at, device)
    if act is DeviceAct.LOSE:
        book.record(
            "device.lost",
            by=actor,
            at=at,
            device=device.uid,
            company=device.company.uid,
            grants=bound.grants,
            impressions=bound.impressions,
        )
    else:
        book.record("device.retired", by=actor, at=at, device=device.uid, company=device.company.uid)
    return device.uid


def stop_at_signer(at: datetime, *, signer: Client) -> int:
    """Have the signer make nothing more for devices that have ended; return of how many it was told."""
    told = 0
    for device in devices_to_stop()[:_AT_ONCE]:
        try:
            signer.end_device(device.serial)
        except Refused:
            break
        note_stopped(SWEEP, at, device_uid=device.uid)
        told += 1
    return told


@command("device.stop")
def note_stopped(actor: Actor, at: datetime, *, device_uid: str) -> None:
    device = locked_device(device_uid)
    if device.stopped_at is None:
        device.stopped_at = at
        device.save(update_fields=["stopped_at"])
        book.record("device.stopped-at-signer", by=actor, at=at, device=device.uid)


@transaction_required
def _end_uses(actor: Actor, at: datetime, device: Device) -> None:
    """Hand out no ticket any more, and leave no use open of which nobody will hear."""
    DeviceOrder.objects.filter(device=device, withdrawn_at=None).exclude(ticket="").update(withdrawn_at=at)
    for use in MachineUse.objects.filter(device=device, closed_at=None).select_related(*_OF_A_USE).order_by("pk"):
        use.withdrawn_at = use.withdrawn_at or at
        use.save(update_fields=["withdrawn_at"])
        close_unheard(actor, at, use)
    close_openings(actor, at, device)
