"""A fleet at a real broker: a thousand connections turned by one loop, with cuts, repeated frames and late ones."""

import selectors
import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from privyseal.conformance.gateway import Keys
from privyseal.device import events, line
from privyseal.device.events import MOST_AT_ONCE, Event, Head, Told
from privyseal.device.hello import Hello
from privyseal.device.line import End, Heard, Line
from privyseal.device.orders import acknowledgement
from privyseal.device.signed import Frame, FrameKey, claimed, opened, signed
from privyseal.devices.models import Device as Row
from privyseal.identity.models import Company, Person

_KEYS: Final = [ec.generate_private_key(ec.SECP256R1()) for _ in range(8)]
_PEMS: Final = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii") for key in _KEYS]
_PATIENCE: Final = 4.0
_SOON: Final = 0.5
_NOBODY_READS: Final = 0x10
_TURN_SECONDS: Final = 0.1
_MISC_EVERY: Final = 5.0


@dataclass
class Counted:
    cuts: int = 0
    repeated: int = 0
    late: int = 0


class Teller:
    """One device: what it told and what of it is not acknowledged, its mechanical count, and its connection."""

    def __init__(self, number: int, keys: Keys, ca: bytes, address: str, gateway: FrameKey) -> None:
        self.serial = f"T-{number:06d}"
        self.key = _KEYS[number % len(_KEYS)]
        certificate = keys.certificate(self.key.public_key(), self.serial)
        self._context = line.context(ca, certificate, _PEMS[number % len(_KEYS)])
        self._address = address
        self._gateway = gateway
        self.head, self.counter = Head(), 0
        self.unsent: list[Event] = []
        self.waits_until = 0.0
        self._asked = b""
        self._last = ""
        self.connect()

    def connect(self) -> None:
        self.line = Line(self.serial, self._context, line.topics_of(self.serial), self._heard)
        self.line.client.on_publish = self._published
        self.line.connect(self._address)
        self.waits_until = 0.0

    def cut(self) -> None:
        """Lose the connection, whatever is under way."""
        connection = self.line.client.socket()
        if connection is not None:
            connection.close()

    def impression(self, at: datetime) -> None:
        self.counter += 1
        for kind in (Told.RESERVED, Told.FIRED, Told.COMMITTED):
            said = {"impression": self.counter} | ({} if kind is Told.RESERVED else {"counter": self.counter})
            self.unsent.append(self.head.next(self.serial, kind, at, ticket="0" * 32, said=said))
            self.head = Head.after(self.unsent[-1])

    def told(self) -> str:
        return signed(Frame.EVENTS, events.payload(self.serial, self.unsent[:MOST_AT_ONCE]), self.key)

    def tell(self, now: float) -> bool:
        """Send what is to be told, unless an answer is waited for; return whether it did."""
        if not self.unsent or not self.line.is_joined or now < self.waits_until:
            return False
        self._asked = self.head.number.to_bytes(8, "big")
        self.say(self.told())
        self.waits_until = now + _PATIENCE
        return True

    def say(self, text: str) -> None:
        self._last = text
        self.line.say(self.serial, End.TOLD, text, asked=self._asked)

    def say_again(self) -> None:
        """Repeat the last frame, whatever became of it."""
        if self._last:
            self.say(self._last)

    def hello(self, at: datetime) -> None:
        said = Hello(self.serial, at, self.head.number, 0, 0, ())
        self.line.say(self.serial, End.TOLD, signed(Frame.HELLO, said.to_json(), self.key))

    def _published(self, _client: object, _own: object, _number: int, reason: Any, _properties: object) -> None:  # noqa: ANN401  the library's code
        if reason.value == _NOBODY_READS:
            self.waits_until = time.monotonic() + _SOON

    def _heard(self, one: Heard) -> None:
        self.line.confirm(one)
        if claimed(one.text) is not Frame.ACKNOWLEDGEMENT:
            return
        kept = acknowledgement(opened(one.text, Frame.ACKNOWLEDGEMENT, self._gateway))
        known = next((place for place, event in enumerate(self.unsent) if event.number == kept.number), None)
        if known is not None:
            assert self.unsent[known].digest == kept.digest
            del self.unsent[: known + 1]
        if one.asked == self._asked:
            self.waits_until = 0.0


