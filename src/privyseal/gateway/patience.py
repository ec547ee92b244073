"""How much one machine may ask: so many requests at once, and then at a steady pace; the others wait for nobody."""

import math
import threading
from collections import OrderedDict
from datetime import datetime
from typing import Final

BURST: Final = 240
A_SECOND: Final = 4.0
_MOST_KNOWN: Final = 20_000


class TooOften(Exception):
    """The machine asks more than anybody needs; it may again after so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Patience:
    """What each machine has left. Only what was shown to be its own costs it anything: nobody uses up another's."""

    def __init__(self, *, burst: int = BURST, a_second: float = A_SECOND) -> None:
        self._burst, self._a_second = burst, a_second
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, serial: str, at: datetime) -> None:
        """Return if a machine may ask now, or raise; it costs nothing."""
        with self._lock:
            left = self._now(serial, at)
        if left < 1:
            raise TooOften(math.ceil((1 - left) / self._a_second))

    def spend(self, serial: str, at: datetime) -> None:
        with self._lock:
            self._left[serial] = (self._now(serial, at) - 1, at)
            self._left.move_to_end(serial)
            while len(self._left) > _MOST_KNOWN:
                self._left.popitem(last=False)

    def _now(self, serial: str, at: datetime) -> float:
        left, since = self._left.get(serial, (float(self._burst), at))
        return min(self._burst, left + max(0.0, (at - since).total_seconds()) * self._a_second)
