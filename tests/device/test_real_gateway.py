"""A simulated machine at the real gateway: a process of its own over TLS, a database that commits, a signer."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection, transaction

from privyseal.device import enrolment
from privyseal.device.enrolment import DeviceKind
from privyseal.device.events import Told
from privyseal.device.hello import LONGEST_WAIT
from privyseal.device.parts import Cannot
from privyseal.device.signed import Frame, claimed, said_by_itself, signed
from privyseal.device.way import GatewayAway, Way
from privyseal.devices import actions
from privyseal.devices.models import Device as Row
from privyseal.devices.models import MachineUse
from privyseal.devices.rules import DeviceAct, SealNotInMachine
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import Json
from privyseal.seals.models import Permit, Seal
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from privyseal.simulator.device import Device
from privyseal.simulator.home import Home
from tests.at_machine import page
from tests.running.served import eventually, free_port

WAITING: Final = 6
_HOST: Final = "127.0.0.1"
_BYTES: Final = 1 << 16


@pytest.fixture
def db(committed: str) -> str:
    return committed


class Relay:
    """The network between a machine and its gateway. Cut, it takes what a machine sends and loses the answer."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listener = socket.create_server((_HOST, 0))
        self.is_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"https://{_HOST}:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._carry, args=self._listener.accept()[:1], daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection((_HOST, self._to)) as far:
            back = threading.Thread(target=self._pass, args=(far, near, lambda: self.is_cut), daemon=True)
            back.start()
            self._pass(near, far, lambda: False)
            back.join()

    def _pass(self, source: socket.socket, to: socket.socket, is_lost: Callable[[], bool]) -> None:
        with suppress(OSError):
            while (data := source.recv(_BYTES)) and not is_lost():
                to.sendall(data)
        for end in (source, to):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Gateway:
    process: subprocess.Popen[bytes]
    port: int

    @property
    def address(self) -> str:
        return f"https://{_HOST}:{self.port}"

    def answers(self) -> bool:
        with suppress(GatewayAway), closing(Way(self.address, None)) as way:
            return way.enrolment("").status == HTTPStatus.BAD_REQUEST
        return False


@contextmanager
def standing(folder: Path, database: str, signer_folder: Path) -> Iterator[Gateway]:
    own = {"DATA": str(folder / "data"), "GATEWAY_PORT": str(port := free_port()), "DATABASE_URL": database}
    own["SIGNER_SOCKET"] = str(signer_folder / "signer.sock")
    environment = {**os.environ, **{f"PRIVYSEAL_{name}": value for name, value in own.items()}}
    command = [sys.executable, "-m", "privyseal.config.gatewayserver"]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stderr=log, stdout=log, env=environment) as own_:
        try:
            gateway = Gateway(own_, port)
            eventually(gateway.answers)
            yield gateway
        finally:
            own_.terminate()


@pytest.fixture
def gateway(tmp_path: Path, db: str, public: Public, signer_folder: Path) -> Iterator[Gateway]:
    with standing(tmp_path, db, signer_folder) as found:
        yield found


@pytest.fixture
def relay(gateway: Gateway) -> Iterator[Relay]:
    with closing(Relay(gateway.port)) as found:
        yield found


def enrolled(
    manager: Person, company: Company, address: str, folder: Path, serial: str, *, kind: DeviceKind = DeviceKind.CABINET
) -> Device:
    """Return a machine that a manager registered, and that somebody typed the code of into."""
    at, code, slots = datetime.now(UTC), enrolment.new_code(), 1 if kind is DeviceKind.HANDHELD else 2
    uid = actions.register(manager, at, company_uid=company.uid, kind=kind, serial=serial, name="三楼", slots=slots)
    actions.give_code(manager, at, device_uid=uid, secret=enrolment.secret_of(code).hex())
    home = Home(folder)
    own = home.own(serial=serial, kind=kind.value, slots=slots)
    device = Device(home, own, lambda _, number: page(number), lambda: datetime.now(UTC))
    assert device.enrol(address, enrolment.new_code()) == "enrolment-refused"
    assert device.enrol(address, code) is None
    return device