class Loop:
    """Turns the connections of all tellers by one thread; ``kill_gateway`` ends one of several."""

    def __init__(self, tellers: Sequence[Teller], kill_gateway: Callable[[], None]) -> None:
        self.tellers = tellers
        self.kill_gateway = kill_gateway
        self.found = Counted()
        self._selector = selectors.DefaultSelector()
        self._known: dict[str, object] = {}
        self._misc_at = 0.0

    def turn(self, until: Callable[[], bool], each: Callable[[Teller, float], object]) -> None:
        while not until():
            now = time.monotonic()
            for teller in self.tellers:
                self._keep_connected(teller)
                each(teller, now)
            if now > self._misc_at:
                self._misc_at = now + _MISC_EVERY
                for teller in self.tellers:
                    teller.line.client.loop_misc()
            ends = now + _TURN_SECONDS
            while (left := ends - time.monotonic()) > 0:
                for key, _ in self._selector.select(left):
                    _read(key.data)

    def close(self) -> None:
        self._selector.close()
        for teller in self.tellers:
            teller.cut()

    def _keep_connected(self, teller: Teller) -> None:
        connection = teller.line.client.socket()
        if connection is None or connection.fileno() < 0:
            with suppress(OSError):
                teller.connect()
            connection = teller.line.client.socket()
        if connection is not None and self._known.get(teller.serial) is not connection:
            with suppress(KeyError):
                self._selector.unregister(connection.fileno())  # of a connection that is gone, and had this number
            self._selector.register(connection.fileno(), selectors.EVENT_READ, teller)
            self._known[teller.serial] = connection


def _read(teller: Teller) -> None:
    client = teller.line.client
    while True:
        connection = client.socket()
        if connection is None:
            return
        client.loop_read()
        if client.want_write():
            client.loop_write()
        connection = client.socket()
        if not isinstance(connection, ssl.SSLSocket) or not connection.pending():
            return


def fleet(
    members: int, keys: Keys, ca: bytes, address: str, gateway: FrameKey, *, manager: Person, company: Company
) -> list[Teller]:
    """Return so many devices, known to the register and connected."""
    at = datetime.now(UTC)
    with ThreadPoolExecutor(4) as pool:
        tellers = [*pool.map(lambda number: Teller(number, keys, ca, address, gateway), range(members))]
    Row.objects.bulk_create(
        Row(
            company=company,
            kind="handheld",
            serial=teller.serial,
            name=teller.serial,
            slots=1,
            registered_by=manager,
            registered_at=at,
            enrolled_at=at,
            epoch=1,
            key=(FrameKey.of(teller.key.public_key()).x + FrameKey.of(teller.key.public_key()).y).hex(),
            certificate="0" * 64,
            valid_until=at,
        )
        for teller in tellers
    )
    return tellers


def run(loop: Loop, told: int, *, seed: int) -> None:
    """Have a fleet tell so many events over a bad network, and then over a good one until nothing is left to tell."""
    random = Random(seed)  # noqa: S311  not a secret: the same fleet each time
    goal = sum(teller.head.number for teller in loop.tellers) + told
    found, more = loop.found, [told]

    def badly(teller: Teller, now: float) -> None:
        if more[0] > 0 and len(teller.unsent) < MOST_AT_ONCE and random.random() < 0.5:
            for _ in range(random.randrange(1, 4)):
                teller.impression(datetime.now(UTC))
                more[0] -= 3
        chance = random.random() if teller.tell(now) else 1
        if chance < 0.04:
            found.cuts += 1
            teller.cut()
        elif chance < 0.1:
            found.repeated += 1
            teller.say_again()
        elif chance < 0.13:
            found.late += 1
            teller.hello(datetime.now(UTC))

    loop.turn(lambda: sum(teller.head.number for teller in loop.tellers) >= goal, badly)
    loop.kill_gateway()  # with frames that it has and that nobody acknowledged
    loop.turn(lambda: not any(teller.unsent for teller in loop.tellers), lambda teller, now: teller.tell(now))
