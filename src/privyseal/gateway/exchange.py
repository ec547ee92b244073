"""What one machine sends and is told, whatever carries it: MQTT, HTTPS, a telephone."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import uuid4

from privyseal.device import signed
from privyseal.device.hello import Hello
from privyseal.device.orders import Order, are_unbroken
from privyseal.device.signed import Frame, FrameBroken
from privyseal.devices import actions
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.devices.hearing import acknowledged, known_device, lacking
from privyseal.devices.rules import DeviceRevoked
from privyseal.gateway.house import House
from privyseal.kernel.canonical import sha256, utc_text
from privyseal.signer.client import Client
from privyseal.signer.device_requests import Ordered

_TAKEN: Final = frozenset({Frame.EVENTS, Frame.HELLO})


class Exchange:
    """One turn of one machine: frames in, then what it is told."""

    def __init__(self, house: House, signer: Client, *, is_carried: bool = False) -> None:
        self._house = house
        self._signer = signer
        self._is_carried = is_carried
        self._serial = ""
        self._hello: Hello | None = None
        self._asked = ""
        self._refusal: DeviceRevoked | None = None

    @property
    def wait(self) -> int:
        return self._hello.wait if self._hello else 0

    def take(self, text: str, at: datetime) -> None:
        """Take a frame of events or a hello, or refuse."""
        kind = signed.claimed(text)
        if kind not in _TAKEN:
            raise FrameBroken
        serial = signed.device_in(text)
        if kind is Frame.EVENTS:
            try:
                actions.take_events(GATEWAY, at, serial=serial, frame=text)
            except DeviceRevoked as refusal:
                self._refusal = refusal  # a lost machine that has events to tell as well is still told to lock itself
        else:
            _, self._hello = actions.hear(at, serial=serial, frame=text, is_carried=self._is_carried)
            self._asked = sha256(text.encode())
        self._serial = serial

    def lacks_nothing(self, at: datetime) -> bool:
        if self._hello is None:
            return True
        found = lacking(known_device(self._serial), self._hello, at)
        return found.is_nothing and not found.is_clock_wrong

    def answer(self, at: datetime) -> Iterator[str]:
        """Yield what the machine is told: an acknowledgement, then requests, orders, tickets; or refuse."""
        if self._hello is None and self._refusal is not None:
            raise self._refusal
        device = known_device(self._serial)
        if device.known:
            yield self.acknowledgement(self._serial)
        if self._hello is None:
            return
        found = lacking(device, self._hello, at)
        yield from (self._house.request(one) for one in found.requests)
        orders = [frame for frame in found.frames if signed.claimed(frame) is Frame.ORDER]
        time = [self._time(at)] if found.is_clock_wrong else []
        # What a restored register does not know, the key does.
        if not are_unbroken([*orders, *time], self._hello.orders):
            orders = self._signer.orders_of(self._serial, after=self._hello.orders)
        # Whoever carries gets the next order once the machine said that it took the one before: none is left out.
        told = [*orders, *(frame for frame in found.frames if signed.claimed(frame) is not Frame.ORDER)]
        yield from (frame for frame in told if not self._is_carried or frame not in orders[1:])
        yield from time if not (self._is_carried and orders) else []

    def acknowledgement(self, serial: str) -> str:
        return self._house.acknowledgement(acknowledged(serial))

    def _time(self, at: datetime) -> str:
        """Return the time as the signer says it, in answer to this one hello; it is sent now and never again."""
        said = {"at": utc_text(at), "asked": self._asked}
        return self._signer.order_device(Ordered(order=uuid4().hex, device=self._serial, type=Order.TIME, said=said))
