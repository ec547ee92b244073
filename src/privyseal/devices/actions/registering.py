"""Write down that a company has a machine; it is heard only once it is enrolled."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from privyseal.device.enrolment import MOST_SLOTS, DeviceKind
from privyseal.device.events import SERIAL
from privyseal.devices.models import Device
from privyseal.devices.rules import DeviceDiffers, SerialTaken
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.ledger import book
from privyseal.ledger.commands import command

_LONGEST_NAME: Final = 40


@command("device.register")
def register(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    kind: DeviceKind,
    serial: str,
    name: str,
    slots: int,
    is_through_cloud: bool = False,
) -> str:
    """Register a machine of a company that one manages; return its uid."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    said, number = name.strip()[:_LONGEST_NAME], serial.strip().upper()
    if not said or not SERIAL.fullmatch(number) or not 1 <= slots <= MOST_SLOTS:
        raise DeviceDiffers(slots=slots)
    device = Device(company=company, kind=kind.value, serial=number, name=said, slots=slots)
    device.is_through_cloud = is_through_cloud
    device.registered_by, device.registered_at = actor, at
    try:
        with transaction.atomic():
            device.save(force_insert=True)
    except IntegrityError as error:
        raise SerialTaken from error
    book.record(
        "device.registered",
        by=actor,
        at=at,
        device=device.uid,
        company=company.uid,
        of=kind.value,
        slots=slots,
        is_through_cloud=is_through_cloud,
    )
    return device.uid
