"""A real mosquitto, gateways at it, and machines that are enrolled without a gateway by HTTPS."""

import getpass
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.db import connections

from privyseal.device import enrolment, mosquitto
from privyseal.device.enrolment import Asked, DeviceKind
from privyseal.device.signed import Frame, FrameKey, signed
from privyseal.devices import actions
from privyseal.gateway.house import House, broker_in, key_in
from privyseal.gateway.post import Post
from privyseal.identity.models import Company, Person
from privyseal.signer.client import Client
from privyseal.simulator.device import Device
from privyseal.simulator.home import Home, Own
from tests.running.served import eventually, free_port

HOST: Final = "127.0.0.1"
NOBODY: Final = "https://127.0.0.1:1"  # where no gateway is


@dataclass(frozen=True)
class Broker:
    """``address`` is for machines, ``inside`` for gateways."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int
    inside_port: int

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def inside(self) -> str:
        return f"{HOST}:{self.inside_port}"

    def listens(self) -> bool:
        with suppress(OSError), socket.create_connection((HOST, self.inside_port)):
            return True
        return False


@contextmanager
def broker(folder: Path, signer_folder: Path) -> Iterator[Broker]:
    """Run a broker as the product does."""
    port, inside = free_port(), free_port()
    own = {"DATA": str(folder / "data"), "BROKER_PORT": str(port), "BROKER_INSIDE": f"{HOST}:{inside}"}
    own["SIGNER_SOCKET"] = str(signer_folder / "signer.sock")
    environment = {**os.environ, **{f"PRIVYSEAL_{name}": value for name, value in own.items()}}
    command = [sys.executable, "-m", "privyseal.config.broker"]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stderr=log, stdout=log, env=environment) as own_:
        try:
            found = Broker(own_, folder / "data" / "broker", port, inside)
            eventually(found.listens)
            yield found
        finally:
            own_.terminate()


@contextmanager
def broker_of(ca: bytes, folder: Path, signer: Client, *, rules: str = "") -> Iterator[Broker]:
    """Run a broker that lets devices of another authority in as well, and goes by more rules."""
    own, port, inside = folder / "data" / "broker", free_port(), free_port()
    own.mkdir(parents=True)
    broker_in(own, [HOST], signer=signer)
    with (own / "ca.pem").open("a") as file:
        file.write(ssl.DER_cert_to_PEM_cert(ca))
    made = mosquitto.configured(own, host=HOST, port=port, inside=(HOST, inside), account=getpass.getuser())
    with (own / "rules").open("a") as file:
        file.write(rules)
    with subprocess.Popen([str(mosquitto.program()), "-c", str(made)], stderr=subprocess.DEVNULL) as process:
        try:
            found = Broker(process, own, port, inside)
            eventually(found.listens)
            yield found
        finally:
            process.terminate()


@contextmanager
def gateway_process(at: Broker, folder: Path, signer_folder: Path, database: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one more gateway at a broker as the product does."""
    own = {"DATA": str(folder / "data"), "BROKER": at.address, "BROKER_INSIDE": at.inside, "DATABASE_URL": database}
    own["SIGNER_SOCKET"] = str(signer_folder / "signer.sock")
    environment = {**os.environ, **{f"PRIVYSEAL_{name}": value for name, value in own.items()}}
    command = [sys.executable, "-m", "privyseal.config.brokergateway"]
    with (folder / "log").open("ab") as log, subprocess.Popen(command, stderr=log, stdout=log, env=environment) as own_:
        try:
            yield own_
        finally:
            own_.terminate()


def house_in(folder: Path, address: str) -> House:
    return House(key_in(folder / "data" / "gateway"), address)


@contextmanager
def attended(house: House, signer: Client, inside: str) -> Iterator[Post]:
    """Have one more gateway at the broker, in threads of this process."""
    post = Post(house, signer, lambda: datetime.now(UTC), between=connections.close_all)
    post.start(inside)
    try:
        eventually(lambda: post.is_joined)
        yield post
    finally:
        post.end()


def registered(manager: Person, company: Company, serial: str, *, kind: DeviceKind = DeviceKind.CABINET) -> str:
    """Return the code of a machine that a manager registered."""
    at, code = datetime.now(UTC), enrolment.new_code()
    uid = actions.register(manager, at, company_uid=company.uid, kind=kind, serial=serial, name="三楼", slots=2)
    actions.give_code(manager, at, device_uid=uid, secret=enrolment.secret_of(code).hex())
    return code


def enrolled(own: Own, code: str, house: House, signer: Client) -> Own:
    """Return who a machine is once it was enrolled, as the gateway does it."""
    key, agreement = FrameKey.of(own.signing.public_key()), FrameKey.of(own.agreeing.public_key())
    asked = Asked(own.serial, DeviceKind(own.kind), own.slots, "model", "1.0", key, agreement, datetime.now(UTC))
    frame = signed(
        Frame.ENROLMENT, replace(asked, proof=asked.proved(enrolment.secret_of(code))).to_json(), own.signing
    )
    at = datetime.now(UTC)
    told, _ = actions.enrol(at, frame=frame, gateway=house.public, broker=house.broker, signer=signer)
    return replace(own, enrolled=told, address=NOBODY)


def machine(own: Own, folder: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Device:
    home = Home(folder)
    home.save_own(own)
    return Device(home, own, lambda seal, _: seal.encode(), clock)


@contextmanager
def simulated(
    manager: Person, company: Company, serial: str, house: House, signer: Client, folder: Path
) -> Iterator[Device]:
    home = Home(folder / serial)
    own = home.own(serial=serial, kind="cabinet", slots=2)
    known = enrolled(own, registered(manager, company, serial), house, signer)
    with closing(machine(known, folder / serial)) as device:
        yield device
