"""A whole device: it enrols, exchanges frames while it has a network, and does what somebody before it asks for."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from privyseal.device import carried, enrolment, hello, wrapping
from privyseal.device.carried import MOST_OFFERED, Berth
from privyseal.device.enrolment import Again, Asked, DeviceKind
from privyseal.device.events import MOST_AT_ONCE, Told
from privyseal.device.hello import Picture
from privyseal.device.kept import Kept, Phase
from privyseal.device.keypad import Entered
from privyseal.device.parts import Cannot
from privyseal.device.signed import Frame, FrameBroken, FrameForged, FrameKey, claimed, opened, signed
from privyseal.device.watched import Alarm, Watched
from privyseal.device.way import Answer, GatewayAway, Way
from privyseal.kernel.canonical import Json, sha256
from privyseal.simulator.brokered import Brokered
from privyseal.simulator.home import Home, Own
from privyseal.simulator.parts import FIRMWARE, Parts, PowerCut
from privyseal.simulator.quiet import Quiet

MODEL: Final = "Privyseal simulated device"
_OK: Final = 200
_PAUSE_SECONDS: Final = 1
_FRAGMENT: Final = 244
_RENEWS_AGAIN_AFTER: Final = timedelta(minutes=10)
_TAKEN: Final = frozenset((200, 201))


class Device:
    """Its acts are called by one thread and ``listen`` by another; the machine is never used by both at once."""

    def __init__(
        self,
        home: Home,
        own: Own,
        draw: Callable[[str, int], bytes],
        clock: Callable[[], datetime],
        *,
        uses_broker: bool = True,
    ) -> None:
        self._home = home
        self.own = own
        self.parts = Parts(home, draw)
        self._clock = clock
        self._lock = threading.RLock()
        self._uses_broker = uses_broker
        self._ways: dict[str, Way] = {}
        self._brokered: Brokered | None = None
        self._news = threading.Event()
        self.machine: Watched | None = None
        self.display = ""
        self._clock_order = 0
        self._renewal_tried: datetime | None = None
        self._quiet = Quiet()
        self._is_closed = threading.Event()
        self._berth: Berth | None = None
        self._is_carried = False
        self._made: dict[tuple[Json, Json], str] = {}
        self._sealed: dict[str, tuple[str, str]] = {}
        self._start()

    @property
    def now(self) -> datetime:
        """Return what its own clock shows."""
        return self.parts.now(self._clock())

    def close(self) -> None:
        """Let go of the gateway, and listen no more."""
        self._is_closed.set()
        self._news.set()
        self._let_go()

    def _let_go(self) -> None:
        for way in self._ways.values():
            way.close()
        self._ways = {}
        self._leave_broker()

    def _leave_broker(self) -> None:
        brokered, self._brokered = self._brokered, None
        if brokered is not None:
            brokered.close()

    # --- power ---

    def power_on(self) -> None:
        with self._lock:
            self.parts.change(has_power=True)
            self._start()

    def power_off(self) -> None:
        with self._lock:
            self.parts.change(has_power=False)
            self._berth, self._is_carried = None, False
            self.machine = None

    def at_it(self, act: Callable[[Watched, datetime], str | None]) -> str | None:
        """Do what somebody at the device does; return why it was not done, None once it is. Power may go meanwhile."""
        with self._lock:
            if self.machine is None:
                return "off" if self.own.enrolled else "not-enrolled"
            self.machine.tick(self.now)
            try:
                return act(self.machine, self.now)
            except PowerCut:
                self.machine = None
                return "off"

    # --- acts of several steps ---

    def press(self) -> str | None:
        """Make one impression from its reservation to its settlement, or go on with the one that waits."""
        return self.at_it(self._press)

    def photograph(self) -> str | None:
        """Take another picture of what lies there, as whoever stands at it asks."""
        return self.at_it(self._photograph)

    def look(self) -> None:
        self.at_it(lambda machine, at: machine.look(self.parts.slots, at))

    # --- the network ---

    def enrol(self, address: str, code: str) -> str | None:
        """Become known to a gateway by a code that is never sent; return why not, None once it is."""
        own, secret = self.own, enrolment.secret_of(code)
        key, agreement = FrameKey.of(own.signing.public_key()), FrameKey.of(own.agreeing.public_key())
        asked = Asked(own.serial, DeviceKind(own.kind), own.slots, MODEL, FIRMWARE, key, agreement, self.now)
        said = replace(asked, proof=asked.proved(secret), reads_epochs=True).to_json()
        try:
            with closing(Way(address, None)) as way:
                answer = way.enrolment(signed(Frame.ENROLMENT, said, own.signing))
        except GatewayAway:
            return "gateway-away"
        frame = str(answer.said.get("frame"))
        if answer.status != _OK:
            return str(answer.said.get("code"))
        if answer.said.get("proof") != enrolment.answered(secret, own.serial, frame):
            return "not-proved"
        self._become(replace(own, enrolled=frame, address=address))
        return None

    def exchange(self, way: str, *, wait: int = 0) -> str | None:
        """Send what is not acknowledged and say hello, until nothing is left; return why it stopped, None for done."""
        sent = 0
        while True:
            first, frames = self._to_send(wait)
            if not frames or not self.parts.state.has_network:
                return "no-network"
            if self._quiet.holds(self.now):
                return "asked-to-wait"
            if first and first == sent:
                return "not-acknowledged"
            sent = first
            try:
                answer = self._sent(way, frames)
            except GatewayAway:
                return "gateway-away"
            stopped = self._take(answer)
            if stopped is not None or len(frames) == 1 or wait:
                return stopped

    def listen(self, seconds: int) -> None:
        """Say hello again and again, each time for so many seconds, so that what it is told reaches it at once."""
        while not self._is_closed.is_set():
            began = time.monotonic()
            self.keep_up("listening")
            stopped = self.machine is None or self.exchange("listening", wait=seconds) is not None
            if not stopped:
                self.exchange("listening")
                if self._brokered is not None:
                    self._news.wait(seconds)
                    self._news.clear()
            if time.monotonic() - began < _PAUSE_SECONDS:
                self._is_closed.wait(_PAUSE_SECONDS)  # off, without a network, or at a gateway that does not wait

    def keep_up(self, way: str) -> None:
        """Do what is due by the clock: say once a day how it is, and renew the certificate in time."""
        self.at_it(lambda _machine, _at: None)
        is_due = self.machine is not None and self.parts.state.has_network and self.now >= self.own.told().renew_at
        if is_due and not (self._renewal_tried and abs(self.now - self._renewal_tried) < _RENEWS_AGAIN_AFTER):
            self._renewal_tried = self.now
            self.renew(way)

    def send_pictures(self, way: str) -> None:
        for digest, picture in self._home.pictures().items():
            if not self.parts.state.has_network or not self.own.address or self._quiet.holds(self.now):
                return
            try:
                answer = self._way(way).picture(digest, picture, self._its_own(digest, picture))
            except GatewayAway:
                return
            self._quiet.note(answer, self.now)
            if answer.status in _TAKEN:
                self._home.forget_picture(digest)

    def carrier(self, *, is_there: bool) -> bytes:
        """Let a telephone come, for which somebody pressed the button, or go; return who the device says it is."""
        if is_there and self._berth is None:
            self._berth = Berth(self._take_carried, self._to_carry, self._pictures_to_carry, most=_FRAGMENT)
        self._is_carried = is_there
        return carried.about(self.own.serial, most=_FRAGMENT)

    def fragment(self, data: bytes) -> list[bytes] | None:
        """Return what is told to the telephone that wrote this, None where none is there."""
        with self._lock:
            is_there = self._is_carried and self.machine is not None
            return self._berth.answer(data) if is_there and self._berth is not None else None

    def renew(self, way: str) -> str | None:
        """Get a new certificate by the key in force."""
        own, told = self.own, self.own.told()
        key, agreement = FrameKey.of(own.signing.public_key()), FrameKey.of(own.agreeing.public_key())
        said = Again(own.serial, key, agreement, self.now, DeviceKind(own.kind)).to_json()
        try:
            answer = self._way(way).renewal(signed(Frame.RENEWAL, said, own.signing))
            frame = str(answer.said.get("frame"))
            enrolment.again_enrolled(frame, told.signer)
        except (GatewayAway, FrameBroken, FrameForged) as error:
            return str(error) or "gateway-away"
        with self._lock:
            self.own = replace(own, enrolled=frame)
            self._home.save_own(self.own)
        self._leave_broker()
        return None

    # --- inside ---

    def _start(self) -> None:
        if not self.own.enrolled or not self.parts.state.has_power:
            return
        identity, epoch = self.own.identity(), self.own.told().epoch
        kept = self._home.kept(epoch)
        self.machine = Watched(identity, self.parts, partial(self._home.save_kept, epoch), kept=kept, at=self.now)
        self._home.settle_pictures(_pictured(self.machine))
        self.machine.look(self.parts.slots, self.now)

    def _become(self, own: Own) -> None:
        with self._lock:
            told = own.told()
            slots = {str(slot): seal for slot, seal in enumerate(told.seals, start=1)}
            self.parts.change(slots=slots, clock=round((told.at - self._clock()).total_seconds()))
            before = int(told.at.timestamp()) - 1  # an order from before its enrolment is none to it
            if not self.own.enrolled or self.own.told().epoch != told.epoch:  # in the same one nothing is forgotten
                new = Kept(counter=self.parts.counter, mounted=slots, orders=before)
                self._home.save_kept(told.epoch, new.to_bytes())
            self._home.save_own(own)
            self.own = own
            self._start()
        self._let_go()

    def _press(self, machine: Watched, at: datetime) -> str | None:
        session = machine.kept.session
        if session is None or not session.impression:
            cannot = machine.reserve(at)
            if cannot is not None:
                return cannot.value
        session = machine.kept.session
        if session is not None and session.phase is Phase.RESERVED:
            cannot = machine.fire(at)
            if cannot is Cannot.NOT_CONFIRMED and not session.picture:
                self._photograph(machine, at)
            if cannot is Cannot.NOT_STAMPED:
                machine.alarm(Alarm.JAM, at)
                machine.release("jam", at)
                return "jam"
            if cannot is not None:
                return cannot.value
        self._photograph(machine, at)
        cannot = machine.commit(at)
        return cannot.value if cannot else None

    def _photograph(self, machine: Watched, at: datetime) -> None:
        picture = machine.photograph(at)
        if picture is not None:
            self._home.picture_told(sha256(picture))

    def _to_send(self, wait: int) -> tuple[int, list[str]]:
        """Return the number of the first event that is told, 0 for none, and the frames."""
        with self._lock:
            if self.machine is None:
                return 0, []
            told, unsent = self.machine.told(), self.machine.kept.unsent
            hello = self.machine.hello(self.now, wait=0 if told else wait)
            return (int(str(unsent[0]["number"])), [told, hello]) if told else (0, [hello])

    def _to_carry(self) -> list[str]:
        """Return what a telephone takes along: events in order, the same bytes while they are the same, and a hello."""
        machine = self.machine
        if machine is None:
            return []
        ahead = range(0, len(machine.kept.unsent), MOST_AT_ONCE)[: MOST_OFFERED - 1]
        made = {}
        for after in ahead:
            events = machine.kept.unsent[after : after + MOST_AT_ONCE]
            key = (events[0]["number"], events[-1]["number"])
            made[key] = self._made.get(key) or machine.told(after) or ""
        self._made = made
        return [*made.values(), machine.hello(self.now)]

    def _pictures_to_carry(self) -> list[tuple[str, str]]:
        """Return each picture that nobody keeps yet, sealed to the gateway, with the frame by which it is its own."""
        pictures, gateway = self._home.pictures(), self.own.told().gateway
        self._sealed = {
            digest: self._sealed.get(digest) or (self._its_own(digest, picture), wrapping.wrapped(picture, gateway))
            for digest, picture in pictures.items()
        }
        return [*self._sealed.values()]

    def _its_own(self, digest: str, picture: bytes) -> str:
        return signed(Frame.PICTURE, Picture(self.own.serial, digest, len(picture)).to_json(), self.own.signing)

    def _take_carried(self, frame: str) -> None:
        if claimed(frame) is Frame.KEPT:
            kept = hello.picture(opened(frame, Frame.KEPT, self.own.told().gateway))
            if kept.device == self.own.serial:
                self._home.forget_picture(kept.sha256)
        elif self.machine is not None:
            self.machine.take(frame, self.now)
            self._set_clock(self.machine)

    def _sent(self, way: str, frames: Sequence[str]) -> Answer:
        """Send frames by the broker that the device was told of, and by HTTPS where that does not answer."""
        with self._lock:
            if self._brokered is None and self._uses_broker and self.own.told().broker:
                self._brokered = Brokered(self.own, self._take_one, self._news.set)
            brokered = self._brokered
        if brokered is not None:
            with suppress(GatewayAway):
                return brokered.frames(frames)
        return self._way(way).frames(frames)

    def _take_one(self, frame: str) -> None:
        with self._lock:
            try:
                if self.machine is not None and self.parts.state.has_network:
                    self.machine.take(frame, self.now)
                    self._set_clock(self.machine)
            except (FrameBroken, FrameForged) as refusal:
                self.display = f"refused a frame: {refusal.code}"

    def _take(self, answer: Answer) -> str | None:
        self._quiet.note(answer, self.now)
        for frame in answer.said.get("frames", ()):
            self._take_one(str(frame))
        code = str(answer.said.get("code", ""))
        if answer.status == _OK or code == "events-missing":
            return None
        self.display = code
        return code

    def _set_clock(self, machine: Watched) -> None:
        """Set the clock where the frame that was just taken was an order to."""
        last = machine.kept.unsent[-1] if machine.kept.unsent else {}
        if last.get("type") == Told.CLOCK_SET.value and machine.kept.orders != self._clock_order:
            self._clock_order = machine.kept.orders
            self.parts.change(clock=round((machine.kept.seen_at - self._clock()).total_seconds()))

    def _way(self, name: str) -> Way:
        if name not in self._ways:
            self._ways[name] = Way(self.own.address, self.own.told().ca)
        return self._ways[name]


def _pictured(machine: Watched) -> set[str]:
    """Return the pictures that events name which are not acknowledged."""
    said = (event["said"] for event in machine.kept.unsent)
    return {str(each.get("sha256")) for each in said if isinstance(each, dict)}


def answered(entered: Entered) -> str | None:
    return None if entered is Entered.ACCEPTED else entered.value


def shown(device: Device) -> Mapping[str, str]:
    """Return what a display would show."""
    machine, state = device.machine, device.parts.state
    said = {"serial": device.own.serial, "kind": device.own.kind, "clock": f"{device.now:%Y-%m-%d %H:%M:%S}Z"}
    said |= {"power": "on" if state.has_power else "off", "network": "on" if state.has_network else "off"}
    said |= {"counter": str(state.counter), "battery": str(state.battery)}
    said |= {f"slot {slot}": seal or "empty" for slot, seal in state.slots.items()}
    if machine is None:
        return said
    session = machine.kept.session
    said |= {"locked": "yes" if machine.kept.is_locked else "no", "session": session.ticket if session else "none"}
    said |= {"impression": str(session.impression) if session else "0", "unsent": str(len(machine.kept.unsent))}
    said |= {f"ticket {uid}": f"{machine.kept.spent.get(uid, 0)} used" for uid in machine.kept.tickets}
    return said | ({"display": device.display} if device.display else {})
