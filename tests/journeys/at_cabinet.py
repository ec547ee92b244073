"""A cabinet of the demo company without a network, beside the product while it runs: it hears what is typed at it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from privyseal.approvals.queries import application_visible_to
from privyseal.config import demo
from privyseal.device.enrolment import DeviceKind
from privyseal.device.keypad import Entered
from privyseal.identity.models import Company
from privyseal.sealing.signing import client
from privyseal.seals.models import Seal
from tests.at_machine import benched
from tests.journeys import rubber
from tests.journeys.at_machine import Machine
from tests.running.served import ROOT, Served

_ALONE: Final = (
    "from privyseal.config.loading import load; load('tests.journeys.at_cabinet');"
    "from tests.journeys import at_cabinet; at_cabinet.run({copies})"
)


@contextmanager
def cabinet(served: Served, *, copies: int) -> Iterator[tuple[str, Machine]]:
    """Have wang allowed to stamp so many copies with a seal in a cabinet, which gu keeps; say by which permit."""
    with subprocess.Popen(
        [sys.executable, "-c", _ALONE.format(copies=copies)],
        env=rubber.environment_of(served),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        box = Machine(process)
        yield box.says(), box


def run(copies: int) -> None:
    """Wait for a code, let the seal out, wait for it again, take the seal back, and show the receipt."""
    at, zhao, gu, wang = datetime.now(UTC), *(demo.person(login) for login in ("zhao", "gu", "wang"))
    seal = Seal.objects.get(uid=rubber.a_seal(at))
    company = Company.objects.get(name=demo.COMPANY)
    box = benched(seal, company, zhao, gu, client(), at, kind=DeviceKind.CABINET)
    application = rubber.applied_for(at, seal.uid, copies=copies)
    demo.approve(at, application)
    (issued,) = application_visible_to(wang, at, application).permits
    sys.stdout.write(f"{issued.uid}\n")
    sys.stdout.flush()
    for is_there in (False, True):
        digits, at = sys.stdin.readline().strip(), datetime.now(UTC)
        answer = box.machine.enter(digits, at)
        box.machine.door_opened(1, at)
        box.parts.seals = frozenset({seal.uid} if is_there else ())
        box.machine.look({1: seal.uid if is_there else ""}, at)
        box.machine.door_shut(1, at)
        shown = box.machine.receipt(at) or ""
        box.sync(at)
        sys.stdout.write(f"{shown or 'out'}\n" if answer is Entered.ACCEPTED else f"{answer}\n")
        sys.stdout.flush()
