"""Does what web, worker and signer do, each act in a process of its own that may be killed at a numbered step.

Orders come as lines of JSON on standard input, and each is answered by one. Django and the engine are loaded once; an
act is a fork of what is loaded, so that a death costs no start.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from privyseal.config.loading import load
from privyseal.kernel import steps
from privyseal.kernel.errors import Refused
from privyseal.kernel.steps import Step

_SIGNER: Final = ("--data", os.environ["SAGA_SIGNER"], "--socket", os.environ["PRIVYSEAL_SIGNER_SOCKET"])


def main() -> None:
    load("privyseal.config.demo", "privyseal.signer.engine", "tests.saga.acts")
    from tests.saga import acts  # noqa: PLC0415  Django is set up only now

    signer = 0
    for line in sys.stdin:
        order = json.loads(line)
        if order["act"] == "signer":
            answer: Any = {"died": _end(signer)}
            signer = _fork(order, _serve_signer)
        elif order["act"] == "end":
            answer, signer = {"died": _end(signer)}, 0
        else:
            answer = _carried_out(order, acts.ACTS[order["act"]])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    _end(signer)


def _carried_out(order: Mapping[str, Any], act: Callable[..., Any]) -> dict[str, Any]:
    """Return what the act's caller heard, which is nothing where it died, and whether it was killed."""
    reading, writing = os.pipe()

    def run() -> None:
        os.close(reading)
        try:
            said = {"heard": act(**order["with"])}
        except Refused as refusal:
            said = {"refused": refusal.code}
        except Exception as error:  # noqa: BLE001  the outermost of a process: its caller hears that it failed
            said = {"failed": f"{type(error).__name__}: {error}"}
        os.write(writing, json.dumps(said).encode())

    pid = _fork(order, run)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    return {"died": os.WIFSIGNALED(status), **json.loads(said or b"{}")}


def _fork(order: Mapping[str, Any], run: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    if order.get("at"):
        steps.watch(lambda step: _strike(order.get("victim"), step, Step(order["at"])))
    run()
    os._exit(0)


def _strike(victim: str | None, step: Step, at: Step) -> None:
    if step is not at:
        return
    if victim is None:
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        _kill_server(Path(victim))


def _kill_server(folder: Path) -> None:
    """Kill a PostgreSQL whole: the first process first, or it would start the others again."""
    first = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
    family = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _parent(entry) == first]
    for pid in (first, *family):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _serve_signer() -> None:
    from privyseal.signer import __main__ as signer  # noqa: PLC0415  it sets the signals of its own process

    with Path(os.environ["SAGA_LOG"]).open("a", encoding="utf-8") as sys.stderr:
        signer.main(_SIGNER)


def _end(pid: int) -> bool:
    """End a signer, if there is one; return whether it had been killed before."""
    if not pid:
        return False
    found, status = os.waitpid(pid, os.WNOHANG)
    if not found:
        os.kill(pid, signal.SIGTERM)
        _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


if __name__ == "__main__":
    main()
