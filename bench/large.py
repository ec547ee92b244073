"""A bid of 500 MB and 5,000 pages through the whole product, and the memory that each process has of its own for it."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from bench import goals, inside, processes
from bench.browser import Browser
from bench.papers import write_bid
from bench.product import Broken, Product, serving
from bench.report import Figure, Probe, Report, reached

_PAGES: Final = 5_000
_SECONDS: Final = 150.0
_LOOK_SECONDS: Final = 0.02
_MEGABYTE: Final = 1_000_000
# What a process is called in its command line, and what it is for.
_PARTS: Final[Mapping[str, str]] = {
    "privyseal.config.webserver": "a process of the web server",
    "privyseal jobs": "the worker of jobs",
    "privyseal.pdf.confined": "the cage that reads the file",
    "privyseal.signer": "the signer",
}


def run() -> Report:
    with serving() as product:
        bid = product.data / "bid.pdf"
        write_bid(bid, _PAGES)
        size = bid.stat().st_size
        with _watched(product) as most:
            browser = Browser(product.port)
            browser.sign_in(*inside.ask(product, "bids"))
            began = time.monotonic()
            page = browser.send_document(bid)
            sent = time.monotonic()
            sha256 = _taken_in(browser, page)
            taken = time.monotonic()
            browser.get(f"/documents/{sha256}/pages/{_PAGES}.png")
            drawn = time.monotonic()
            done = inside.ask(product, "bids", sha256, seconds=_SECONDS)
            browser.close()  # the server has hung up meanwhile; the next request opens a connection
            downloaded = browser.get(f"/sealed/{done['intent']}/")
    file = Probe("the file", size / _MEGABYTE, "MB")
    memory = [reached(goals.LARGE_MEMORY[part], most.get(part, 0) / _MEGABYTE, file) for part in _PARTS.values()]
    return Report(
        "large",
        (
            *memory,
            Figure("sent, written and hashed", sent - began, "s", probes=(file,)),
            Figure("made fit by a job", taken - sent, "s", probes=(Probe("pages", _PAGES, ""),)),
            Figure("the picture of the last page", drawn - taken, "s"),
            Figure("sealed on every page and across all edges", done["seal_seconds"], "s"),
            Figure("appended", (downloaded - size) / _MEGABYTE, "MB"),
        ),
    )


def _taken_in(browser: Browser, page: str) -> str:
    """Look again as the page does, until it leads on; return the digest of the document."""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        if onward := browser.leads_to(page):
            return onward.rstrip("/").rpartition("/")[2]
        time.sleep(1)
    raise Broken("The file is not taken in.")


@contextmanager
def _watched(product: Product) -> Iterator[dict[str, int]]:
    """Give the most memory that each part has of its own at any time: not what is mapped from files."""
    most: dict[str, int] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_SECONDS):
            for pid, command in processes.family(product.pid):
                part = next((name for words, name in _PARTS.items() if words in command), None)
                if part is not None:
                    most[part] = max(most.get(part, 0), processes.own_bytes(pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()
