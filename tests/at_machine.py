"""A machine with the company's rubber seal in it, for the tests that stamp with it."""

from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Final
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from privyseal.device import enrolment, wrapping
from privyseal.device.codes import Holder
from privyseal.device.enrolment import Asked, DeviceKind, Enrolled
from privyseal.device.hello import Picture
from privyseal.device.orders import Order
from privyseal.device.parts import Identity
from privyseal.device.signed import Frame, FrameKey, signed
from privyseal.device.watched import Watched
from privyseal.devices import actions
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.devices.hearing import awaited_picture
from privyseal.devices.models import Device, MachineUse
from privyseal.gateway.exchange import Exchange
from privyseal.gateway.house import House
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import sha256
from privyseal.sealing.signing import web_key
from privyseal.seals.models import Permit, Seal
from privyseal.signer.agreements import Mount
from privyseal.signer.client import Client
from privyseal.signer.device_requests import Ordered
from privyseal.signer.statement import Approved, vouch
from tests.by_hand import permitted
from tests.device.test_machine import Parts

KEY, AGREEMENT, HOUSE_KEY = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
HOUSE: Final = House(HOUSE_KEY)


def page(number: int) -> bytes:
    """Return what the camera of a machine sees, another one for each number."""
    written = BytesIO()
    Image.new("RGB", (40, 56), (200, 30 * number % 255, 90)).save(written, "JPEG")
    return written.getvalue()


@dataclass
class Bench:
    """A machine with the company's rubber seal in it, at the in-process exchange."""

    device: Device
    machine: Watched
    parts: Parts
    signer: Client
    pictures: dict[str, bytes]
    identity: Identity

    def restart(self, at: datetime) -> None:
        """Let power go and come."""
        self.machine = Watched(self.identity, self.parts, self.parts.save, kept=self.parts.disk, at=at)

    def sync(self, at: datetime) -> None:
        """Tell everything, take what it is answered, and send the pictures."""
        while True:
            exchange, told = Exchange(HOUSE, self.signer), self.machine.told()
            for frame in (*([told] if told else []), self.machine.hello(at)):
                exchange.take(frame, at)
            for frame in exchange.answer(at):
                self.machine.take(frame, at)
            if not self.machine.kept.unsent:
                break
        for digest, data in self.pictures.items():
            frame = signed(Frame.PICTURE, Picture(self.device.serial, digest, len(data)).to_json(), KEY)
            actions.take_picture(GATEWAY, at, picture=awaited_picture(frame, at, sha256=digest), data=data)
        self.pictures.clear()

    def stamp(self, at: datetime, *, settle: bool = True) -> None:
        """Make one impression, photographed and settled."""
        assert [self.machine.reserve(at), self.machine.fire(at)] == [None, None]
        self.parts.picture = page(self.parts.counter)
        picture = self.machine.photograph(at)
        if picture is not None:
            self.pictures[sha256(picture)] = picture
        assert not settle or self.machine.commit(at) is None


@pytest.fixture
def bench(stamp: Seal, company: Company, zhao: Person, gu: Person, signer: Client, noon: datetime) -> Bench:
    return benched(stamp, company, zhao, gu, signer, noon)


@pytest.fixture
def waited(
    bench: Bench, stamp: Seal, contract: str, wang: Person, jian: Person, li: Person, zhao: Person, noon: datetime
) -> Permit:
    """A permit that was approved when one other had to see each impression at the machine first."""
    actions.set_confirmations(zhao, noon, device_uid=bench.device.uid, confirmations=1)
    return permitted(stamp, contract, wang, jian, li, noon)


def benched(
    seal: Seal,
    company: Company,
    manager: Person,
    keeper: Person,
    signer: Client,
    at: datetime,
    *,
    is_through_cloud: bool = False,
    kind: DeviceKind = DeviceKind.HANDHELD,
) -> Bench:
    """Put a seal into a machine that is enrolled for it."""
    serial = f"M-{uuid4().hex[:12].upper()}"
    uid = actions.register(
        manager,
        at,
        company_uid=company.uid,
        kind=kind,
        serial=serial,
        name="前台",
        slots=1,
        is_through_cloud=is_through_cloud,
    )
    told, parts = enrolled(Device.objects.get(uid=uid), manager, at, signer), Parts()
    holder = Holder(serial, seal.uid, told.epoch)
    identity = Identity(serial, KEY, told.signer, told.gateway, holder, wrapping.unwrapped(told.code_key, AGREEMENT))
    identity = replace(identity, is_cabinet=kind is DeviceKind.CABINET, names_epochs=told.names_epochs)
    parts.seals = frozenset({seal.uid})
    machine = Watched(identity, parts, parts.save, at=at)
    asked = actions.ask_mounting(keeper, at, device_uid=uid, slot=1, seal_uid=seal.uid)
    actions.decide_mounting(manager, at, mounting_uid=asked, is_agreed=True)
    actions.mount_at_signer(at, signer=signer)
    made = Bench(Device.objects.get(uid=uid), machine, parts, signer, {}, identity)
    made.sync(at)
    assert machine.kept.mounted == {"1": seal.uid}
    return made


def enrolled(
    device: Device,
    manager: Person,
    at: datetime,
    signer: Client,
    *,
    key: ec.EllipticCurvePrivateKey = KEY,
    reads_epochs: bool = True,
) -> Enrolled:
    """Have a device enrolled by a code; by another key it is enrolled anew."""
    code = enrolment.new_code()
    secret = enrolment.secret_of(code)
    actions.give_code(manager, at, device_uid=device.uid, secret=secret.hex())
    kind, public = DeviceKind(device.kind), _public(AGREEMENT)
    bare = Asked(device.serial, kind, device.slots, "K6", "1.0", _public(key), public, at)
    said = replace(bare, proof=bare.proved(secret), reads_epochs=reads_epochs)
    frame = signed(Frame.ENROLMENT, said.to_json(), key)
    text, _ = actions.enrol(at, frame=frame, gateway=HOUSE.public, broker="", signer=signer)
    return enrolment.enrolled(text)


def mount_at(
    signer: Client,
    serial: str,
    slot: int,
    seal: Seal,
    *,
    kind: DeviceKind = DeviceKind.DESKTOP,
    is_in: bool = True,
) -> str:
    """Have the signer know that a machine holds a seal, or no more, as somebody agreed to; return its order."""
    agreed = Mount(order=uuid4().hex, device=serial, kind=kind, slot=slot, seal=seal.uid, is_in=is_in)
    said = vouch(agreed.to_bytes(), approver=uuid4().hex, web_key=web_key())
    order = Approved(agreed.to_bytes(), (said,))
    return signer.order_device(Ordered(order=agreed.order, device=serial, type=Order.MOUNT, agreed=order))


def _public(key: ec.EllipticCurvePrivateKey) -> FrameKey:
    return FrameKey.of(key.public_key())


def opened(bench: Bench, permit: Permit, operator: Person, at: datetime, *, minutes: int = 0) -> MachineUse:
    uid, _ = actions.open_machine(
        operator,
        at,
        command_id=uuid4(),
        permit_uid=permit.uid,
        line_id=permit.lines.get().pk,
        minutes=minutes,
        signer=bench.signer,
    )
    return MachineUse.objects.get(uid=uid)
