"""Real cosigners, each a process of its own."""

import os
import socket as sockets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from privyseal.cosigner.client import Cosigner
from privyseal.kernel.cosignature import CosignerKey
from tests.running.served import eventually

HERE = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@contextmanager
def process(socket: Path, *program: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program that listens on this socket until the block ends."""
    socket.unlink(missing_ok=True)
    with subprocess.Popen([sys.executable, "-m", *program], stderr=subprocess.PIPE, text=True, env=HERE) as started:
        try:
            eventually(lambda: _listens(socket) or started.poll() is not None)
            yield started
        finally:
            started.kill()


def _listens(socket: Path) -> bool:
    """Tell whether somebody takes connections here: a socket stands in its folder before it does."""
    with sockets.socket(sockets.AF_UNIX) as own:
        return own.connect_ex(str(socket)) == 0


@contextmanager
def cosigning(folder: Path, key: CosignerKey, log_key: str, socket: Path) -> Iterator[Cosigner]:
    words = ("serve", "--data", str(folder), "--log-key", log_key, "--socket", str(socket))
    with process(socket, "privyseal.cosigner", *words):
        yield Cosigner(key, f"unix:{socket}")
