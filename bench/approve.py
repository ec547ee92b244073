"""What an approval costs the server, and how long approvers wait who all decide at once."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from bench import inside, probes, processes
from bench.browser import Browser
from bench.goals import APPROVE_CPU, APPROVE_TIME, CLIENTS
from bench.product import Product, serving
from bench.report import Figure, Probe, Report, ninety_ninth, reached

_WARM: Final = 4  # requests of each client that are not counted
_COUNTED: Final = 25
_EMPTY: Final = 100
_MILLISECONDS: Final = 1000
_MICROSECONDS: Final = 1_000_000
Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Load:
    """What requests of one kind took: time for each, CPU for all."""

    seconds: Sequence[float]
    elapsed_seconds: float
    web_seconds: float
    database_seconds: float

    @property
    def web_milliseconds(self) -> float:
        return self.web_seconds * _MILLISECONDS / len(self.seconds)

    @property
    def database_milliseconds(self) -> float:
        return self.database_seconds * _MILLISECONDS / len(self.seconds)

    @property
    def slow_milliseconds(self) -> float:
        return ninety_ninth(self.seconds) * _MILLISECONDS

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.elapsed_seconds


def run() -> Report:
    with serving() as product:
        cast = inside.ask(product, "cast", str(CLIENTS), str(CLIENTS * (_WARM + _COUNTED)))
        with _signed_in(product, cast["logins"], cast["password"]) as browsers:
            shares = _shares([tuple(application) for application in cast["applications"]])
            votes = [
                [partial(browser.approve, *application) for application in share]
                for browser, share in zip(browsers, shares, strict=True)
            ]
            _load(product, [acts[:_WARM] for acts in votes])
            approving = _load(product, [acts[_WARM:] for acts in votes])
            empty = _load(product, [[partial(browser.get, "/healthz")] * _EMPTY for browser in browsers])
        transactions = probes.empty_transaction(product.databases().web)
    return _report(approving, empty, transactions)


def _report(approving: Load, empty: Load, transactions: Probe) -> Report:
    transaction = Probe("an empty transaction", _MICROSECONDS / transactions.value, "us")
    figures = (
        reached(APPROVE_CPU, approving.web_milliseconds, Probe("an empty request", empty.web_milliseconds, "ms")),
        reached(
            APPROVE_TIME,
            approving.slow_milliseconds,
            Probe("an empty request", empty.slow_milliseconds, "ms"),
            transaction,
        ),
        Figure("the same request, CPU of the database", approving.database_milliseconds, "ms"),
        Figure("approvals a second", approving.rate, "/s", probes=(Probe("empty requests", empty.rate, "/s"),)),
    )
    return Report("approve", figures)


@contextmanager
def _signed_in(product: Product, logins: Sequence[str], password: str) -> Iterator[list[Browser]]:
    browsers = [Browser(product.port) for _ in logins]
    try:
        for browser, login in zip(browsers, logins, strict=True):
            browser.sign_in(login, password)
        yield browsers
    finally:
        for browser in browsers:
            browser.close()


def _shares(applications: Sequence[tuple[str, str]]) -> list[Sequence[tuple[str, str]]]:
    return [applications[first::CLIENTS] for first in range(CLIENTS)]


def _load(product: Product, acts: Sequence[Sequence[Act]]) -> Load:
    """Let every client do its acts one after the other, all clients at once."""
    web = processes.child(product.pid, "privyseal.config.webserver")
    database = processes.child(product.pid, "/postgres ")
    before, began = (processes.cpu_seconds(web), processes.cpu_seconds(database)), time.perf_counter()
    with ThreadPoolExecutor(len(acts)) as clients:
        seconds = [second for client in clients.map(_timed, acts) for second in client]
    elapsed = time.perf_counter() - began
    after = processes.cpu_seconds(web), processes.cpu_seconds(database)
    return Load(seconds, elapsed, after[0] - before[0], after[1] - before[1])


def _timed(acts: Sequence[Act]) -> list[float]:
    seconds = []
    for act in acts:
        began = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - began)
    return seconds
