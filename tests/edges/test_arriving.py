"""What arrives at the gateway byte by byte holds no thread, and no longer than what is said would take."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.gateway.arriving import Arriving
from privyseal.gateway.house import House
from privyseal.gateway.site import Site
from privyseal.kernel.canonical import parse
from privyseal.signer.client import Client

THREADS = 2


@dataclass
class Asked:
    """One request as a server hands it in, of which ``pieces`` come, and then nothing where it ``drips``."""

    method: str = "POST"
    path: str = "/v1/frames"
    size: int = 9
    pieces: tuple[bytes, ...] = ()
    drips: bool = True
    answers: list[tuple[int, str]] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"content-length": str(self.size)}

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece
        if self.drips:
            await asyncio.Event().wait()

    def response_bytes(self, status: int, _headers: list[tuple[str, str]], body: bytes) -> None:
        self.answers.append((status, str(parse(body).get("code", ""))))


def site(folder: Path) -> Site:
    house = House(ec.generate_private_key(ec.SECP256R1()))
    return Site(house, Client(folder / "nobody.sock"), lambda: datetime.now(UTC))


async def answered(arriving: Arriving, *asked: Asked) -> None:
    await asyncio.gather(*(arriving.__rsgi__(one, one) for one in asked))


def test_who_sends_a_byte_now_and_then_keeps_nobody_else_out(tmp_path: Path) -> None:
    arriving = Arriving(site(tmp_path), threads=THREADS, first_seconds=0.2)
    slow = [Asked(pieces=(b"{",)) for _ in range(3 * THREADS)]
    health = Asked("GET", "/healthz", size=0)

    async def together() -> list[tuple[int, str]]:
        waiting = asyncio.gather(*(arriving.__rsgi__(one, one) for one in slow))
        await asyncio.sleep(0)
        await arriving.__rsgi__(health, health)
        before = [answer for one in slow for answer in one.answers]
        await waiting
        return before

    assert asyncio.run(together()) == []
    assert health.answers == [(200, "")]
    assert [one.answers for one in slow] == [[(503, "too-slow")]] * len(slow)


def test_of_too_many_that_arrive_the_oldest_makes_room(tmp_path: Path) -> None:
    arriving = Arriving(site(tmp_path), threads=THREADS, first_seconds=60, most=1)
    slow, whole = Asked(), Asked(pieces=(b'{"frames"', b":[]}"), size=13, drips=False)

    asyncio.run(answered(arriving, slow, whole))

    assert (slow.answers, whole.answers) == ([(503, "too-slow")], [(400, "frame-broken")])


def test_what_is_too_large_or_not_awaited_is_not_waited_for(tmp_path: Path) -> None:
    arriving = Arriving(site(tmp_path), threads=THREADS, first_seconds=60)
    large, picture = Asked(size=1 << 21), Asked("PUT", f"/v1/pictures/{'0' * 64}", size=1 << 20)

    asyncio.run(answered(arriving, large, picture))

    assert (large.answers, picture.answers) == ([(413, "too-large")], [(400, "frame-broken")])
