"""A ledger of many entries, derived again, and a receipt out of it checked: ``entries N``."""

import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Final

from bench.product import Broken
from privyseal.identity.queries import installation
from privyseal.kernel import receipt
from privyseal.kernel.note import VerifierKey
from privyseal.ledger import book, proofs
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.ledger.queries import facts_behind, latest_facts

_AT_ONCE: Final = 20_000
_CHECKS: Final = 200
_NUMBERED_SECONDS: Final = 300.0
_POLL_SECONDS: Final = 0.1


def main(words: Sequence[str]) -> None:
    (wanted,) = map(int, words)
    for first in range(0, wanted, _AT_ONCE):
        write(Service("bench"), datetime.now(UTC), first=first, count=min(_AT_ONCE, wanted - first))
    deadline = time.monotonic() + _NUMBERED_SECONDS
    while facts_behind():
        if time.monotonic() > deadline:
            raise Broken("The entries did not get their index in time.")
        time.sleep(_POLL_SECONDS)
    founded = installation()
    if founded is None:
        raise Broken("Nothing is founded.")
    key = VerifierKey.parse(founded.log_key)
    began = time.perf_counter()
    audit = proofs.audit(key)
    took = time.perf_counter() - began
    if audit.broken is not None:
        raise Broken(f"The ledger is broken: {audit.broken}.")
    json.dump({"facts": audit.facts, "seconds": took, "check_seconds": _check_seconds(key)}, sys.stdout)


@command("bench.write-many")
def write(actor: Service, at: datetime, *, first: int, count: int) -> None:
    """Record as many facts as a company of some size makes in a day."""
    each = ({"application": f"{number:032x}", "state": "approved"} for number in range(first, first + count))
    book.record_each("bench.written", each, by=actor, at=at)


def _check_seconds(key: VerifierKey) -> float:
    """Return the median time of a receipt's check, its text read anew each time."""
    (fact,) = latest_facts(limit=1)
    text, found = proofs.receipt_for(fact.id), []
    for _ in range(_CHECKS):
        began = time.perf_counter()
        receipt.check(text, key)
        found.append(time.perf_counter() - began)
    return median(found)