def story_of(serial: str) -> tuple[list[int], str]:
    """Return the numbers of all events that are kept of a machine, and the head of its chain."""
    row = Row.objects.get(serial=serial)
    return [*row.events.order_by("pk").values_list("number", flat=True)], row.head


def connections(more: str = "true") -> int:
    """Count the connections to this database but our own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            f" AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND {more}"
        )
        return int(cursor.fetchone()[0])


def test_a_simulated_machine_lives_at_the_real_gateway(
    gateway: Gateway, relay: Relay, company: Company, zhao: Person, gu: Person, folder: Path
) -> None:
    with ExitStack() as stack:
        device, other = (
            stack.enter_context(closing(enrolled(zhao, company, relay.address, folder / serial, serial)))
            for serial in ("REAL-1", "REAL-2")
        )
        _tells_over_cuts(device, relay)
        _nobody_else_is_heard(device, other)
        _is_locked_while_it_waits(device, gu)
        _is_lost_with_events_to_tell(other, gu)
        _ends_with_its_gateway(device, gateway)


def _tells_over_cuts(device: Device, relay: Relay) -> None:
    """The answer is lost, everything comes again, also four times at once: nothing is lost, and nothing there twice."""
    assert device.exchange("console") is None
    first = Row.objects.get(serial=device.own.serial).certificate
    assert device.renew("console") is None
    assert Row.objects.get(serial=device.own.serial).certificate not in {"", first}
    relay.is_cut = True
    device.at_it(lambda machine, at: machine.door_shut(0, at))
    assert device.exchange("console") == "gateway-away"
    assert device.machine is not None
    assert device.machine.kept.unsent  # kept at the gateway, and the machine does not know
    assert story_of(device.own.serial)[1] == device.machine.kept.head.digest
    relay.is_cut = False
    for _ in range(70):
        device.at_it(lambda machine, at: machine.door_shut(0, at))
    told = device.machine.told() or ""
    with ThreadPoolExecutor(4) as four:
        assert {*four.map(lambda _: said(device, told)[0], range(4))} == {HTTPStatus.OK}
    assert device.exchange("console") is None
    head = device.machine.kept.head
    assert (device.machine.kept.unsent, story_of(device.own.serial)) == (
        (),
        ([*range(1, head.number + 1)], head.digest),
    )


def said(device: Device, *frames: str) -> tuple[int, object]:
    """Send frames by a connection of their own; return the status and the code, or the answered frames."""
    with closing(Way(device.own.address, device.own.told().ca)) as way:
        answer = way.frames(frames)
    return answer.status, answer.said.get("code", answer.said.get("frames"))


def _nobody_else_is_heard(device: Device, other: Device) -> None:
    assert device.machine is not None
    before, stranger = story_of(device.own.serial), ec.generate_private_key(ec.SECP256R1())
    hello = said_by_itself(device.machine.hello(datetime.now(UTC)), Frame.HELLO)
    told: dict[str, Json] = {"v": 1, "device": device.own.serial, "events": []}
    for key in (other.own.signing, stranger):
        assert said(device, signed(Frame.HELLO, hello, key)) == (HTTPStatus.UNAUTHORIZED, "frame-forged")
        assert said(device, signed(Frame.EVENTS, told, key)) == (HTTPStatus.UNAUTHORIZED, "frame-forged")
    unknown = signed(Frame.HELLO, {**hello, "device": "REAL-9"}, stranger)
    assert said(device, unknown) == (HTTPStatus.UNAUTHORIZED, "device-unknown")
    assert story_of(device.own.serial) == before


def _is_locked_while_it_waits(device: Device, keeper: Person) -> None:
    """Many wait with one connection to the database between them, and a lock that is asked for reaches each at once."""
    assert device.machine is not None
    hello = device.machine.hello(datetime.now(UTC), wait=LONGEST_WAIT)
    with ThreadPoolExecutor(WAITING) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Row._meta.db_table} IN ACCESS EXCLUSIVE MODE")  # noqa: SLF001  a public part of Django
            waiting = [pool.submit(said, device, hello) for _ in range(WAITING)]
            threading.Thread(target=device.listen, args=(LONGEST_WAIT,), daemon=True).start()
            eventually(lambda: connections("wait_event_type = 'Lock'") == WAITING + 1)
        eventually(lambda: connections() == 1)
        row = Row.objects.get(serial=device.own.serial)
        actions.ask(keeper, datetime.now(UTC), device_uid=row.uid, act=DeviceAct.LOCK)
        for each in waiting:
            status, frames = each.result()
            assert isinstance(frames, list)
            assert (status, claimed(frames[-1])) == (HTTPStatus.OK, Frame.REQUEST)
    eventually(lambda: Row.objects.get(pk=row.pk).is_locked)
    assert device.machine.kept.is_locked
    assert row.events.filter(type=Told.LOCKED.value).count() == 1


def _is_lost_with_events_to_tell(device: Device, keeper: Person) -> None:
    """Whoever has it now gets a lock and nothing else: what it has to tell is not taken any more."""
    row = Row.objects.get(serial=device.own.serial)
    actions.end_device(keeper, datetime.now(UTC), device_uid=row.uid, act=DeviceAct.LOSE)
    before = story_of(device.own.serial)
    assert device.machine is not None
    assert device.machine.kept.unsent
    assert device.exchange("console") in {"not-acknowledged", "device-revoked"}
    assert device.machine.kept.is_locked
    assert (device.exchange("console"), device.display) == ("device-revoked", "device-revoked")
    assert device.renew("console") is not None
    assert story_of(device.own.serial) == before


def _ends_with_its_gateway(device: Device, gateway: Gateway) -> None:
    """A machine that waits does not keep its gateway from stopping."""
    gateway.process.send_signal(signal.SIGTERM)
    assert gateway.process.wait(10) == 0
    assert device.exchange("console") == "gateway-away"


def test_a_gateway_that_is_killed_leaves_nobody_on_its_port(gateway: Gateway) -> None:
    gateway.process.kill()

    eventually(lambda: not gateway.answers())


def test_a_permit_is_stamped_by_a_machine_at_the_real_gateway_until_it_is_lost(
    gateway: Gateway,
    company: Company,
    zhao: Person,
    gu: Person,
    wang: Person,
    stamp: Seal,
    permit: Permit,
    signer: Client,
    folder: Path,
) -> None:
    with closing(enrolled(zhao, company, gateway.address, folder, "REAL-3", kind=DeviceKind.HANDHELD)) as device:
        _holds(device, stamp, gu, zhao, signer)
        use = _opened(permit, wang, signer)
        assert device.exchange("console") is None
        assert device.at_it(lambda machine, at: machine.open(use.ticket, wang.pseudonym, at)) is None
        assert [device.press() for _ in range(2)] == [None, None]
        assert device.exchange("console") is None
        device.send_pictures("console")
        use.refresh_from_db()
        assert device.machine is not None
        assert (use.turn.made, use.left, device.machine.kept.spent[use.ticket]) == (2, 4, 2)
        assert use.pictures.filter(received_at__isnull=False).count() == 2

        threading.Thread(target=device.listen, args=(LONGEST_WAIT,), daemon=True).start()
        actions.end_device(gu, datetime.now(UTC), device_uid=use.device.uid, act=DeviceAct.LOSE)
        with pytest.raises(SealNotInMachine):
            _opened(permit, wang, signer)
        eventually(lambda: device.machine is not None and device.machine.kept.is_locked)
        assert device.press() == Cannot.LOCKED.value


def _holds(device: Device, seal: Seal, keeper: Person, manager: Person, signer: Client) -> None:
    """Put a seal into a machine, which two people agree to and the signer learns."""
    at, row = datetime.now(UTC), Row.objects.get(serial=device.own.serial)
    asked = actions.ask_mounting(keeper, at, device_uid=row.uid, slot=1, seal_uid=seal.uid)
    actions.decide_mounting(manager, at, mounting_uid=asked, is_agreed=True)
    actions.mount_at_signer(at, signer=signer)
    device.parts.change(slots={"1": seal.uid})
    assert device.exchange("console") is None
    device.look()


def _opened(permit: Permit, operator: Person, signer: Client) -> MachineUse:
    uid, _ = actions.open_machine(
        operator,
        datetime.now(UTC),
        command_id=uuid4(),
        permit_uid=permit.uid,
        line_id=permit.lines.get().pk,
        minutes=0,
        signer=signer,
    )
    return MachineUse.objects.get(uid=uid)
