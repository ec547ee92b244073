"""The product as its users start it: ``privyseal serve --demo`` over a data folder of its own, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import MappingProxyType
from typing import Final

from privyseal.config import children
from privyseal.config.installation import Databases
from privyseal.config.postgres import Cluster

ROOT: Final = Path(__file__).parents[1]
FIRST_PAGE: Final = "/sign-in/"
_START_SECONDS: Final = 240.0  # a first start on a busy machine migrates for long
_STOP_SECONDS: Final = 15.0
_ASK_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.01
_ANSWERED: Final = 200
_AS_USUAL: Final[Mapping[str, str]] = MappingProxyType({})


class Broken(RuntimeError):
    """The product, or a part of the bench, does not do what is to be measured."""


class Product:
    """One installation that is started and stopped, as often as wanted."""

    def __init__(self, folder: Path, *, is_kept: bool = False, settings: Mapping[str, str] = _AS_USUAL) -> None:
        self.data = folder / "data"
        self._settings = settings
        self.port = free_port()
        self._log = folder / "serve.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.data.mkdir(exist_ok=is_kept)
        self.data.chmod(0o711)  # the account that PostgreSQL runs as passes through

    @property
    def pid(self) -> int:
        if self._process is None:
            raise Broken("The product was not started.")
        return self._process.pid

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PRIVYSEAL_", "DJANGO_"))}
        places = {"PRIVYSEAL_DATA": str(self.data), "PRIVYSEAL_PORT": str(self.port)}
        return {**own, **places, **self._settings, "PYTHONPATH": str(ROOT / "src")}

    def start(self) -> float:
        """Return how many seconds it took until the first page was answered."""
        began = time.monotonic()
        command = [sys.executable, "-m", "privyseal", "serve", "--demo"]
        self._process = children.spawn(command, dies_by=signal.SIGTERM, log=self._log, environment=self.environment)
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() - began > _START_SECONDS:
                raise Broken(f"The product does not start: {children.last_line(self._log)}")
            time.sleep(_POLL_SECONDS)
        return time.monotonic() - began

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def databases(self) -> Databases:
        cluster = Cluster(self.data)
        if not cluster.attach():
            raise Broken("The product's database does not answer.")
        return Databases.of(cluster)

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_ASK_SECONDS)
        try:
            connection.request("GET", FIRST_PAGE)
            return connection.getresponse().status == _ANSWERED
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def folder() -> Iterator[Path]:
    """Yield a folder that other accounts may pass through, and delete it afterwards."""
    path = Path(tempfile.mkdtemp(prefix="privyseal-bench-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)  # a database may still be taking its leave


@contextmanager
def serving(settings: Mapping[str, str] = _AS_USUAL) -> Iterator[Product]:
    with folder() as path:
        product = Product(path, settings=settings)
        try:
            product.start()
            yield product
        finally:
            product.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
