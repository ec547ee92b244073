"""A stolen web server: the signer's whole socket, the database with every yes and every frame, the gateway's key.

What was approved and is unspent it may have by right, in the way that it was approved for; it asks for all the rest.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.device import enrolment, wrapping
from privyseal.device.codes import Holder
from privyseal.device.enrolment import Again, Asked, DeviceKind
from privyseal.device.keypad import Entered
from privyseal.device.orders import Order
from privyseal.device.parts import Identity
from privyseal.device.signed import Frame, signed
from privyseal.device.tickets import Mode, Ticket
from privyseal.device.watched import Watched
from privyseal.kernel.errors import Refused
from privyseal.signer import answers
from privyseal.signer.agreements import Mount, Unlock
from privyseal.signer.device_requests import Allow, End, Enrol, OfDevices, Ordered
from privyseal.signer.operations import Signer
from privyseal.signer.protocol import Frame as Question
from privyseal.signer.statement import Approved, Statement
from tests.device.test_machine import Parts
from tests.long import Run
from tests.signer.adversary import Adversary
from tests.signer.cast import LI, NOON, WANG, uid
from tests.signer.conftest import clock, database, founded, keys, sealing, signer
from tests.signer.test_devices import AGREEMENT, BY_HAND, COMPANY, GATEWAY, KEY, ask, of
from tests.signer.test_rosters import KEYS, PAGE, by_passkey, closed, said_by

__all__ = ["clock", "closed", "database", "founded", "keys", "sealing", "signer"]  # fixtures, asked for by their names

FEW: Final = 300
MANY: Final = 100_000
CABINET, MACHINE = "C-0001", "D-0001"
KINDS: Final = {CABINET: DeviceKind.CABINET, MACHINE: DeviceKind.DESKTOP}
SEALS: Final = {serial: uid(f"the seal in {serial}") for serial in KINDS}
WAYS: Final = {CABINET: Mode.HAND, MACHINE: Mode.ONE}
STRAW: Final = ec.generate_private_key(ec.SECP256R1())


@dataclass
class There:
    """A device where it stands, and whoever a ticket names before it; how often something opened."""

    machine: Watched
    seal: str
    opened: int = 0
    tried: set[str] = field(default_factory=set)

    def take(self, text: str) -> None:
        if text.isdigit():
            self.opened += self.machine.enter(text, NOON) is Entered.ACCEPTED  # by one under duress nothing is open
            return
        with suppress(Refused):
            self.machine.take(text, NOON)
        for uid_ in self.machine.kept.tickets.keys() - self.tried:
            self.tried.add(uid_)
            (operator, *_) = Ticket.of(self.machine.kept.tickets[uid_]).operators
            self.opened += self.machine.open(uid_, operator, NOON) is None

    def used(self) -> None:
        """Use up what is open: the seal comes out and goes back, or comes down once."""
        if self.machine.kept.session is not None and self.machine.reserve(NOON) is None:
            assert [self.machine.fire(NOON), self.machine.commit(NOON), self.machine.close("", NOON)] == [None] * 3
            return
        for seal in ("", self.seal):
            self.machine.look({1: seal}, NOON)
        self.machine.door_shut(1, NOON)


def standing(signer: Signer, serial: str) -> Callable[..., There]:
    """Enrol a device that holds its seal; return what sets it up, also as one of before, which does as it is told."""
    told = enrolment.enrolled(answers.EnrolledDevice.parse(ask(signer, enrolling(serial, KINDS[serial]))).frame)
    order = to_mount(serial, uid(serial)).to_bytes()
    mounted = Ordered(order=uid(serial), device=serial, type=Order.MOUNT, agreed=by_passkey(LI)(order))
    frame = str(ask(signer, mounted)["frame"])

    def there(*, is_old: bool = False) -> There:
        holder, parts = Holder(serial, SEALS[serial], told.epoch), Parts()
        parts.seals = frozenset({SEALS[serial]})
        key = wrapping.unwrapped(told.code_key, AGREEMENT)
        is_cabinet = KINDS[serial] is DeviceKind.CABINET and not is_old
        identity = Identity(serial, KEY, told.signer, told.gateway, holder, key, is_cabinet=is_cabinet)
        device = There(Watched(identity, parts, parts.save, at=NOON), SEALS[serial])
        device.take(frame)
        return device

    return there


def to_mount(serial: str, order: str) -> Mount:
    return Mount(order=order, device=serial, kind=KINDS[serial], slot=1, seal=SEALS[serial], is_in=True)


def enrolling(serial: str, kind: DeviceKind, key: ec.EllipticCurvePrivateKey = KEY) -> Enrol:
    said = Asked(serial, kind, 1, "K6", "1.0", of(key), of(AGREEMENT), NOON, "0" * 64).to_json()
    return Enrol(frame=signed(Frame.ENROLMENT, said, key), company=COMPANY, gateway=of(GATEWAY), broker="")


def by_right(serial: str, said: Approved, grant: str) -> Allow:
    window = NOON, NOON + timedelta(minutes=60)
    return Allow(
        grant=uid(grant),
        device=serial,
        permit=uid(f"permit of {serial}"),
        operators=(WANG,),
        impressions=1,
        opens_at=window[0],
        closes_at=window[1],
        approved=(said,),
        mode=WAYS[serial],
    )


class Thief:
    def __init__(self, signer: Signer, spent: dict[str, Approved], unspent: dict[str, Approved], seed: int) -> None:
        self._signer, self._spent, self._unspent = signer, spent, unspent
        self._random = Random(seed)  # noqa: S311  not a secret: the same storm each time
        self._heard: list[str] = []
        self._adversaries = [Adversary(self._random, KEYS, [*spent.values()], PAGE, device=serial) for serial in KINDS]
        self._asked = 0

    def shot(self) -> list[str]:
        """Ask for one thing more; return whatever frames or digits came of it, some of them said by the gateway."""
        self._asked += 1
        ways: tuple[Callable[[], OfDevices | Question], ...] = (self._allow, self._allow, self._allow, self._order)
        ways += (self._enrol, lambda: self._random.choice(self._adversaries).frame())
        wish = self._random.choice(ways)()
        question = wish if isinstance(wish, Question) else Question(wish.header())
        with suppress(Refused):
            result = self._signer.answer(question).header["result"]
            assert isinstance(result, dict)
            self._heard += [str(result[name]) for name in ("answer", "frame") if name in result]
            return self._heard[-1:]
        return self._forged()

    def last(self) -> None:
        """Have the devices ended, and others that are its own enrolled by their names."""
        for serial in KINDS:
            ask(self._signer, End(serial))
            ask(self._signer, enrolling(serial, DeviceKind.HANDHELD, STRAW))

    def _allow(self) -> Allow:
        random = self._random
        serial, of_ = random.choice([*KINDS]), random.choice([*KINDS])
        is_spent = random.random() < 0.5
        wish = by_right(serial, (self._spent if is_spent else self._unspent)[of_], f"theft {self._asked}")
        mode = random.choice([*Mode])
        while not is_spent and serial == of_ and (mode is Mode.HAND) is (serial == CABINET):
            mode = random.choice([*Mode])  # that is the way in which it was approved
        return replace(
            wish,
            mode=mode,
            impressions=1,
            confirmations=int(mode is Mode.CONFIRMED),
            operators=(random.choice((WANG, uid("the thief"))),),
            minutes=random.choice((0, 0, 30)),
            is_duress=random.random() < 0.2,
        )

    def _order(self) -> Ordered:
        serial, name = self._random.choice([*KINDS]), uid(f"theft {self._asked}")
        bare, before = to_mount(serial, name), to_mount(serial, uid(serial)).to_bytes()
        seal, kind = SEALS[self._random.choice([*KINDS])], self._random.choice([*DeviceKind])
        moved = replace(bare, seal=seal, kind=kind, is_in=self._random.random() < 0.5)
        unlock = Unlock(device=serial, until=9, because="looked-at").to_bytes()
        said = self._random.choice((moved.to_bytes(), before, unlock))
        agreed = self._random.choice((Approved(said, by_passkey(LI)(before).assertions), self._spent[serial]))
        type_ = self._random.choice((Order.MOUNT, Order.UNLOCK))
        return Ordered(order=name, device=serial, type=type_, agreed=agreed)

    def _enrol(self) -> Enrol:
        serial, kind = self._random.choice([*KINDS]), self._random.choice([*DeviceKind])
        wish = enrolling(serial, kind, STRAW)
        if kind is KINDS[serial]:  # as the same thing it takes the name, and gets no ticket that the true one has not
            renewal = Again(serial, of(STRAW), of(AGREEMENT), NOON, kind).to_json()
            return replace(wish, frame=signed(Frame.RENEWAL, renewal, STRAW))
        return wish

    def _forged(self) -> list[str]:
        serial = self._random.choice([*KINDS])
        ticket = Ticket(
            uid=uid(f"forged {self._asked}"),
            device=serial,
            seal=SEALS[serial],
            permit=uid("permit"),
            mode=self._random.choice((Mode.HAND, Mode.ONE)),
            operators=(WANG,),
            impressions=1,
            opens_at=NOON,
            closes_at=NOON + timedelta(hours=1),
            policy=1,
        )
        return [signed(Frame.TICKET, ticket.to_json(), self._random.choice((GATEWAY, STRAW)))]


def attacked(signer: Signer, *, times: int, seed: int) -> int:
    """Return how many attempts were made at devices that nothing opened, having seen that right still does."""
    made = {serial: standing(signer, serial) for serial in KINDS}
    devices, old = [there() for there in made.values()], made[CABINET](is_old=True)
    said = {name: {serial: said_by(_use(serial, name), LI) for serial in KINDS} for name in ("spent", "unspent")}
    for device, (serial, approved) in zip(devices, said["spent"].items(), strict=True):
        device.take(str(ask(signer, by_right(serial, approved, f"{serial} by right"))["answer"]))
        device.used()
    assert [device.opened for device in devices] == [1, 1]
    thief = Thief(signer, said["spent"], said["unspent"], seed)
    for number in range(times):
        if number == times * 9 // 10:
            thief.last()
        for text in thief.shot():
            for device in (*devices, old):
                device.take(text)
    assert [device.opened for device in (*devices, old)] == [1, 1, 0]
    return times


def _use(serial: str, name: str) -> Statement:
    return replace(BY_HAND, application=uid(f"{name} {serial}"), seal=SEALS[serial], impressions=1)


def test_a_stolen_web_server_opens_no_machine_and_no_cabinet(closed: Signer) -> None:
    assert attacked(closed, times=FEW, seed=8) == FEW


@pytest.mark.long("stolen-web-server")
def test_a_stolen_web_server_opens_nothing_however_often_it_asks(closed: Signer) -> None:
    with Run("stolen-web-server", goal=MANY, unit="attempts at a machine and at two cabinets, none opened") as run:
        run.add(attacked(closed, times=run.left, seed=run.left))
