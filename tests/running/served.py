"""The product as its users start it, in a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Final

from privyseal.config import sockets

ROOT: Final = Path(__file__).parents[2]
_DEADLINE_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.02


class Served:
    """One ``privyseal serve``; ``said`` is what its user read so far."""

    def __init__(self, data: Path, port: int, *words: str, **settings: str) -> None:
        self.data = data
        self.port = port
        data.parent.mkdir(exist_ok=True)
        self._told = data.parent / f"told-{time.monotonic_ns()}"
        with self._told.open("wb") as told:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "privyseal", "serve", *words],
                env=environment(data, PRIVYSEAL_PORT=str(port), **settings),
                stdout=told,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def said(self) -> str:
        return self._told.read_text()

    def wait_for_pages(self) -> None:
        eventually(lambda: "Ctrl-C stops it" in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, self.said

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_DEADLINE_SECONDS)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer: HTTPResponse = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(_DEADLINE_SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def child(self, part: str) -> int | None:
        """Return the child of the supervisor whose command line contains the words."""
        family = [pid for pid in survivors(self.data) if _parent(pid) == self.process.pid]
        return next((pid for pid in family if part in _command_line(pid)), None)

    def pid_of(self, part: str) -> int:
        pid = self.child(part)
        assert pid is not None, f"there is no {part}"
        return pid

    def family_of(self, part: str) -> list[int]:
        """Return a child of the supervisor and its own children, itself first."""
        head = self.pid_of(part)
        return [head, *(pid for pid in survivors(self.data) if _parent(pid) == head)]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command on the same installation."""
        return subprocess.run(
            [sys.executable, "-m", "privyseal", *words],
            env=environment(self.data, PRIVYSEAL_PORT=str(self.port)),
            capture_output=True,
            text=True,
            check=True,
            timeout=_DEADLINE_SECONDS,
        )

    def log(self, name: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.data / "logs" / f"{name}.log").read_text().splitlines()]


class Home:
    """One data folder, served when a test wants it to be."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._served: Served | None = None

    def running(self) -> Served:
        return self._served if self._served and self._served.process.poll() is None else self._start()

    def with_machines(self) -> Served:
        """Serve with a broker of machines and a gateway at it as well."""
        if self._served and self._served.process.poll() is None and self._served.child("config.broker"):
            return self._served
        self.stop()
        return self._start(PRIVYSEAL_BROKER_PORT=str(free_port()), PRIVYSEAL_BROKER_INSIDE=f"127.0.0.1:{free_port()}")

    def _start(self, **settings: str) -> Served:
        self._served = Served(self.data, free_port(), "--demo", PRIVYSEAL_METRICS_TOKEN="figures", **settings)
        self._served.wait_for_pages()
        return self._served

    def stop(self) -> None:
        if self._served is not None and self._served.process.poll() is None:
            self._served.interrupt()


@contextmanager
def serving(data: Path, port: int, *words: str, **settings: str) -> Iterator[Served]:
    """Serve until the end of the block, and make sure of the end."""
    served = Served(data, port, *words, **settings)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.interrupt()


def environment(data: Path, **settings: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PRIVYSEAL_", "DJANGO_", "COV_"))}
    ours = {"PRIVYSEAL_DATA": str(data), "PRIVYSEAL_APPROVAL_PORT": str(free_port())}
    return {**own, **ours, "PYTHONPATH": str(ROOT / "src"), **settings}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(happens: Callable[[], bool], *, seconds: float = _DEADLINE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(_POLL_SECONDS)


def survivors(folder: Path) -> list[int]:
    """Return the living processes that know the folder, or the name of its sockets, by command line or environment."""
    own, names = {os.getpid(), os.getppid()}, (os.fsencode(folder), sockets.digest(folder).encode())
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return sorted(pid for pid in pids if pid not in own and any(name in _knowledge(pid) for name in names))


def _knowledge(pid: int) -> bytes:
    known = b""
    for name in ("cmdline", "environ"):
        try:
            known += Path(f"/proc/{pid}/{name}").read_bytes() + b"\0\0"
        except OSError:  # gone, dead, or somebody else's
            continue
    return known


def _command_line(pid: int) -> str:
    return _knowledge(pid).partition(b"\0\0")[0].replace(b"\0", b" ").decode(errors="replace")


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0
