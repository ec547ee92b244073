"""The way of a device to its gateway by a broker: what it hears it takes at once; a frame waits for its answer."""

import secrets
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from paho.mqtt.client import Client

from privyseal.device import line
from privyseal.device.line import End, Heard, Line
from privyseal.device.way import Answer, GatewayAway
from privyseal.simulator.home import Own

_ASKED_BYTES: Final = 8
_SECONDS: Final = 10
_OK: Final = 200
_NOBODY_READS: Final = 0x10  # MQTT 5, 3.4.2.1: no matching subscribers


class Brokered:
    """For any number of threads. ``take`` is called with each frame that comes, ``news`` when there may be more to do.

    A broker may say that nobody reads what it was given, which is believed no further than that another way is tried.
    """

    def __init__(self, own: Own, take: Callable[[str], None], news: Callable[[], None]) -> None:
        told = own.told()
        self._serial = own.serial
        self._take = take
        self._news = news
        self._asked: dict[bytes, threading.Event] = {}
        self._is_unread = False
        context = line.context(told.ca, told.certificate, own.key)
        self._line = Line(own.serial, context, line.topics_of(own.serial), self._heard, joined=news)
        self._line.client.on_publish = self._published
        self._line.start(told.broker)

    def close(self) -> None:
        self._line.stop()

    def frames(self, frames: Sequence[str]) -> Answer:
        """Send one frame after the other, each once the one before is answered: several gateways may share them."""
        if not self._line.wait_joined(_SECONDS):
            raise GatewayAway
        for text in frames:
            self._ask(text)
        return Answer(_OK, {}, 0)

    def _ask(self, text: str) -> None:
        asked, self._is_unread = secrets.token_bytes(_ASKED_BYTES), False
        answered = self._asked[asked] = threading.Event()
        try:
            self._line.say(self._serial, End.TOLD, text, asked=asked)
            if not answered.wait(_SECONDS) or self._is_unread:
                raise GatewayAway
        finally:
            del self._asked[asked]

    def _heard(self, one: Heard) -> None:
        self._line.confirm(one)
        self._take(one.text)
        answered = self._asked.get(one.asked) if one.end == End.ACKNOWLEDGEMENTS else None
        if answered is not None:
            answered.set()
        elif one.end == End.COMMANDS:
            self._news()

    def _published(self, _client: Client, _own: object, _number: int, reason: Any, _properties: object) -> None:  # noqa: ANN401  the library's code
        if reason.value == _NOBODY_READS:
            self._is_unread = True
            for answered in [*self._asked.values()]:
                answered.set()
