"""What a seal costs beside what it must cost, one SHA-256 of the file and one signature, and beside pyHanko."""

import gc
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from bench import goals, probes
from bench.goals import Goal
from bench.papers import paper
from bench.peer import KeyKeepingPeer, Peer, PrivateKey, self_issued
from bench.report import Figure, Probe, Report, reached
from privyseal.pdf.cms import Key, software_key
from privyseal.pdf.face import Face, sheet
from privyseal.pdf.placement import Placement
from privyseal.pdf.revision import Hashed
from privyseal.pdf.seal import Following, seal
from privyseal.pdf.spots import Edge, Range, Seam, Spot

FACE: Final = Face(ring="上海示例贸易有限公司", bottom="合同专用章", code="3101150012345")
AT: Final = datetime(2026, 11, 25, 12, tzinfo=UTC)

_ROUNDS: Final = 7  # the first is not counted
_SECONDS_A_PART: Final = 0.05
_MILLISECONDS: Final = 1000
_MANY_PAGES: Final = 200
_FILES: Final = (
    ("55 KB", 1, 55_000, goals.SMALL_BESIDE_PEER, goals.SMALL_BESIDE_LIMIT),
    ("480 KB", 20, 480_000, goals.MIDDLE_BESIDE_PEER, goals.MIDDLE_BESIDE_LIMIT),
    ("12 MB", 30, 12_000_000, goals.LARGE_BESIDE_PEER, goals.LARGE_BESIDE_LIMIT),
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One interleaved round, in seconds of CPU."""

    limit: float
    ours: float
    peer: float


def run() -> Report:
    figures: list[Figure] = []
    private_key = ec.generate_private_key(ec.SECP256R1())
    for name, pages, size, beside_peer, beside_limit in _FILES:
        rows = _rows(paper(pages, size), private_key, page=pages, peer=Peer)
        figures += [_peer_figure(beside_peer, rows), _limit_figure(beside_limit, rows), *_spread(name, rows)]
    rows = _rows(paper(1, 55_000), rsa.generate_private_key(65537, 2048), page=1, peer=KeyKeepingPeer)
    figures += [_peer_figure(goals.RSA_BESIDE_PEER, rows), *_spread("55 KB, RSA-2048", rows)]
    key = _key(private_key)
    for goal, is_packed in ((goals.MARK_ON_TABLE, False), (goals.MARK_ON_STREAM, True)):
        document = paper(_MANY_PAGES, is_packed=is_packed)
        figures.append(reached(goal, _seconds_a_page(document, key) * _MILLISECONDS, probes.sha256()))
    return Report("seal", tuple(figures))


def _rows(document: bytes, private_key: PrivateKey, *, page: int, peer: type[Peer]) -> list[_Row]:
    key = _key(private_key)
    other = peer(private_key, key.certificate, sheet(FACE))

    def limit() -> None:
        hashlib.sha256(document).digest()
        key.sign(bytes(32))

    parts = (limit, lambda: sealed(document, key, page=page), lambda: other.seal(document, page=page))
    return [_Row(*(_cpu_seconds(part) for part in parts)) for _ in range(_ROUNDS)][1:]


def sealed(document: bytes | Hashed, key: Key, *, page: int, more: tuple[Spot, ...] = ()) -> bytes:
    """Return what our engine appends, with a drawn face."""
    return seal(
        document,
        face=FACE,
        spots=(Placement(page, 150_000, 60_000), *more),
        following=Following.NOBODY,
        key=key,
        field="Seal",
        at=AT,
    )


def _key(private_key: PrivateKey) -> Key:
    return software_key(private_key, self_issued(private_key))


def _seconds_a_page(document: bytes, key: Key) -> float:
    """Return what one more page with a strip of a seal across its edge costs."""
    across = (Seam(Edge.RIGHT, (Range(1, _MANY_PAGES),), 150_000, each=10),)
    pairs = [
        (
            _cpu_seconds(lambda: sealed(document, key, page=1, more=across)),
            _cpu_seconds(lambda: sealed(document, key, page=1)),
        )
        for _ in range(_ROUNDS)
    ][1:]
    return median(with_marks - without for with_marks, without in pairs) / _MANY_PAGES


def _cpu_seconds(part: Callable[[], object]) -> float:
    """Return the CPU time of one call, in the mean of as many as fit the time for a part."""
    part()
    gc.collect()
    count, began, cpu = 0, time.perf_counter(), time.process_time()
    while not count or time.perf_counter() - began < _SECONDS_A_PART:
        part()
        count += 1
    return (time.process_time() - cpu) / count


def _peer_figure(goal: Goal, rows: list[_Row]) -> Figure:
    probe = Probe("pyHanko", median(row.peer for row in rows) * _MILLISECONDS, "ms")
    return reached(goal, median(row.peer / row.ours for row in rows), probe)


def _limit_figure(goal: Goal, rows: list[_Row]) -> Figure:
    probe = Probe("SHA-256 of it and a signature", median(row.limit for row in rows) * _MILLISECONDS, "ms")
    return reached(goal, median(row.ours / row.limit for row in rows), probe)


def _spread(name: str, rows: list[_Row]) -> tuple[Figure, ...]:
    ours = sorted(row.ours * _MILLISECONDS for row in rows)
    least, most = Probe("least", ours[0], "ms"), Probe("most", ours[-1], "ms")
    return (Figure(f"seal on {name}", median(ours), "ms", probes=(least, most)),)
