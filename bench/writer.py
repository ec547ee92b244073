"""Writes through the product's own frame, with or without a fact: ``writer LOGIN...``, a thread for each.

Orders come as lines of JSON on standard input; each is answered with one line.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import cycle
from secrets import SystemRandom
from typing import Any, Final
from uuid import uuid4

from privyseal.identity.models import Person
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

_LANGUAGES: Final = cycle(("en", "zh-hans"))
_CHANCE: Final = SystemRandom()


def main(logins: Sequence[str]) -> None:
    people = [Person.objects.get(login=login) for login in logins]
    with ThreadPoolExecutor(len(people)) as threads:
        for line in sys.stdin:
            sent = [written for one in threads.map(partial(_write, json.loads(line)), people) for written in one]
            sys.stdout.write(json.dumps(sent) + "\n")
            sys.stdout.flush()


def _write(order: Mapping[str, Any], person: Person) -> list[tuple[str, int]]:
    """Write until the order's end; return what was written, and when each commit was sent."""
    act = write_and_record if order["is_recorded"] else write_alone
    sent = []
    _sleep_until(order["starts_at"])
    while time.monotonic() < order["ends_at"]:
        number = uuid4().hex
        sent.append((number, act(person, datetime.now(UTC), number=number)))
        if order["a_second"]:
            _sleep_until(time.monotonic() + _CHANCE.expovariate(order["a_second"]))
    return sent


@command("bench.write-alone")
def write_alone(actor: Person, _at: datetime, *, number: str) -> int:
    """Change one row; return when the commit was about to be sent."""
    del number
    _change(actor)
    return time.monotonic_ns()


@command("bench.write-and-record")
def write_and_record(actor: Person, at: datetime, *, number: str) -> int:
    """Change one row and put it on record; return when the commit was about to be sent."""
    _change(actor)
    book.record("bench.written", by=actor, at=at, application=number, person=actor.pseudonym, state="approved")
    return time.monotonic_ns()


@transaction_required
def _change(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(language=next(_LANGUAGES))


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
