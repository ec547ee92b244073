"""One gateway at one broker: its connection, what keeps what came together, and what looks for news for machines."""

import logging
import ssl
import threading
from collections.abc import Callable
from datetime import datetime
from queue import Empty, Queue
from typing import Final
from uuid import uuid4

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from privyseal.device import line
from privyseal.device.line import OF_ALL_DEVICES, End, Heard, Line
from privyseal.devices.news import News
from privyseal.gateway.attending import Attendant
from privyseal.gateway.house import House
from privyseal.kernel.errors import Refused
from privyseal.signer.client import Client

_TOGETHER: Final = 256
_LOOKS_EVERY: Final = 1.0  # where nobody said that there is something: it says so itself
_LEADS_EVERY: Final = 1.0
_NAMES: Final = ("gateway",)  # it is connected to by nobody here
_LOG: Final = logging.getLogger("privyseal.gateway")


class Post:
    """``between`` is done before and after each piece of work: connections to the database that died are given up."""

    def __init__(
        self,
        house: House,
        signer: Client,
        now: Callable[[], datetime],
        *,
        between: Callable[[], None] = lambda: None,
    ) -> None:
        self._house = house
        self._signer = signer
        self._now = now
        self._between = between
        self._stop = threading.Event()
        self._came: Queue[Heard] = Queue()
        self._context = self._certified(None)
        self._line = Line(f"gateway-{uuid4().hex}", self._context, [OF_ALL_DEVICES], self._came.put, holds=_TOGETHER)
        self._attendant = Attendant(house, signer, now, self._say)
        self._threads = [threading.Thread(target=work) for work in (self._attend, self._tell)]

    def start(self, address: str) -> None:
        self._line.start(address)
        for thread in self._threads:
            thread.start()

    @property
    def is_joined(self) -> bool:
        """Tell whether it hears machines."""
        return self._line.is_joined

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._line.stop()

    def renew(self) -> None:
        """Have the next connection made by a new certificate; where there is none now, another day."""
        try:
            self._certified(self._context)
        except Refused as refusal:
            _LOG.warning("not renewed", extra={"code": refusal.code})

    def _certified(self, before: ssl.SSLContext | None) -> ssl.SSLContext:
        made = self._signer.serve_devices(self._house.public, _NAMES)
        pem = self._house.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return line.context(made.ca, made.certificate, pem.decode("ascii"), before)

    def _attend(self) -> None:
        while not self._stop.is_set():
            together = self._together()
            if together:
                self._work("attend", lambda: self._attendant.attend(together))  # noqa: B023  it is done before the next
                for one in together:
                    self._line.confirm(one)

    def _together(self) -> list[Heard]:
        """Return what came while the last was kept, or the next that comes, or nothing for a while."""
        found: list[Heard] = []
        try:
            found.append(self._came.get(timeout=_LEADS_EVERY))
            while len(found) < _TOGETHER:
                found.append(self._came.get_nowait())
        except Empty:
            pass
        return found

    def _tell(self) -> None:
        while not self._stop.is_set():
            self._work("tell", lambda: self._look(News()))
            self._stop.wait(_LEADS_EVERY)

    def _look(self, news: News) -> None:
        while not self._stop.is_set():
            if not news.lead():
                self._stop.wait(_LEADS_EVERY)
                continue
            for serial, one in news.look(self._now()):
                self._say(serial, End.COMMANDS, one if isinstance(one, str) else self._house.request(one), b"")
            news.wait(_LOOKS_EVERY)

    def _work(self, name: str, work: Callable[[], None]) -> None:
        """Do it; whatever ends it, the next goes on: what was not answered is sent again."""
        self._between()
        try:
            work()
        except Exception:  # noqa: BLE001  the outermost loop of a process, which logs and goes on
            _LOG.exception("broken", extra={"work": name})
        finally:
            self._between()

    def _say(self, serial: str, end: End, text: str, asked: bytes) -> None:
        self._line.say(serial, end, text, asked=asked)
