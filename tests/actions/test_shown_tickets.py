"""A ticket on a screen: shown on record to its operator alone, read by a machine without a network, told later."""

from datetime import datetime, timedelta

import pytest

from privyseal.device.parts import Cannot
from privyseal.devices import actions
from privyseal.devices.exposure import exposure_of
from privyseal.devices.granted import can_be_shown, whole_use
from privyseal.devices.models import Device, DeviceOrder, MachineUse
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.seals.models import Permit, Seal
from tests.at_machine import Bench, opened
from tests.conftest import recorded


@pytest.fixture
def use(bench: Bench, permit: Permit, wang: Person, noon: datetime) -> MachineUse:
    """A use of wang's six impressions, at a machine that reads codes and has not fetched the ticket."""
    Device.objects.update(health={"scanner": True})
    return opened(bench, permit, wang, noon)


def test_a_ticket_goes_by_screen_into_a_machine_without_a_network_while_it_could_be_fetched(
    bench: Bench, use: MachineUse, wang: Person, li: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        actions.show_ticket(li, noon, use_uid=use.uid)
    mine, hand = MachineUse.objects.filter(pk=use.pk), use.turn.use
    ended = {"ended_at": noon, "ended_by": li, "ending": "lost"}
    for rows, then, again in (
        (Device.objects.all(), {"health": {}}, {"health": {"scanner": True}}),
        (Device.objects.all(), ended, {"ended_at": None, "ended_by": None, "ending": ""}),
        (Seal.objects.filter(pk=hand.permit.seal_id), {"state": "suspended"}, {"state": "active"}),
        (
            mine,
            {"opens_at": noon - timedelta(hours=1), "closes_at": noon},
            {"opens_at": use.opens_at, "closes_at": use.closes_at},
        ),
        (mine, {"mode": "confirmed", "confirmations": 1}, {"mode": use.mode, "confirmations": 0}),
        (DeviceOrder.objects.all(), {"withdrawn_at": noon}, {"withdrawn_at": None}),
    ):
        rows.update(**then)
        with pytest.raises(OutOfTurn):
            actions.show_ticket(wang, noon, use_uid=use.uid)
        rows.update(**again)
    revoked = whole_use(use.uid)
    revoked.turn.use.permit.revoked_at = noon
    assert (can_be_shown(whole_use(use.uid), noon), can_be_shown(revoked, noon)) == (True, False)

    digits = actions.show_ticket(wang, noon, use_uid=use.uid)
    before = exposure_of(bench.device, noon)
    assert bench.machine.open(use.ticket, wang.pseudonym, noon) is Cannot.NO_TICKET
    assert bench.machine.scan(digits, noon) == use.ticket
    assert bench.machine.open(use.ticket, wang.pseudonym, noon) is None
    bench.stamp(noon)
    bench.machine.close("done", noon)
    actions.finish(wang, noon, use_uid=use.uid)
    assert (before.grants, before.impressions, exposure_of(bench.device, noon)) == (1, 6, before)
    bench.sync(noon + timedelta(hours=1))

    with pytest.raises(OutOfTurn):
        actions.show_ticket(wang, noon, use_uid=use.uid)

    use.refresh_from_db()
    assert (use.fired, use.committed, use.is_withdrawn, use.turn.use.permit.used) == (1, 1, True, 1)
    assert bench.machine.scan(digits, noon) == ""
    assert (recorded().count("machine.shown"), exposure_of(bench.device, noon).grants) == (1, 0)
