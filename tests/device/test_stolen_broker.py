"""A real broker, and those who have no business there; then one that is stolen, and says whatever it likes."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from privyseal.conformance.gateway import Keys
from privyseal.device import line
from privyseal.device.line import ROOT, End, Heard, Line
from privyseal.device.orders import Acknowledgement, Instruction, Order, Request
from privyseal.device.signed import Frame, FrameKey, signed
from privyseal.device.tickets import Mode, Ticket
from privyseal.devices import actions
from privyseal.devices.models import Device as Row
from privyseal.devices.rules import DeviceAct
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import Json
from privyseal.signer.client import Client
from privyseal.simulator.device import Device
from tests.device.brokers import Broker, attended, broker, broker_of, house_in, simulated
from tests.device.test_real_gateway import story_of
from tests.running.served import eventually

OPERATOR: Final = "3" * 32
SHOTS: Final = 300


@pytest.fixture
def db(committed: str) -> str:
    return committed


def pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


@contextmanager
def at(
    address: str, identifier: str, ca: bytes, certificate: bytes, key: str, *topics: str
) -> Iterator[tuple[Line, list[Heard]]]:
    """Connect somebody, who hears whatever the broker gives."""
    heard: list[Heard] = []
    one = Line(identifier, line.context(ca, certificate, key), topics, heard.append, holds=1_000)
    one.start(address)
    try:
        yield one, heard
    finally:
        one.stop()


def test_a_broker_lets_in_whose_certificate_counts_and_to_their_own_topics_alone(
    tmp_path: Path, signer_folder: Path, signer: Client, db: str, company: Company, zhao: Person, folder: Path
) -> None:
    with ExitStack() as stack:
        here = stack.enter_context(broker(tmp_path, signer_folder))
        house = house_in(tmp_path, here.address)
        one, other = (
            stack.enter_context(simulated(zhao, company, serial, house, signer, folder)) for serial in ("AT-1", "AT-2")
        )
        stack.enter_context(attended(house, signer, here.inside))
        assert one.exchange("console") is None
        before = story_of("AT-1")
        _strangers_stay_outside(here, one)
        _another_device_reaches_nothing(here, one, other)
        assert one.exchange("console") is None
        assert story_of("AT-1") == before
        _a_revoked_one_stays_outside(here, other, signer)


def _strangers_stay_outside(here: Broker, device: Device) -> None:
    """Their own authority names them as they like: nobody asks it."""
    keys, key, ca = Keys(), ec.generate_private_key(ec.SECP256R1()), device.own.told().ca
    with ExitStack() as stack:
        strangers = [
            stack.enter_context(at(address, name, ca, keys.certificate(key.public_key(), name), pem(key)))[0]
            for name in ("gateway", device.own.serial)
            for address in (here.address, here.inside)
        ]
        own = device.own.told().certificate
        right, _ = stack.enter_context(at(here.address, "", ca, own, device.own.key, f"{ROOT}/AT-1/cmd"))
        assert right.wait_joined(30)
        assert not any(stranger.is_joined for stranger in strangers)


def _another_device_reaches_nothing(here: Broker, device: Device, other: Device) -> None:
    """It says that it is the first, reads everything and repeats it: it is itself, and hears itself."""
    assert device.machine is not None
    hello = device.machine.hello(datetime.now(UTC))
    told = other.own.told()
    every = (f"{ROOT}/#", f"{ROOT}/AT-1/cmd", f"{ROOT}/AT-1/ack", f"{ROOT}/AT-1/evt", "$share/gateways/#", "#")
    with at(here.address, "AT-1", told.ca, told.certificate, other.own.key, *every) as (thief, heard):
        assert thief.wait_joined(30)
        assert device.exchange("console") is None
        for end in End:
            thief.say("AT-1", end, hello)
        assert other.machine is not None
        thief.say("AT-2", End.TOLD, other.machine.hello(datetime.now(UTC)))
        eventually(lambda: any(one.end == End.ACKNOWLEDGEMENTS for one in heard))
        assert {one.serial for one in heard} == {"AT-2"}


def _a_revoked_one_stays_outside(here: Broker, device: Device, signer: Client) -> None:
    told = device.own.told()

    def is_let_in() -> bool:
        with at(here.address, "", told.ca, told.certificate, device.own.key, f"{ROOT}/AT-2/cmd") as (one, _):
            return one.wait_joined(1)

    eventually(is_let_in)
    signer.end_device(device.own.serial)
    eventually(lambda: not is_let_in())


class Thief:
    """Whoever owns the broker: every topic is theirs, and everything that was ever said, and no key of ours."""

    def __init__(self, random: Random, serials: tuple[str, ...], gateway: FrameKey) -> None:
        self._random, self._serials = random, serials
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._gateway = gateway
        self.heard: list[str] = []

    def shot(self) -> tuple[str, End, str]:
        """Return what is said next, to whom: a repetition, a changed one, or an invention."""
        random, serial = self._random, self._random.choice(self._serials)
        text = random.choice(self.heard)
        match random.randrange(4):
            case 0:
                place = random.randrange(len(text))
                text = text[:place] + random.choice("AZaz09-_.") + text[place + 1 :]
            case 1:
                text = self._invented(serial)
        return serial, random.choice([*End]), text

    def _invented(self, serial: str) -> str:
        random, now = self._random, datetime.now(UTC)
        window = now - timedelta(hours=1), now + timedelta(hours=1)
        who = f"{random.randrange(9):032x}", serial, "1" * 32, "2" * 32
        ticket = Ticket(*who, Mode.COUNTED, (OPERATOR,), 3, *window, 1)
        number = random.choice((1, 10**9, 2 * 10**9))
        said: dict[Frame, Mapping[str, Json]] = {
            Frame.TICKET: ticket.to_json(),
            Frame.ORDER: Instruction(serial, number, Order.UNLOCK, {}).to_json(),
            Frame.REQUEST: Instruction(serial, number, Request.LOCK, {}).to_json(),
            Frame.ACKNOWLEDGEMENT: Acknowledgement(serial, random.randrange(40), "0" * 64).to_json(),
            Frame.EVENTS: {"v": 1, "device": serial, "events": []},
        }
        kind = random.choice([*said])
        return signed(kind, said[kind], self._key)


def test_a_stolen_broker_opens_nothing_and_makes_nothing_happen(
    tmp_path: Path, signer: Client, db: str, company: Company, zhao: Person, gu: Person, folder: Path
) -> None:
    key, own = ec.generate_private_key(ec.SECP256R1()), Keys()
    certified = signer.serve_devices(FrameKey.of(key.public_key()), ["thief"])
    ca = own.certificate(own.ca.public_key(), "other", is_ca=True)
    with ExitStack() as stack:
        here = stack.enter_context(broker_of(ca, tmp_path, signer, rules="user gateway\ntopic readwrite #\n"))
        house = house_in(tmp_path, here.address)
        devices = [
            stack.enter_context(simulated(zhao, company, serial, house, signer, folder)) for serial in ("ST-1", "ST-2")
        ]
        stack.enter_context(attended(house, signer, here.inside))
        seen = stack.enter_context(at(here.inside, "thief", certified.ca, certified.certificate, pem(key), f"{ROOT}/#"))
        assert seen[0].wait_joined(30)
        _live(devices, gu)
        thief = Thief(Random(8), ("ST-1", "ST-2"), house.public)  # noqa: S311  not a secret: the same storm each time
        thief.heard = [one.text for one in seen[1]]
        told = [Row.objects.get(serial=device.own.serial).known for device in devices]
        for _ in range(SHOTS):
            serial, end, text = thief.shot()
            seen[0].say(serial, end, text)
        eventually(lambda: all(device.exchange("console") is None for device in devices))
        _nothing_happened(devices, told)


def _live(devices: list[Device], keeper: Person) -> None:
    """Have something to repeat: events, an order and a request of each, of which the request is the last."""
    for device in devices:
        threading.Thread(target=device.listen, args=(50,), daemon=True).start()
        for _ in range(5):
            device.at_it(lambda machine, now: machine.door_shut(0, now))
        eventually(lambda device=device: device.exchange("console") is None)  # type: ignore[misc]  # bound at once
        row = Row.objects.get(serial=device.own.serial)
        actions.ask(keeper, datetime.now(UTC), device_uid=row.uid, act=DeviceAct.LOCK)
        eventually(lambda row=row: Row.objects.get(pk=row.pk).is_locked)  # type: ignore[misc]  # bound at once


def _nothing_happened(devices: list[Device], told: list[int]) -> None:
    for device, before in zip(devices, told, strict=True):
        assert device.machine is not None
        kept = device.machine.kept
        assert kept.is_locked
        assert not kept.tickets
        assert story_of(device.own.serial) == ([*range(1, kept.head.number + 1)], kept.head.digest)
        assert kept.head.number == before
        assert device.at_it(lambda machine, now: machine.open("0" * 32, OPERATOR, now)) == "no-ticket"
