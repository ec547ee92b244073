"""A fleet without a network: machines that are cut and start again, frames that are lost, doubled and late."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.device import events
from privyseal.device.events import EventsMissing, Head
from privyseal.device.machine import Machine
from privyseal.device.orders import Acknowledgement
from privyseal.device.signed import Frame, FrameKey, opened, signed
from tests.device.test_machine import GATEWAY, IDENTITY, NOON, OPERATOR, SIGNER, Parts, PowerCut, ticket

_KEYS: Final = [ec.generate_private_key(ec.SECP256R1()) for _ in range(8)]
_ACTS: Final = ("reserve", "fire", "photograph", "commit")


class Found(NamedTuple):
    """How many events were told and kept, and what of a fleet did not add up."""

    told: int
    lost: int
    twice: int
    unequal: int
    cuts: int
    doubled: int


class Receiver:
    """What a gateway does with events of one device, without the database behind it."""

    def __init__(self, serial: str, key: FrameKey) -> None:
        self._serial, self._key = serial, key
        self.head = Head()
        self.kept: Counter[int] = Counter()
        self.down = 0

    def take(self, text: str) -> str:
        """Keep what is new, and return the acknowledgement of everything that is kept."""
        _, came = events.read(opened(text, Frame.EVENTS, self._key))
        try:
            new = events.following(self.head, came)
        except EventsMissing:
            new = ()
        for event in new:
            self.kept[event.number] += 1
            self.down += event.type == "fired" or int(str(event.said.get("by", 0))) * (event.type == "excess")
            self.head = Head.after(event)
        said = Acknowledgement(self._serial, self.head.number, self.head.digest)
        return signed(Frame.ACKNOWLEDGEMENT, said.to_json(), GATEWAY)


class Member:
    """One device, its hand, and the frames of it that are under way."""

    def __init__(self, number: int, random: Random) -> None:
        self.serial, self._random = f"F-{number:06d}", random
        holder = replace(IDENTITY.holder, serial=self.serial)
        self._identity = replace(IDENTITY, serial=self.serial, key=_KEYS[number % len(_KEYS)], holder=holder)
        self.parts = Parts()
        self.receiver = Receiver(self.serial, FrameKey.of(self._identity.key.public_key()))
        self.at, self.cuts, self.doubled = NOON, 0, 0
        self._late: list[str] = []
        self.machine = self._start()

    def act(self) -> None:
        """Do one impression, or as much of it as power, motor and hand allow; then send, over a bad network."""
        random = self._random
        self.at += timedelta(seconds=1)
        if random.random() < 0.1:
            self.parts.writes_left = random.randrange(5)
        if random.random() < 0.1:
            self.parts.presses = [random.choice((0, 2))]
        try:
            self._impression()
            if random.random() < 0.5:
                self._send(is_bad=True)
        except PowerCut:
            self.cuts += 1
            self.parts.writes_left = 10**9
            self.machine = self._start()

    def settle(self) -> None:
        """Let the network be good until nothing is left to tell."""
        self.parts.writes_left = 10**9
        while self.machine.kept.unsent:
            self._send(is_bad=False)

    def _start(self) -> Machine:
        return Machine(self._identity, self.parts, self.parts.save, kept=self.parts.disk, at=self.at)

    def _impression(self) -> None:
        machine, at = self.machine, self.at
        if machine.kept.session is None:
            given = replace(ticket(len(machine.kept.tickets) + 1, impressions=50), device=self.serial)
            machine.take(signed(Frame.TICKET, given.to_json(), SIGNER), at)
            machine.open(given.uid, OPERATOR, at)
        for act in _ACTS:
            getattr(machine, act)(at)
        machine.release("jam", at)
        if machine.kept.spent.get(f"{len(machine.kept.tickets):032x}", 0) >= 50:
            machine.close("done", at)

    def _send(self, *, is_bad: bool) -> None:
        random, text = self._random, self.machine.told()
        if text is None:
            return
        if is_bad and random.random() < 0.2:
            self._late.append(text)
            return
        acknowledged = self.receiver.take(text)
        if is_bad and random.random() < 0.2:
            self.doubled += 1
            self.receiver.take(random.choice([text, *self._late]))
        if not is_bad or random.random() < 0.7:
            self.machine.take(acknowledged, self.at)


def run(members: int, told: int, *, seed: int) -> Found:
    """Let so many devices tell so many events together, and hold each against its receiver."""
    random = Random(seed)  # noqa: S311  not a secret: the same fleet each time
    fleet = [Member(number, random) for number in range(members)]
    while sum(one.machine.kept.head.number for one in fleet) < told:
        for one in fleet:
            one.act()
    for one in fleet:
        one.settle()
    return Found(
        told=sum(one.machine.kept.head.number for one in fleet),
        lost=sum(one.machine.kept.head.number - len(one.receiver.kept) for one in fleet),
        twice=sum(count - 1 for one in fleet for count in one.receiver.kept.values()),
        unequal=sum(one.receiver.down != one.parts.counter for one in fleet),
        cuts=sum(one.cuts for one in fleet),
        doubled=sum(one.doubled for one in fleet),
    )
