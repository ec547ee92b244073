"""A permit until a machine at the broker is open for it, and a loss until it is locked: ``opening TIMES GATEWAY``."""

import json
import logging
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Final
from uuid import uuid4

from bench.rubber import KEEPER, approved, asked_for, seal_by_hand
from privyseal.approvals.queries import application_visible_to
from privyseal.config import demo
from privyseal.device import enrolment
from privyseal.device.enrolment import DeviceKind
from privyseal.devices import actions
from privyseal.devices.models import Device as Row
from privyseal.devices.models import MachineUse
from privyseal.devices.rules import DeviceAct, SealNotInMachine
from privyseal.identity.models import Company, Person
from privyseal.sealing.signing import client
from privyseal.seals.models import Permit
from privyseal.simulator import page
from privyseal.simulator.device import Device
from privyseal.simulator.home import Home

_WAITS: Final = 25
_PATIENCE: Final = 30.0
_LOSSES: Final = 3


def main(words: Sequence[str]) -> None:
    times, gateway = int(words[0]), words[1]
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with closing(_machine(gateway, folder / "first", seal := seal_by_hand())) as device:
            opened = [_opened(device, seal) for _ in range(times + 1)][1:]
        lost = [_lost(gateway, folder / f"lost-{number}") for number in range(_LOSSES)]
    stopped, locked = zip(*lost, strict=True)
    json.dump({"opened": opened, "stopped": stopped, "locked": locked}, sys.stdout)


def _opened(device: Device, seal: str) -> float:
    """Return the seconds from the last yes, to what has been looked at, to a machine that is open."""
    application, at = asked_for(seal, copies=1), datetime.now(UTC)
    view = application_visible_to(demo.person(demo.APPROVER), at, application)
    began = time.perf_counter()
    demo.say_yes(at, application, view)
    permit = Permit.objects.get(application_uid=application)
    use, operator = _ask(permit)
    _until(lambda: device.machine is not None and use.ticket in device.machine.kept.tickets)
    if (why := device.at_it(lambda machine, at: machine.open(use.ticket, operator.pseudonym, at))) is not None:
        raise RuntimeError(f"it does not open: {why}")
    took = time.perf_counter() - began
    device.press()
    device.at_it(lambda machine, at: machine.close("done", at))
    _until(lambda: MachineUse.objects.get(pk=use.pk).closed_at is not None)
    return took


def _lost(gateway: str, folder: Path) -> tuple[float, float]:
    """Return the seconds from a report of loss until a use is refused, and until the machine has locked itself."""
    seal = seal_by_hand()
    with closing(_machine(gateway, folder, seal)) as device:
        permit = approved(asked_for(seal, copies=1))
        row = Row.objects.get(serial=device.own.serial)
        began = time.perf_counter()
        actions.end_device(demo.person(KEEPER), datetime.now(UTC), device_uid=row.uid, act=DeviceAct.LOSE)
        try:
            _ask(permit)
        except SealNotInMachine:
            stopped = time.perf_counter() - began
        _until(lambda: device.machine is not None and device.machine.kept.is_locked)
        return stopped, time.perf_counter() - began


def _ask(permit: Permit) -> tuple[MachineUse, Person]:
    line = permit.lines.get()
    operator = permit.parts.get(part="holder").person
    uid, _ = actions.open_machine(
        operator,
        datetime.now(UTC),
        command_id=uuid4(),
        permit_uid=permit.uid,
        line_id=line.pk,
        minutes=0,
        signer=client(),
    )
    return MachineUse.objects.get(uid=uid), operator


def _machine(gateway: str, folder: Path, seal: str) -> Device:
    """Return a machine with the seal in it that listens at the broker."""
    company, at = Company.objects.get(uscc=demo.ANSWERS.company.uscc), datetime.now(UTC)
    manager, keeper, code = demo.person(demo.MANAGER), demo.person(KEEPER), enrolment.new_code()
    serial, kind = f"OPEN-{token_hex(4).upper()}", DeviceKind.HANDHELD
    uid = actions.register(manager, at, company_uid=company.uid, kind=kind, serial=serial, name="bench", slots=1)
    actions.give_code(manager, at, device_uid=uid, secret=enrolment.secret_of(code).hex())
    home = Home(folder)
    device = Device(home, home.own(serial=serial, kind=kind.value, slots=1), page.photograph, lambda: datetime.now(UTC))
    if (why := device.enrol(gateway, code)) is not None:
        raise RuntimeError(f"it does not enrol: {why}")
    asked = actions.ask_mounting(keeper, at, device_uid=uid, slot=1, seal_uid=seal)
    actions.decide_mounting(manager, at, mounting_uid=asked, is_agreed=True)
    actions.mount_at_signer(datetime.now(UTC), signer=client())
    device.parts.change(slots={"1": seal})
    threading.Thread(target=device.listen, args=(_WAITS,), daemon=True).start()
    _until(lambda: device.machine is not None and device.machine.kept.mounted == {"1": seal})
    device.look()
    return device


def _until(happens: Callable[[], bool]) -> None:
    ends = time.monotonic() + _PATIENCE
    while not happens():
        if time.monotonic() > ends:
            raise RuntimeError("it did not happen in time")
        time.sleep(0.001)
