"""The approval page as it is served: a process of its own, spoken to by plain HTTP and by its socket."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from privyseal.approval_page.client import ApprovalPageUnavailable, Client
from tests.running.served import eventually, free_port

HOME = "http://localhost:8000"


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True, slots=True)
class Desk:
    """``client`` is the web application's side, the rest a browser's."""

    port: int
    client: Client
    pid: int

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def get(self, path: str, **headers: str) -> Got:
        return self._asked("GET", path, None, headers)

    def post(self, path: str, body: bytes, **headers: str) -> Got:
        return self._asked("POST", path, body, {"Origin": self.origin, "Content_Type": "application/json", **headers})

    def _asked(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Got:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            said = {
                "Host": f"localhost:{self.port}",
                **{name.replace("_", "-"): text for name, text in headers.items()},
            }
            connection.request(method, path, body, said)
            answer = connection.getresponse()
            return Got(answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read())
        finally:
            connection.close()


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    folder, port = Path(tempfile.mkdtemp(prefix="privyseal-approval-")), free_port()
    settings = {
        "PRIVYSEAL_APPROVAL_PORT": str(port),
        "PRIVYSEAL_APPROVAL_SOCKET": str(folder / "socket"),
        "PRIVYSEAL_PUBLIC_URL": HOME,
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PRIVYSEAL_", "COV_"))}
    command = [sys.executable, "-m", "privyseal.config.approvalserver"]
    here = {**own, **settings, "PYTHONPATH": os.pathsep.join(sys.path)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=here, stdout=log, stderr=log)
    desk = Desk(port, Client(folder / "socket"), process.pid)
    try:
        eventually(lambda: _is_up(desk))
        yield desk
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        shutil.rmtree(folder)


def _is_up(desk: Desk) -> bool:
    try:
        desk.client.status()
        return desk.get("/healthz").status == 200
    except (ApprovalPageUnavailable, OSError):
        return False
