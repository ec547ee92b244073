"""A machine with two rubber seals in it: one that may be opened, one that a code is out for, for ``access.txt``."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.device import enrolment
from privyseal.device.enrolment import Asked, DeviceKind
from privyseal.device.signed import Frame, FrameKey, signed
from privyseal.devices import actions
from privyseal.devices.models import Device, DeviceSlot
from privyseal.identity.models import Company, Person
from privyseal.seals.models import Permit
from privyseal.signer.client import Client
from tests.at_machine import mount_at

KEY, AGREEMENT, HOUSE = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
_MINUTES: Final = 60


@dataclass(frozen=True, slots=True)
class AtMachine:
    """The permits of both seals, the line of the one that may be opened, and the use that has a code."""

    free: str
    line: int
    coded: str
    use: str


def at_machine(
    people: Mapping[str, Person], at: datetime, company: Company, permits: tuple[Permit, Permit], signer: Client
) -> AtMachine:
    zhao, wang = people["zhao"], people["wang"]
    free, coded = permits
    serial, code = f"E-{uuid4().hex[:12].upper()}", enrolment.new_code()
    uid = actions.register(
        zhao, at, company_uid=company.uid, kind=DeviceKind.DESKTOP, serial=serial, name="台式用印机", slots=2
    )
    for slot, permit in enumerate(permits, start=1):
        DeviceSlot.objects.create(device=Device.objects.get(uid=uid), number=slot, seal=permit.seal)
    secret = enrolment.secret_of(code)
    actions.give_code(zhao, at, device_uid=uid, secret=secret.hex())
    mine, agreement, house = (FrameKey.of(key.public_key()) for key in (KEY, AGREEMENT, HOUSE))
    bare = Asked(serial, DeviceKind.DESKTOP, 2, "K6", "1.0", mine, agreement, at)
    frame = signed(Frame.ENROLMENT, replace(bare, proof=bare.proved(secret)).to_json(), KEY)
    actions.enrol(at, frame=frame, gateway=house, broker="", signer=signer)
    for slot, permit in enumerate(permits, start=1):
        mount_at(signer, serial, slot, permit.seal)
    use, _digits = actions.open_machine(
        wang,
        at,
        command_id=uuid4(),
        permit_uid=coded.uid,
        line_id=coded.lines.get().pk,
        minutes=_MINUTES,
        signer=signer,
    )
    return AtMachine(free.uid, free.lines.get().pk, coded.uid, use)
