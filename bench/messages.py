"""How long ten thousand people wait for their letters when the mail server was away at first."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bench import inside, probes
from bench.goals import LOSS_TOLD, MESSAGES
from bench.product import free_port, serving
from bench.report import Figure, Probe, Report, reached

_COUNT: Final = 10_000
_SECONDS: Final = 160.0


def run() -> Report:
    with serving() as product, _post_office() as port:
        took = inside.ask(product, "telling", str(_COUNT), str(port), seconds=_SECONDS)
        transactions = probes.empty_transaction(product.databases().web)
    refused, sent = took["refused_seconds"], took["sent_seconds"]
    beside = (Probe("an empty transaction", 1_000_000 / transactions.value, "us"), Probe("refused once", refused, "s"))
    figures = (
        reached(MESSAGES, refused + sent, *beside),
        reached(LOSS_TOLD, took["loss_seconds"]),
        Figure("letters a second, to a server on this machine", _COUNT / sent, "/s"),
        Figure(
            "letters that arrived, of as many people", float(took["sent"]), "", probes=(Probe("people", _COUNT, ""),)
        ),
    )
    return Report("messages", figures)


@contextmanager
def _post_office() -> Iterator[int]:
    """Run a real mail server that throws away what it is given; yield its port."""
    port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  our own
    try:
        yield port
    finally:
        process.terminate()
        process.wait()
