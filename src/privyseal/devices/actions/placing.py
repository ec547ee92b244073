"""Whose a machine is, who looks after it, and with which others it goes; and locking all of these at once."""

from datetime import datetime
from typing import Final

from privyseal.device.orders import Request
from privyseal.devices.locking import locked_device
from privyseal.devices.models import Device
from privyseal.devices.queries import ties_to
from privyseal.devices.requesting import request_of
from privyseal.devices.rules import DeviceAct, check_may
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

_LONGEST: Final = 40
_MOST: Final = 500


@command("device.place")
def place_device(
    actor: Person, at: datetime, *, device_uid: str, unit_uid: str = "", keeper_uid: str = "", group: str = ""
) -> str:
    """Say to which unit and group a machine belongs, and who looks after it; whatever is empty is nobody's."""
    unit = identity.unit_visible_to(actor, at, unit_uid) if unit_uid else None
    device = locked_device(device_uid)
    check_may(DeviceAct.PLACE, ties_to(actor, at, device), device.state)
    if unit is not None and unit.company_id != device.company_id:
        raise NotFound(unit=unit_uid)
    device.unit, device.keeper, device.group = unit, _keeper(actor, at, device, keeper_uid), group.strip()[:_LONGEST]
    device.save(update_fields=["unit", "keeper", "group"])
    keeper = device.keeper.pseudonym if device.keeper else None
    book.record(
        "device.placed",
        by=actor,
        at=at,
        device=device.uid,
        company=device.company.uid,
        unit=unit.uid if unit else None,
        person=keeper,
    )
    return device.uid


@command("device.ask-group")
def lock_group(actor: Person, at: datetime, *, device_uid: str) -> int:
    """Ask every machine that goes with this one to lock itself; return how many there are."""
    one = locked_device(device_uid)
    check_may(DeviceAct.LOCK, ties_to(actor, at, one), one.state)
    if not one.group:
        raise NotFound(device=device_uid)
    together = Device.objects.filter(company=one.company_id, group=one.group, ending="", enrolled_at__isnull=False)
    devices = list(together.select_for_update(of=("self",)).order_by("pk")[:_MOST])
    for device in devices:
        request_of(device, Request.LOCK, at, by=actor)
    about = {"device": one.uid, "company": one.company.uid}
    book.record("device.group-asked", by=actor, at=at, **about, act=DeviceAct.LOCK.value, devices=len(devices))
    return len(devices)


@transaction_required
def _keeper(actor: Person, at: datetime, device: Device, uid: str) -> Person | None:
    """Return somebody who keeps seals in the machine's company, None for nobody, or refuse."""
    if not uid:
        return None
    keeper = identity.custodians_visible_to(actor, at, device.company_id).filter(pseudonym=uid).first()
    if keeper is None:
        raise NotFound(person=uid, power=Power.CUSTODY.value)
    return keeper
