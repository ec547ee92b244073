"""A machine of the demo company, beside the product while it runs: it waits for people, one word a step."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from privyseal.config import demo
from privyseal.device.parts import Cannot
from privyseal.device.watched import Alarm
from privyseal.devices import actions
from privyseal.devices.rules import Because
from privyseal.identity.models import Company, Grant
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.sealing.signing import client
from privyseal.seals.models import Permit
from tests.at_machine import Bench, benched, opened, page
from tests.journeys import rubber
from tests.running.served import ROOT, Served

_ALONE: Final = (
    "from privyseal.config.loading import load; load('tests.journeys.at_machine');"
    "from tests.journeys import at_machine; at_machine.run()"
)


class Machine:
    """What the machine's own process says, line by line."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def says(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def goes_on(self) -> str:
        """Let it look for what it was told, and return what it says then."""
        assert self._process.stdin is not None
        print(file=self._process.stdin, flush=True)
        return self.says()


@contextmanager
def machine(served: Served) -> Iterator[Machine]:
    with subprocess.Popen(
        [sys.executable, "-c", _ALONE],
        env=rubber.environment_of(served),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Machine(process)


def run() -> None:
    """Wait for wu to see an impression first, stamp it, give the alarm, and wait for wu to let it open again."""
    permit = Permit.objects.get(uid=rubber.make(1, ""))
    at, zhao, gu, wu = datetime.now(UTC), *(demo.person(login) for login in ("zhao", "gu", "wu"))
    company = Company.objects.get(name=demo.COMPANY)
    since = dict.fromkeys(("granted_at", "confirmed_at", "starts_at"), at - timedelta(days=1))
    Grant.objects.create(person=wu, power=Power.CUSTODY.value, company=company, **since)
    bench = benched(permit.seal, company, zhao, gu, client(), at)
    actions.set_confirmations(zhao, at, device_uid=bench.device.uid, confirmations=1)
    _waits(bench, permit, at)
    bench.sync(datetime.now(UTC))
    _say("stamped" if bench.machine.fire(datetime.now(UTC)) is None else "stayed shut")

    bench.machine.alarm(Alarm.TAMPER, datetime.now(UTC))
    bench.sync(datetime.now(UTC))
    actions.ask_unlocking(gu, datetime.now(UTC), device_uid=bench.device.uid, because=Because.LOOKED_AT)
    _say(bench.device.uid)
    _wait()
    bench.sync(datetime.now(UTC))
    _say("locked" if bench.machine.kept.is_locked else "open")


def _waits(bench: Bench, permit: Permit, at: datetime) -> None:
    """Put a page under the seal, show it, and wait."""
    wang = demo.person("wang")
    use = opened(bench, permit, wang, at)
    bench.sync(at)
    bench.machine.open(use.ticket, wang.pseudonym, at)
    bench.machine.reserve(at)
    assert bench.machine.fire(at) is Cannot.NOT_CONFIRMED
    bench.parts.picture = page(7)
    seen = bench.machine.photograph(at) or b""
    bench.pictures[sha256(seen)] = seen
    bench.sync(at)
    _say(use.uid)
    _wait()


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _wait() -> None:
    """Wait until somebody says that people did what they were to do."""
    sys.stdin.readline()
