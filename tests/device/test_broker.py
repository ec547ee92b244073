"""Simulated machines at a real broker, with a database that commits, a signer, and several gateways."""

import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from privyseal.conformance.brokered import AtBroker
from privyseal.conformance.catalogue import AT_A_BROKER, CASES
from privyseal.conformance.gateway import Gateway
from privyseal.conformance.trial import SEAL, Result, Trial, tried
from privyseal.device.enrolment import DeviceKind
from privyseal.device.events import Told
from privyseal.device.orders import Request
from privyseal.devices import actions
from privyseal.devices.models import Device as Row
from privyseal.devices.news import News
from privyseal.devices.rules import DeviceAct
from privyseal.gateway.house import House
from privyseal.identity.models import Company, Person
from privyseal.signer.client import Client
from privyseal.simulator.device import Device
from tests.device.brokers import Broker, attended, broker, house_in, simulated
from tests.device.test_real_gateway import story_of
from tests.device.test_simulator import Here, made
from tests.running.served import eventually

TRIED: Final = (
    "it enrols",
    "a good ticket",
    "it forgets nothing",
    "what a gateway did not take",
    "it renews",
    "it stays locked",
)


def tried_at_broker(device: Device) -> list[Result]:
    cases = {name: case for name, case in CASES.items() if name.startswith(TRIED)}
    with Gateway(SEAL) as gateway, AtBroker(gateway, started), closing(device):
        return tried(Trial(gateway, Here(device)), {**cases, **AT_A_BROKER})


def started(words: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(words, stderr=subprocess.DEVNULL)


def test_a_simulated_machine_keeps_to_the_protocol_at_a_broker(folder: Path) -> None:
    results = tried_at_broker(made(folder))

    assert [one for one in results if one.how != "passed"] == []
    assert len(results) == len(TRIED) + len(AT_A_BROKER)


def test_a_machine_that_uses_no_broker_is_found_out(folder: Path) -> None:
    results = tried_at_broker(made(folder, uses_broker=False))

    assert {one.name for one in results if one.how == "failed"} >= AT_A_BROKER.keys()


@pytest.fixture
def db(committed: str) -> str:
    return committed


@pytest.fixture
def at_broker(tmp_path: Path, signer_folder: Path, signer: Client) -> Iterator[Broker]:
    with broker(tmp_path, signer_folder) as found:
        yield found


@pytest.fixture
def house(tmp_path: Path, at_broker: Broker) -> House:
    return house_in(tmp_path, at_broker.address)


def test_machines_live_at_a_broker_with_two_gateways(
    at_broker: Broker, house: House, signer: Client, db: str, company: Company, zhao: Person, gu: Person, folder: Path
) -> None:
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(simulated(zhao, company, serial, house, signer, folder)) for serial in ("MQ-1", "MQ-2")
        )
        with attended(house, signer, at_broker.inside), attended(house, signer, at_broker.inside):
            for device in (first, second):
                _tells(device)
            _is_locked_while_it_listens(first, gu)
            _is_lost(second, gu)


def _tells(device: Device) -> None:
    for _ in range(70):
        device.at_it(lambda machine, at: machine.door_shut(0, at))
    assert device.exchange("console") is None
    assert device.machine is not None
    head = device.machine.kept.head
    assert device.machine.kept.unsent == ()
    assert story_of(device.own.serial) == ([*range(1, head.number + 1)], head.digest)


def _is_locked_while_it_listens(device: Device, keeper: Person) -> None:
    threading.Thread(target=device.listen, args=(50,), daemon=True).start()
    row = Row.objects.get(serial=device.own.serial)
    actions.ask(keeper, datetime.now(UTC), device_uid=row.uid, act=DeviceAct.LOCK)
    eventually(lambda: Row.objects.get(pk=row.pk).is_locked)
    assert row.events.filter(type=Told.LOCKED.value).count() == 1


def _is_lost(device: Device, keeper: Person) -> None:
    row = Row.objects.get(serial=device.own.serial)
    actions.end_device(keeper, datetime.now(UTC), device_uid=row.uid, act=DeviceAct.LOSE)
    assert device.machine is not None
    eventually(lambda: device.machine is not None and device.machine.kept.is_locked)


def test_the_gateway_that_tells_machines_is_woken_by_whatever_is_written_for_one(
    db: str, company: Company, zhao: Person, noon: datetime
) -> None:
    uid = actions.register(
        zhao, noon, company_uid=company.uid, kind=DeviceKind.HANDHELD, serial="MQ-9", name="前台", slots=1
    )
    device, news = Row.objects.get(uid=uid), News()
    assert news.lead()
    assert not news.wait(0)

    device.requests.create(number=1, type=Request.LOCK.value, made_at=noon)
    assert news.wait(20)
    device.orders.create(number=1, frame="an order", made_at=noon)
    assert news.wait(20)
    assert not news.wait(0)
