"""A machine of the demo company, beside the product while it runs: it waits for people, one word a step."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import CharterVersion
from privyseal.config import demo
from privyseal.device.parts import Cannot
from privyseal.device.watched import Alarm
from privyseal.devices import actions
from privyseal.devices.agreeing import to_mount
from privyseal.devices.models import Mounting
from privyseal.devices.rules import Because
from privyseal.identity.models import Company, Grant, Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.sealing.signing import client
from privyseal.seals.models import Permit, Seal
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

    def goes_on(self, typed: str = "") -> str:
        """Let it look for what it was told, or type something at it, and return what it says then."""
        assert self._process.stdin is not None
        print(typed, file=self._process.stdin, flush=True)
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
    """Wait for wu to approve a use by passkey, to see its impression first, and to let the machine open again."""
    at, zhao, gu, wu = datetime.now(UTC), *(demo.person(login) for login in ("zhao", "gu", "wu"))
    company = Company.objects.get(name=demo.COMPANY)
    since = dict.fromkeys(("granted_at", "confirmed_at", "starts_at"), at - timedelta(days=1))
    Grant.objects.create(person=wu, power=Power.CUSTODY.value, company=company, **since)
    seal = Seal.objects.get(uid=rubber.a_seal(at))
    bench = benched(seal, company, zhao, gu, client(), at)
    actions.set_confirmations(zhao, at, device_uid=bench.device.uid, confirmations=1)
    _settle(at, seal, "passkey")
    try:
        _waits(bench, _approved(at, seal))
        _opens(bench, gu)
    finally:
        _settle(datetime.now(UTC), seal, "session")


def _settle(at: datetime, seal: Seal, assurance: str) -> None:
    """Have both approvers agree what every yes in the company is made of, each by their passkey, and the key told."""
    wish = approvals.CharterWish(approvals=1, assurance=assurance)
    li, wu = demo.person("li"), demo.person("wu")
    uid = approvals.propose_charter(li, at, seal_uid=seal.uid, is_for_company=True, wish=wish)
    body = CharterVersion.objects.get(uid=uid).change.to_bytes()
    for person in (li, wu):
        said = (demo.cast().of(person.pseudonym).says_yes(body),)
        approvals.agree_charter(person, at, charter_uid=uid, assertions=said)
    approvals.tell_charters(at, signer=client(), page=settings.APPROVAL_URL)
    told = CharterVersion.objects.get(uid=uid)
    assert told.told_at is not None, told.failure


def _approved(at: datetime, seal: Seal) -> Permit:
    """Apply to stamp one copy, and wait until it is approved."""
    application = rubber.applied_for(at, seal.uid, copies=1)
    _say(application)
    _wait()
    return Permit.objects.get(application_uid=application)


def _waits(bench: Bench, permit: Permit) -> None:
    """Put a page under the seal, show it, wait, and stamp."""
    at, wang = datetime.now(UTC), demo.person("wang")
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
    bench.sync(datetime.now(UTC))
    _say("stamped" if bench.machine.fire(datetime.now(UTC)) is None else "stayed shut")


def _opens(bench: Bench, keeper: Person) -> None:
    """Give the alarm, ask that it opens again, and wait."""
    bench.machine.alarm(Alarm.TAMPER, datetime.now(UTC))
    bench.sync(datetime.now(UTC))
    actions.ask_unlocking(keeper, datetime.now(UTC), device_uid=bench.device.uid, because=Because.LOOKED_AT)
    _say(bench.device.uid)
    _wait()
    _emptied(bench, keeper)
    bench.sync(datetime.now(UTC))
    _say("locked" if bench.machine.kept.is_locked or bench.machine.kept.mounted["1"] else "open")


def _emptied(bench: Bench, keeper: Person) -> None:
    """Have the key order that the seal comes out, as wu agreed by passkey."""
    at, wu = datetime.now(UTC), demo.person("wu")
    uid = actions.ask_mounting(keeper, at, device_uid=bench.device.uid, slot=1)
    said = demo.cast().of(wu.pseudonym).says_yes(to_mount(Mounting.objects.get(uid=uid)).to_bytes())
    approvals.agree_to_mounting(wu, at, mounting_uid=uid, assertions=(said,))
    assert actions.mount_at_signer(at, signer=client()) == 1, Mounting.objects.get(uid=uid).refused


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _wait() -> None:
    """Wait until somebody says that people did what they were to do."""
    sys.stdin.readline()
