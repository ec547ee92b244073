"""Machines at the gateway: a real one enrols, tells, is told what it lacks, and nobody speaks in its name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Final, TypeAlias
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from privyseal.device import enrolment, wrapping
from privyseal.device.codes import Holder
from privyseal.device.enrolment import Asked, DeviceKind
from privyseal.device.events import Head, Told
from privyseal.device.hello import LONGEST_WAIT, MOST_SEALED, Hello
from privyseal.device.machine import Machine
from privyseal.device.parts import Identity
from privyseal.device.signed import Frame, FrameKey, opened, signed
from privyseal.devices import actions
from privyseal.devices.models import Device
from privyseal.devices.rules import MOST_PICTURE_BYTES, DeviceAct
from privyseal.gateway.house import House, certificate_in, revoked_in
from privyseal.gateway.patience import Patience
from privyseal.gateway.site import MOST_BYTES, Site
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import Json, canonical, parse, sha256
from privyseal.signer.client import Client
from tests.conftest import recorded
from tests.device.test_machine import Parts

Key: TypeAlias = ec.EllipticCurvePrivateKey
JPEG: Final = b"\xff\xd8\xff\xe0 what lies there"
KEY, AGREEMENT, HOUSE = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))


class Time:
    """A clock that goes on while somebody waits."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pause(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Door:
    """The gateway as a machine finds it, without the wire."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def ask(
        self, path: str, said: Mapping[str, Json] | bytes, method: str = "POST", *, authorization: str = ""
    ) -> tuple[int, dict[str, Json]]:
        body = said if isinstance(said, bytes) else canonical(said)
        statuses: list[str] = []
        self.headers: dict[str, str] = {}
        answer = self._site(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_AUTHORIZATION": authorization,
                "wsgi.input": BytesIO(body),
            },
            lambda status, headers, _error=None: _noting(statuses, status, self.headers.update(headers)),
        )
        body = b"".join(answer)
        return int(statuses[0][:3]), parse(body) if self.headers["Content-Type"] == "application/json" else {
            "der": body.hex()
        }

    def picture(self, serial: str, body: bytes, *, names: bytes = JPEG, key: Key = KEY) -> tuple[int, Json]:
        """Send a picture with a frame that names one; return the status, and the code where there is one."""
        said: dict[str, Json] = {"v": 1, "device": serial, "sha256": sha256(names), "bytes": len(names)}
        frame = signed(Frame.PICTURE, said, key)
        status, answer = self.ask(f"/v1/pictures/{sha256(names)}", body, "PUT", authorization=f"Privyseal {frame}")
        return status, answer.get("code")

    def frames(self, *texts: str) -> tuple[int, Sequence[str]]:
        status, said = self.ask("/v1/frames", {"frames": list(texts)})
        found = said.get("frames", [said.get("code")])
        assert isinstance(found, list)
        return status, [str(one) for one in found]


def _noting(statuses: list[str], status: str, _headers: None) -> Callable[[bytes], object]:
    statuses.append(status)
    return len


@pytest.fixture
def clock(noon: datetime) -> Time:
    return Time(noon)


@pytest.fixture
def door(signer: Client, clock: Time) -> Door:
    return Door(Site(House(HOUSE), signer, clock, pause=clock.pause))


@pytest.fixture
def device(company: Company, zhao: Person, noon: datetime) -> Device:
    serial = f"D-{uuid4().hex[:12].upper()}"
    uid = actions.register(
        zhao, noon, company_uid=company.uid, kind=DeviceKind.HANDHELD, serial=serial, name="三楼", slots=1
    )
    return Device.objects.get(uid=uid)


@pytest.fixture
def machine(door: Door, device: Device, zhao: Person, noon: datetime) -> Machine:
    code = enrolment.new_code()
    secret = enrolment.secret_of(code)
    actions.give_code(zhao, noon, device_uid=device.uid, secret=secret.hex())
    status, said = door.ask("/v1/enrolment", {"frame": _asked(device.serial, secret, noon)})
    assert status == HTTPStatus.OK
    text = str(said["frame"])
    assert said["proof"] == enrolment.answered(secret, device.serial, text)
    told, parts = enrolment.enrolled(text), Parts()
    key = wrapping.unwrapped(told.code_key, AGREEMENT)
    own = Identity(device.serial, KEY, told.signer, told.gateway, Holder(device.serial, "", 1), key)
    return Machine(own, parts, parts.save, at=noon)


def _asked(serial: str, secret: bytes, at: datetime) -> str:
    mine, agreement = (FrameKey.of(key.public_key()) for key in (KEY, AGREEMENT))
    bare = Asked(serial, DeviceKind.HANDHELD, 1, "K6", "1.0", mine, agreement, at)
    return signed(Frame.ENROLMENT, replace(bare, proof=bare.proved(secret)).to_json(), KEY)


def test_a_machine_tells_and_forgets_what_is_kept_whatever_was_cut(
    door: Door, machine: Machine, noon: datetime
) -> None:
    told = machine.told() or ""
    assert door.frames(told)[0] == HTTPStatus.OK  # the answer is lost on the way

    status, (acknowledgement, health) = door.frames(told, machine.hello(noon))
    machine.take(acknowledgement, noon)
    assert (status, machine.told()) == (HTTPStatus.OK, None)

    machine.take(health, noon)  # it was just enrolled, and is asked how it is
    assert [event["type"] for event in machine.kept.unsent] == ["health"]


def test_a_lock_reaches_a_machine_that_waits(
    door: Door, machine: Machine, device: Device, gu: Person, noon: datetime
) -> None:
    actions.ask(gu, noon, device_uid=device.uid, act=DeviceAct.LOCK)
    _, frames = door.frames(machine.hello(noon, wait=LONGEST_WAIT))
    for frame in frames:
        machine.take(frame, noon)
    assert machine.kept.is_locked

    _, (acknowledgement,) = door.frames(machine.told() or "")
    machine.take(acknowledgement, noon)
    device.refresh_from_db()
    assert device.is_locked


def test_a_machine_that_locked_itself_is_shown_as_locked(
    door: Door, machine: Machine, device: Device, noon: datetime
) -> None:
    alarm = machine.kept.head.next(device.serial, Told.ALARM, noon, said={"kind": "tamper", "locked": True})
    status, _ = door.frames(machine.told() or "", _events(machine, alarm.to_json()))

    device.refresh_from_db()
    assert (status, device.is_locked) == (HTTPStatus.OK, True)


def test_a_machine_that_waits_for_nothing_is_answered_after_its_time(
    door: Door, machine: Machine, clock: Time, noon: datetime
) -> None:
    for frame in door.frames(machine.hello(noon))[1]:
        machine.take(frame, noon)
    assert door.frames(machine.hello(noon, wait=20)) == (HTTPStatus.OK, [])
    assert clock.at == noon + timedelta(seconds=20)


def test_a_clock_that_is_wrong_is_set_by_the_signer(door: Door, machine: Machine, noon: datetime) -> None:
    wrong = noon + timedelta(days=300)
    _, frames = door.frames(machine.hello(wrong))

    for frame in frames:
        machine.take(frame, wrong)

    assert noon <= machine.kept.seen_at <= datetime.now(UTC)


def test_after_a_gap_a_machine_learns_from_where_to_send(door: Door, machine: Machine, noon: datetime) -> None:
    machine.photograph(noon)
    first, rest = machine.kept.unsent
    status, (acknowledgement,) = door.frames(_events(machine, rest))
    machine.take(acknowledgement, noon)

    assert status == HTTPStatus.CONFLICT
    assert len(machine.kept.unsent) == len((first, rest))
    assert door.frames(machine.told() or "")[0] == HTTPStatus.OK


def test_nobody_speaks_in_a_machines_name_and_nothing_broken_gets_in(
    door: Door, machine: Machine, device: Device, noon: datetime
) -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())
    forged = signed(Frame.EVENTS, {"v": 1, "device": device.serial, "events": []}, stranger)
    unknown = signed(Frame.EVENTS, {"v": 1, "device": "D-NOBODY", "events": []}, stranger)

    assert door.frames(forged) == (HTTPStatus.UNAUTHORIZED, ["frame-forged"])
    assert door.frames(unknown) == (HTTPStatus.UNAUTHORIZED, ["device-unknown"])
    assert door.frames(machine.hello(noon), unknown) == (HTTPStatus.BAD_REQUEST, ["frame-broken"])
    assert door.frames("a.b.c") == (HTTPStatus.BAD_REQUEST, ["frame-broken"])
    assert door.ask("/v1/frames", b"[") == (HTTPStatus.BAD_REQUEST, {"code": "frame-broken"})
    assert door.ask("/v1/frames", {"frames": []})[0] == HTTPStatus.BAD_REQUEST
    assert door.ask("/v1/frames", b" " * (MOST_BYTES + 1))[0] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert door.ask("/v1/elsewhere", {})[0] == HTTPStatus.NOT_FOUND
    refused = (HTTPStatus.UNAUTHORIZED, {"code": "enrolment-refused"})
    assert door.ask("/v1/enrolment", {"frame": _asked(device.serial, bytes(32), noon)}) == refused
    assert not device.events.exists()


def test_a_lost_machine_locks_itself_and_is_heard_no_more(
    door: Door, machine: Machine, device: Device, gu: Person, noon: datetime
) -> None:
    actions.end_device(gu, noon, device_uid=device.uid, act=DeviceAct.LOSE)
    _, (lock,) = door.frames(machine.hello(noon))
    machine.take(lock, noon)

    assert machine.kept.is_locked
    assert door.frames(machine.hello(noon)) == (HTTPStatus.UNAUTHORIZED, ["device-revoked"])
    assert door.frames(machine.told() or "") == (HTTPStatus.UNAUTHORIZED, ["device-revoked"])


def test_a_picture_is_kept_once_after_an_event_named_it_and_no_other(
    door: Door, machine: Machine, device: Device, gu: Person, noon: datetime
) -> None:
    assert door.picture(device.serial, JPEG) == (HTTPStatus.CONFLICT, "picture-unknown")
    said: list[dict[str, Json]] = [
        {"impression": 1, "failed": False, "sha256": sha256(one), "bytes": len(one)} for one in (JPEG, b"no picture")
    ]
    first = machine.kept.head.next(device.serial, Told.PHOTOGRAPHED, noon, said=said[0])
    second = Head.after(first).next(device.serial, Told.PHOTOGRAPHED, noon, said=said[1])
    door.frames(machine.told() or "", _events(machine, first.to_json(), second.to_json()))

    assert door.picture(device.serial, JPEG[:-1] + b"!") == (HTTPStatus.BAD_REQUEST, "frame-broken")
    assert door.picture(device.serial, b"no picture", names=b"no picture") == (HTTPStatus.BAD_REQUEST, "frame-broken")
    assert door.picture(device.serial, JPEG, key=HOUSE) == (HTTPStatus.UNAUTHORIZED, "frame-forged")
    assert door.picture(device.serial, bytes(MOST_PICTURE_BYTES + 1)) == (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too-large",
    )
    assert door.ask(f"/v1/pictures/{sha256(JPEG)}", JPEG, "PUT")[0] == HTTPStatus.BAD_REQUEST
    assert not device.pictures.filter(received_at__isnull=False).exists()

    assert [door.picture(device.serial, JPEG)[0] for _ in range(2)] == [HTTPStatus.CREATED, HTTPStatus.OK]
    assert b"".join(settings.VAULT.parts(sha256(JPEG))) == JPEG
    assert recorded().count("device.pictured") == 1
    actions.end_device(gu, noon, device_uid=device.uid, act=DeviceAct.LOSE)
    assert door.picture(device.serial, JPEG) == (HTTPStatus.UNAUTHORIZED, "device-revoked")


def test_a_picture_that_was_carried_comes_sealed_and_its_machine_is_told_that_it_is_kept(
    door: Door, machine: Machine, device: Device, noon: datetime
) -> None:
    named: dict[str, Json] = {"sha256": sha256(JPEG), "bytes": len(JPEG)}
    told = machine.kept.head.next(
        device.serial, Told.PHOTOGRAPHED, noon, said={"impression": 1, "failed": False, **named}
    )
    door.frames(machine.told() or "", _events(machine, told.to_json()))
    own: dict[str, Json] = {"v": 1, "device": device.serial, **named}
    frame, house = signed(Frame.PICTURE, own, KEY), FrameKey.of(HOUSE.public_key())

    def carried(body: bytes) -> tuple[int, Mapping[str, Json]]:
        return door.ask(f"/v1/carried/{sha256(JPEG)}", body, "PUT", authorization=f"Privyseal {frame}")

    to_another = wrapping.wrapped(JPEG, FrameKey.of(KEY.public_key()))
    for body in (JPEG, to_another.encode(), wrapping.wrapped(b"no picture", house).encode()):
        assert carried(body) == (HTTPStatus.BAD_REQUEST, {"code": "frame-broken"})
    assert carried(bytes(MOST_SEALED + 1))[0] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    for status in (HTTPStatus.CREATED, HTTPStatus.OK):
        found, said = carried(wrapping.wrapped(JPEG, house).encode())
        assert isinstance(said["frames"], list)
        assert (found, [opened(str(one), Frame.KEPT, house) for one in said["frames"]]) == (status, [own])
    assert b"".join(settings.VAULT.parts(sha256(JPEG))) == JPEG


def _events(machine: Machine, *events: Mapping[str, Json]) -> str:
    said: Final[dict[str, Json]] = {"v": 1, "device": events[0]["device"], "events": list(events)}
    return signed(Frame.EVENTS, said, KEY)


def test_a_machine_that_asks_too_often_is_told_when_to_come_again_and_nobody_else_pays_for_it(
    signer: Client, clock: Time, machine: Machine, device: Device, noon: datetime
) -> None:
    door = Door(Site(House(HOUSE), signer, clock, patience=Patience(burst=2, a_second=0.25)))
    said: dict[str, Json] = {**Hello(device.serial, noon, 0, 0, 0, ()).to_json()}
    for _ in range(3):
        assert door.frames(signed(Frame.HELLO, said, HOUSE))[0] == HTTPStatus.UNAUTHORIZED

    assert [door.frames(machine.hello(noon))[0] for _ in range(3)] == [200, 200, 429]
    assert door.headers["Retry-After"] == "4"
    clock.pause(3)
    assert door.frames(machine.hello(noon))[1] == ["too-often"]
    assert door.ask("/v1/carried", {"frames": [machine.hello(noon)]})[0] == HTTPStatus.OK
    clock.pause(1)
    assert door.frames(machine.hello(noon))[0] == HTTPStatus.OK


def test_the_certificate_of_a_lost_machine_is_on_the_list_and_refused_by_whoever_reads_it(
    door: Door, machine: Machine, device: Device, gu: Person, signer: Client, clock: Time, tmp_path: Path
) -> None:
    house, at = House(HOUSE), clock()
    certificate_in(tmp_path, house, ("gw",), signer=signer)
    number = int(Device.objects.get(pk=device.pk).certificate, 16)
    assert number not in _listed(door)
    actions.end_device(gu, at, device_uid=device.uid, act=DeviceAct.LOSE)
    actions.stop_at_signer(at, signer=signer)
    clock.pause(-60)  # it was ahead, and is set back

    listed = _listed(door)

    assert number in listed
    pem = revoked_in(tmp_path, signer=signer).read_bytes()
    ca = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes())
    crl = x509.load_pem_x509_crl(pem)
    key = ca.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert crl.is_signature_valid(key)
    assert crl.get_revoked_certificate_by_serial_number(number) is not None


def _listed(door: Door) -> set[int]:
    status, said = door.ask("/v1/revoked", {}, "GET")
    assert (status, door.headers["Content-Type"]) == (HTTPStatus.OK, "application/pkix-crl")
    return {one.serial_number for one in x509.load_der_x509_crl(bytes.fromhex(str(said["der"])))}
