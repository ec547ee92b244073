"""A real browser before the real product."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from privyseal.language.catalogue import compile_stale
from tests import prepared
from tests.running.served import Served, free_port, serving

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, slots=True)
class Stack:
    """The product as it is served: database, signer, worker and web server of its own."""

    url: str
    served: Served
    approval_url: str
    gateway_url: str


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    compile_stale()
    folder = Path(tempfile.mkdtemp(prefix="privyseal-journey-", dir="/tmp"))
    folder.chmod(0o711)
    prepared.place(folder / "data")
    port, approval, gateway = free_port(), free_port(), free_port()
    settings = {
        "PRIVYSEAL_PUBLIC_URL": f"http://localhost:{port}",
        "PRIVYSEAL_APPROVAL_PORT": str(approval),
        "PRIVYSEAL_GATEWAY_PORT": str(gateway),
        "PRIVYSEAL_VERIFICATIONS_PER_MINUTE": "1000",
        "PRIVYSEAL_WEB_WORKERS": "2",
    }
    with serving(folder / "data", port, "--demo", **settings) as served:
        served.wait_for_pages()
        yield Stack(f"http://localhost:{port}", served, f"http://localhost:{approval}", f"https://localhost:{gateway}")
    shutil.rmtree(folder)


# Of a module, not of the session: while it lives its event loop counts as running, and other tests need none.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
