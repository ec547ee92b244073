"""Writers as the web server has them: threads in a few processes. And whoever watches for signed roots."""

import json
import subprocess
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from bench import inside
from bench.product import ROOT, Broken, Product

_PROCESSES: Final = 2
_HEAD_START_SECONDS: Final = 0.1
_POLL_SECONDS: Final = 0.004
_COVERED_SECONDS: Final = 30.0
_NANOSECONDS: Final = 1_000_000_000
_WRITTEN: Final = """
    SELECT ledger_text(fact.body)::json #>> '{subjects,application}', leaf.index
    FROM ledger_fact fact JOIN ledger_leaf leaf ON leaf.fact_id = fact.id WHERE fact.kind = 'bench.written'
"""


@dataclass(frozen=True, slots=True)
class Round:
    """What all writers wrote in one stretch of time: a name each, and when its commit was sent."""

    seconds: float
    sent: Mapping[str, float]

    @property
    def rate(self) -> float:
        return len(self.sent) / self.seconds


class Writers:
    def __init__(self, processes: Sequence[subprocess.Popen[str]]) -> None:
        self._processes = processes

    def write(self, seconds: float, *, is_recorded: bool, a_second: float = 0) -> Round:
        """Have every writer write so often on average; at zero, as fast as it can."""
        starts_at = time.monotonic() + _HEAD_START_SECONDS
        order = {"is_recorded": is_recorded, "starts_at": starts_at, "ends_at": starts_at + seconds}
        line = json.dumps({**order, "a_second": a_second}) + "\n"
        for process in self._processes:
            _put(process, line)
        sent = [written for process in self._processes for written in _answer(process)]
        return Round(seconds, {name: at / _NANOSECONDS for name, at in sent})


@contextmanager
def writers(product: Product, logins: Sequence[str]) -> Iterator[Writers]:
    with ExitStack() as stack:
        shares = [logins[first::_PROCESSES] for first in range(_PROCESSES)]
        yield Writers([stack.enter_context(_process(product, share)) for share in shares])


class Watch:
    """Sees every signed root soon after its commit, from outside."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = psycopg.connect(url, autocommit=True)
        self._seen: list[tuple[int, float]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self._connection.close()

    def wait_until_covered(self) -> None:
        """Return when a signed root covers every fact there is."""
        with psycopg.connect(self._url) as connection:
            (facts,) = connection.execute("SELECT count(*) FROM ledger_fact").fetchone() or (0,)
        deadline = time.monotonic() + _COVERED_SECONDS
        while not self._seen or self._seen[-1][0] < facts:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise Broken(f"{facts} facts have no signed root after {_COVERED_SECONDS:.0f} s.")
            time.sleep(_POLL_SECONDS)

    def seconds_until_covered(self, written: Round) -> list[float]:
        """Return, for each fact of the round, how long after its commit was sent a signed root covered it."""
        with psycopg.connect(self._url) as connection:
            indices = {name: index for name, index in connection.execute(_WRITTEN) if name in written.sent}
        sizes = [size for size, _ in self._seen]
        return [self._seen[bisect_right(sizes, indices[name])][1] - sent_at for name, sent_at in written.sent.items()]

    def _look(self) -> None:
        newest = 0
        while not self._stop.wait(_POLL_SECONDS):
            row = self._connection.execute("SELECT size FROM ledger_checkpoint ORDER BY size DESC LIMIT 1").fetchone()
            if row and row[0] > newest:
                newest = row[0]
                self._seen.append((newest, time.monotonic()))


@contextmanager
def watching(url: str) -> Iterator[Watch]:
    watch = Watch(url)
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()


@contextmanager
def _process(product: Product, logins: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """Run writers, which end when nobody can give orders any more."""
    process = subprocess.Popen(  # noqa: S603 - our own argument list, no shell
        inside.command("writer", *logins),
        env=product.environment,
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        yield process
        # Leaving the block closes the pipes and waits.


def _put(process: subprocess.Popen[str], line: str) -> None:
    if process.stdin is None:
        raise Broken("A writer takes no orders.")
    process.stdin.write(line)
    process.stdin.flush()


def _answer(process: subprocess.Popen[str]) -> list[Any]:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise Broken("A writer ended before its time.")
    written: list[Any] = json.loads(line)
    return written
