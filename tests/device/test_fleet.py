"""A fleet over a bad network: nothing is lost, nothing counted twice, and every counter is what its events say."""

import pytest

from tests.device.fleet import Found, run
from tests.long import Run


def adds_up(found: Found) -> bool:
    return (found.lost, found.twice, found.unequal) == (0, 0, 0)


def test_a_thousand_machines_lose_nothing_and_count_nothing_twice() -> None:
    found = run(1_000, 20_000, seed=3)

    assert adds_up(found)
    assert found.told >= 20_000
    assert min(found.cuts, found.doubled) > 100


@pytest.mark.long
def test_a_fleet_that_tells_a_million_events_adds_up() -> None:
    unit = "events of 1,000 machines, none lost and none counted twice"
    with Run("fleet_that_tells_a_million", goal=1_000_000, unit=unit) as counted:
        while counted.left:
            found = run(1_000, 50_000, seed=counted.left)
            assert adds_up(found)
            counted.add(found.told)
