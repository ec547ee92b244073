"""A company's OA that tests talk to, and what it said."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.running.served import free_port

KEY = bytes(range(32)).hex()


@dataclass(frozen=True, slots=True)
class Oa:
    process: subprocess.Popen[str]
    port: int
    key: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/seals"

    def heard(self) -> dict[str, Any]:
        """Return what it was told next; it waits for that."""
        assert self.process.stdout is not None
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said

    def decides(
        self, asked: dict[str, Any], approver: str, decision: str = "approve", **more: str
    ) -> tuple[Any, bytes]:
        """Return headers and body of its answer to what it was asked."""
        told = {"application": asked["application"], "shown_sha256": asked["shown_sha256"], **more}
        told |= {"decision": decision, "approver": approver, "name": more.get("name", f"oa-{approver}")}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        headers = self.heard()
        return headers, headers.pop("body").encode()


@contextmanager
def running_oa() -> Iterator[Oa]:
    port = free_port()
    command = [sys.executable, "-m", "tests.oa", str(port), KEY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield Oa(process, port, ready["key"])
        process.kill()
