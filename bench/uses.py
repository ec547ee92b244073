"""Two processes that use a seal as the web server does, and how fast they are together."""

import json
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Final, NamedTuple

from bench import inside, processes
from bench.product import ROOT, Broken, Product

_PROCESSES: Final = 2
_PREPARE_SECONDS: Final = 300.0


class Together(NamedTuple):
    """How many uses a second, and the processor time of one in seconds: in the web server's code, in the signer."""

    rate: float
    of_web: float
    of_signer: float


def rate(product: Product, applications: int) -> tuple[float, Sequence[float]]:
    """Return how many uses a second two processes make, and how long each one took."""
    waiting = inside.ask(product, "using", "prepare", str(applications))
    took, found = _made(product, "seal", waiting)
    return len(waiting) / took, [seconds for one in found for seconds in one["seconds"]]


def rate_together(product: Product, applications: int) -> Together:
    """Return how two processes do that seal all documents of an application in one act."""
    waiting = inside.ask(product, "using", "prepare", str(applications), seconds=_PREPARE_SECONDS)
    signer = processes.child(product.pid, "privyseal.signer")
    before = processes.cpu_seconds(signer)
    took, found = _made(product, "together", list(dict.fromkeys(permit for permit, _ in waiting)))
    of_signer = processes.cpu_seconds(signer) - before
    uses = len(waiting)
    return Together(uses / took, sum(one["processor"] for one in found) / uses, of_signer / uses)


def _made(product: Product, what: str, waiting: Sequence[Any]) -> tuple[float, Sequence[Any]]:
    """Have two processes make all that waits; return how long they took, and what each of them says."""
    with ExitStack() as stack:
        crew = [stack.enter_context(_process(product, what)) for _ in range(_PROCESSES)]
        for process in crew:
            _read(process)
        for number, process in enumerate(crew):
            if process.stdin is None:
                raise Broken("A process takes no orders.")
            process.stdin.write(json.dumps(waiting[number::_PROCESSES]) + "\n")
            process.stdin.flush()
        found = [json.loads(_read(process)) for process in crew]
    took = max(one["ended"] for one in found) - min(one["began"] for one in found)
    return took, found


def _process(product: Product, what: str) -> Any:  # noqa: ANN401  a process that is its own context
    return subprocess.Popen(  # noqa: S603 - our own argument list, no shell
        inside.command("using", what),
        env=product.environment,
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _read(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise Broken("A process that makes uses ended before its time.")
    return line
