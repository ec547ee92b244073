"""Two processes that use a seal as the web server does, and how fast they are together."""

import json
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Final

from bench import inside
from bench.product import ROOT, Broken, Product

_PROCESSES: Final = 2


def rate(product: Product, applications: int) -> tuple[float, Sequence[float]]:
    """Return how many uses a second two processes make, and how long each one took."""
    waiting = inside.ask(product, "using", "prepare", str(applications))
    took, seconds = _made(product, "seal", waiting)
    return len(waiting) / took, seconds


def rate_together(product: Product, applications: int) -> float:
    """Return how many uses a second two processes make that seal all documents of an application in one act."""
    waiting = inside.ask(product, "using", "prepare", str(applications))
    took, _ = _made(product, "together", list(dict.fromkeys(permit for permit, _ in waiting)))
    return len(waiting) / took


def _made(product: Product, what: str, waiting: Sequence[Any]) -> tuple[float, Sequence[float]]:
    """Have two processes make all that waits; return how long they took, and each of their calls."""
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
    return took, [seconds for one in found for seconds in one["seconds"]]


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
