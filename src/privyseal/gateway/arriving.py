"""The gateway as its server speaks to it (RSGI): a body arrives before anything is done, or in time, or not at all.

Who sends a byte now and then holds no thread, and nobody for longer than what was said would take on a slow network.
"""

import asyncio
from asyncio import AbstractEventLoop, Future
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from privyseal.gateway.site import MOST_BYTES, TooSlow

if TYPE_CHECKING:
    from privyseal.gateway.site import Site

FIRST_SECONDS: Final = 30.0
BYTES_A_SECOND: Final = 16 << 10
_MOST_ARRIVING: Final = 256


class Headers(Protocol):
    def get(self, name: str) -> str | None: ...


class Scope(Protocol):
    """Of what is asked for, what we read."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def headers(self) -> Headers: ...


class Asking(Protocol):
    """Whoever asks: what they send piece by piece, and the answer to it."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...


class Arriving:
    """``site`` answers in one of so many ``threads``. Of too many bodies that arrive the oldest makes room."""

    def __init__(
        self, site: "Site", *, threads: int, first_seconds: float = FIRST_SECONDS, most: int = _MOST_ARRIVING
    ) -> None:
        self._site = site
        self._threads = ThreadPoolExecutor(threads, "asked")
        self._first_seconds = first_seconds
        self._most = most
        self._arriving: list[Future[bytes]] = []

    async def __rsgi__(self, scope: Scope, asking: Asking) -> None:
        loop, said = asyncio.get_running_loop(), scope.headers.get("content-length") or ""
        body = _Body(self, asking, loop)
        # Whose a picture is and whether it is awaited is asked before it is read: its body comes when it is.
        if scope.method == "POST" and said.isdigit() and int(said) <= MOST_BYTES:
            body.came, body.is_here = await self.arrived(asking, int(said)), True
        asked = {
            "REQUEST_METHOD": scope.method,
            "PATH_INFO": scope.path,
            "CONTENT_LENGTH": said,
            "HTTP_AUTHORIZATION": scope.headers.get("authorization"),
            "wsgi.input": body,
        }
        status, headers, data = await loop.run_in_executor(self._threads, self._site.answered, asked)
        asking.response_bytes(status.value, headers, data)

    async def arrived(self, asking: Asking, size: int) -> bytes | None:
        """Return a body once it is whole, None where it took too long or its sender is gone."""
        reading = asyncio.ensure_future(_whole(asking))
        self._arriving.append(reading)
        if len(self._arriving) > self._most:
            self._arriving.pop(0).cancel()
        await asyncio.wait({reading}, timeout=self._first_seconds + size / BYTES_A_SECOND)
        if reading in self._arriving:
            self._arriving.remove(reading)
        return None if reading.cancel() or reading.cancelled() or reading.exception() else reading.result()


@dataclass(slots=True)
class _Body:
    """What came, or comes now: its reader waits in a thread, and no longer than anybody."""

    arriving: Arriving
    asking: Asking
    loop: AbstractEventLoop
    came: bytes | None = b""
    is_here: bool = False

    def read(self, size: int) -> bytes:
        if size and not self.is_here:
            self.came = asyncio.run_coroutine_threadsafe(self.arriving.arrived(self.asking, size), self.loop).result()
        if self.came is None:
            raise TooSlow
        return self.came


async def _whole(asking: Asking) -> bytes:
    return b"".join([piece async for piece in asking])
