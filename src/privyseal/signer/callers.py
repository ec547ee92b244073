"""Who is served at a socket: so many at once, and whoever dawdles makes room for who waits."""

import logging
import socket
import threading
import time
from collections.abc import Callable
from typing import Final

LOG: Final = logging.getLogger("privyseal.signer")

PATIENCE_SECONDS: Final = 2.0
_BYTES_A_SECOND: Final = 4_000_000
_LOOK_SECONDS: Final = 0.05


class Callers:
    """Gives out the places; only one that the caller itself keeps waiting is taken away, and only for another."""

    def __init__(
        self,
        most: int,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = threading.BoundedSemaphore(most)
        self._patience_seconds = patience_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._until: dict[socket.socket, float] = {}

    def take_place(self) -> None:
        """Wait for a place, and hang up on whoever has been slow for longest until there is one."""
        while not self._places.acquire(timeout=_LOOK_SECONDS):
            self._hang_up()

    def awaited(self, connection: socket.socket, count: int = 0, *, seconds: float = 0.0) -> None:
        """From now on it is the caller's turn: to send so many bytes, to take them, or to do what lasts so long."""
        with self._lock:
            self._until[connection] = self._clock() + self._patience_seconds + seconds + count / _BYTES_A_SECOND

    def served(self, connection: socket.socket) -> None:
        """From now on it is ours."""
        with self._lock:
            self._until.pop(connection, None)

    def give_place(self) -> None:
        self._places.release()

    def _hang_up(self) -> None:
        # Held until it is hung up: a socket is closed after ``served``, so its number is not somebody else's by then.
        with self._lock:
            connection = min(self._until, key=self._until.__getitem__, default=None)
            if connection is None or self._until[connection] > self._clock():
                return
            del self._until[connection]
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                LOG.debug("caller gone")  # it hung up first
        LOG.warning("slow caller hung up on")
