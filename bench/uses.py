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
    with ExitStack() as stack:
        crew = [stack.enter_context(_process(product)) for _ in range(_PROCESSES)]
        for process in crew:
            _read(process)
        for number, process in enumerate(crew):
            if process.stdin is None:
                raise Broken("A process takes no orders.")
            process.stdin.write(json.dumps(waiting[number::_PROCESSES]) + "\n")
            process.stdin.flush()
        found = [json.loads(_read(process)) for process in crew]
    took = max(one["ended"] for one in found) - min(one["began"] for one in found)
    return len(waiting) / took, [seconds for one in found for seconds in one["seconds"]]


def rate_together(product: Product, applications: int) -> float:
    """Return how many uses a second one process makes that seals all documents of an application in one act."""
    found = inside.ask(product, "using", "together", str(applications), seconds=200)
    return float(found["sealed"] / found["seconds"])


def _process(product: Product) -> Any:  # noqa: ANN401  a process that is its own context
    return subprocess.Popen(  # noqa: S603 - our own argument list, no shell
        inside.command("using", "seal"),
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
