"""``privyseal worker``: the integrator and the sweep, until told to stop."""

import signal
import threading
from argparse import ArgumentParser, Namespace

from privyseal.config.loading import load


def configure(parser: ArgumentParser) -> None:
    parser.description = "Number facts, sign checkpoints, finish what a crash left open."


def run(_arguments: Namespace) -> int:
    load("privyseal.config.worker")
    from privyseal.config import worker  # noqa: PLC0415  Django is set up only now

    stop = threading.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: stop.set())
    worker.run(stop)
    return 0
