"""Real signers, each a process of its own over a folder of its own."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.signer.answers import Public
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.copying import FILE
from privyseal.signer.database import Database, open_durably
from privyseal.signer.keyfile import opened
from privyseal.signer.operations import Signer
from tests.signer.conftest import serving


@contextmanager
def running(folder: Path, *more: str) -> Iterator[Client]:
    """Start a signer over this folder and end it afterwards."""
    socket = folder / "signer.sock"
    command = [sys.executable, "-m", "privyseal.signer", "--data", str(folder / "data"), "--socket", str(socket)]
    command += more
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with (folder / "log").open("ab") as log, subprocess.Popen(command, stderr=log, env=here) as process:
        client = Client(socket)
        try:
            _wait_for(client)
            yield client
        finally:
            process.terminate()


@contextmanager
def inside(folder: Path) -> Iterator[Client]:
    """Have a signer over this folder answer on a socket from within this process, which takes a tenth of a start."""
    socket = folder / "signer.sock"
    with closing(Database(open_durably(folder / FILE))) as database:
        keys = opened(database, folder / "signer.key")
        with serving(Signer(database, lambda: datetime.now(UTC), keys), socket):
            yield Client(socket)


@contextmanager
def founded() -> Iterator[tuple[Client, Public]]:
    """Have a signer, inside this process, of a new installation that trusts a web key nobody keeps."""
    with tempfile.TemporaryDirectory(prefix="privyseal-signer-") as folder, inside(Path(folder)) as client:
        key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        address = "http://localhost:8000"
        yield client, client.found(public_url=address, origin="localhost:8000/ledger", web_key=key, is_demo=True)


def _wait_for(client: Client, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            client.status()
        except SignerUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
