"""``python -m bench [NAME ...] [--json]``: 0 when every goal is reached, 1 when one is missed."""

import json
import os
import platform
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Final

from bench import (
    approve,
    batch,
    custody,
    devices,
    face,
    imports,
    large,
    ledger,
    match,
    messages,
    policy,
    scale,
    seal,
    signer,
    start,
    verify,
)
from bench.report import Report

BENCHES: Final[dict[str, Callable[[], Report]]] = {
    "start": start.run,
    "approve": approve.run,
    "ledger": ledger.run,
    "signer": signer.run,
    "seal": seal.run,
    "batch": batch.run,
    "verify": verify.run,
    "scale": scale.run,
    "face": face.run,
    "imports": imports.run,
    "messages": messages.run,
    "large": large.run,
    "policy": policy.run,
    "match": match.run,
    "custody": custody.run,
    "devices": devices.run,
}
_MOST_SECONDS: Final = 180
# Those that seed or fill something do it in the first run.
_LONGER: Final = {
    "ledger": 600,
    "signer": 300,
    "large": 600,
    "imports": 600,
    "scale": 1_500,
    "match": 900,
    "custody": 600,
    "devices": 300,
}


def main() -> int:
    parser = ArgumentParser(prog="bench", description="The product's figures beside their goals and the machine's own.")
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args()
    _end_on_signals()
    machine = _machine()
    if not arguments.json:
        sys.stdout.write(", ".join(f"{name}: {value}" for name, value in machine.items()) + "\n")
    reports = [_run(name, is_told=not arguments.json) for name in arguments.names or BENCHES]
    if arguments.json:
        found = [report.to_json() for report in reports]
        sys.stdout.write(json.dumps({"machine": machine, "benches": found}, indent=2) + "\n")
    return 1 if any(report.missed for report in reports) else 0


def _run(name: str, *, is_told: bool) -> Report:
    signal.alarm(_LONGER.get(name, _MOST_SECONDS))
    report = BENCHES[name]()
    if is_told:
        sys.stdout.write(f"\n{name}\n\n{report.table()}")
        sys.stdout.flush()
    return report


def _machine() -> dict[str, str]:
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processors": str(os.cpu_count()),
        "load before": load,
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def _end_on_signals() -> None:
    """Stop and clean up on SIGTERM, and when a bench's time is over."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(f"bench: stopped by {signal.Signals(number).name}.")

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGALRM, end)


if __name__ == "__main__":
    sys.exit(main())
