"""A fleet at a real broker: gateways that are processes, of which one is killed, a database that commits, and cuts."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection

from privyseal.conformance.gateway import Keys
from privyseal.identity.models import Company, Person
from privyseal.signer.client import Client
from tests.device.brokers import broker_of, gateway_process, house_in
from tests.device.tellers import Loop, fleet, run
from tests.long import Run


@pytest.fixture
def db(committed: str) -> str:
    return committed


@pytest.fixture
def loop(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    signer_folder: Path,
    signer: Client,
    db: str,
    company: Company,
    zhao: Person,
) -> Iterator[Loop]:
    """So many devices, and two gateways, of which one is killed before everything is kept."""
    keys = Keys()
    ca = keys.certificate(keys.ca.public_key(), "fleet", is_ca=True)
    with ExitStack() as stack:
        at = stack.enter_context(broker_of(ca, tmp_path, signer))
        house = house_in(tmp_path, at.address)
        gateways = [stack.enter_context(gateway_process(at, tmp_path, signer_folder, db)) for _ in range(2)]
        own = signer.serve_devices(house.public, ["gateway"]).ca
        tellers = fleet(request.param, keys, own, at.address, house.public, manager=zhao, company=company)
        made = Loop(tellers, gateways[0].kill)
        stack.callback(made.close)
        yield made


def lost_twice_unequal(loop: Loop) -> tuple[int, int, int]:
    """Hold what the register kept against what the devices told."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.serial, count(e.*), count(DISTINCT e.number), d.counter, d.head FROM device d"
            " LEFT JOIN device_event e ON e.device_id = d.id GROUP BY d.id"
        )
        kept = {serial: each for serial, *each in cursor.fetchall()}
    lost = sum(teller.head.number - kept[teller.serial][1] for teller in loop.tellers)
    twice = sum(count - distinct for count, distinct, _, _ in kept.values())
    unequal = sum([teller.counter or None, teller.head.digest] != kept[teller.serial][2:] for teller in loop.tellers)
    return lost, twice, unequal


@pytest.mark.parametrize("loop", [200], indirect=True)
def test_machines_at_a_broker_lose_nothing_and_count_nothing_twice(loop: Loop) -> None:
    run(loop, 20_000, seed=3)

    assert lost_twice_unequal(loop) == (0, 0, 0)
    assert sum(teller.head.number for teller in loop.tellers) >= 20_000
    assert min(loop.found.cuts, loop.found.repeated, loop.found.late) > 10


@pytest.mark.long
@pytest.mark.parametrize("loop", [1_000], indirect=True)
def test_a_fleet_at_a_broker_that_tells_a_million_events_adds_up(loop: Loop) -> None:
    unit = "events of 1,000 machines at one broker, none lost and none counted twice"
    with Run("fleet_at_a_broker", goal=1_000_000, unit=unit) as counted:
        while counted.left:
            run(loop, 50_000, seed=counted.left)
            assert lost_twice_unequal(loop) == (0, 0, 0)
            counted.add(50_000)
