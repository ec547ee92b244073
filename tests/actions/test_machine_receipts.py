"""A receipt that was read back is held against the events of its machine, whichever of the two comes first."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.config.backup import proving
from privyseal.custody.models import Alarm
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.devices import actions
from privyseal.devices.models import MachineUse
from privyseal.identity.models import Person
from privyseal.ledger.queries import facts_beyond
from privyseal.seals.models import Incident, Permit, Seal
from privyseal.seals.rules.incidents import IncidentKind
from tests.at_machine import Bench, enrolled, opened
from tests.by_hand import permitted
from tests.conftest import recorded


@pytest.fixture
def use(bench: Bench, permit: Permit, wang: Person, noon: datetime) -> MachineUse:
    return used_by_code(bench, permit, wang, noon)


def used_by_code(bench: Bench, permit: Permit, wang: Person, noon: datetime) -> MachineUse:
    """A use by a code, typed without a network, of which the machine made one impression and was closed."""
    found = opened(bench, permit, wang, noon, minutes=60)
    bench.machine.enter(actions.digits_of(wang, noon, use_uid=found.uid, signer=bench.signer), noon)
    bench.stamp(noon)
    bench.machine.close("done", noon)
    return found


def read_and_told(bench: Bench, use: MachineUse, wang: Person, noon: datetime) -> None:
    receipt = bench.machine.receipt(noon) or ""
    actions.read_receipt(wang, noon, use_uid=use.uid, digits=receipt, signer=bench.signer)
    bench.sync(noon)


@pytest.mark.parametrize("events_first", [False, True])
def test_a_receipt_over_the_events_that_were_told_is_compared_once_and_agrees(
    bench: Bench, use: MachineUse, wang: Person, noon: datetime, *, events_first: bool
) -> None:
    receipt = bench.machine.receipt(noon) or ""
    steps: list[Callable[[], object]] = [
        lambda: actions.read_receipt(wang, noon, use_uid=use.uid, digits=receipt, signer=bench.signer),
        lambda: bench.sync(noon),
    ]
    for step in reversed(steps) if events_first else steps:
        assert actions.compare_receipts(noon, signer=bench.signer) == 0
        step()

    assert [actions.compare_receipts(noon, signer=bench.signer) for _ in range(2)] == [1, 0]
    use.refresh_from_db()
    assert (use.head_agrees, Alarm.objects.count()) == (True, 0)
    assert recorded().count("machine.receipt-compared") == 1
    facts = facts_beyond(0, [proving.GRANTED, proving.RECEIPT])
    assert ([one.is_code for one in proving.grants(facts)], proving.closed(facts)) == ([True], {use.uid: 1})


def test_a_machine_that_tells_another_story_than_its_receipt_closed_opens_an_incident(
    bench: Bench, use: MachineUse, wang: Person, noon: datetime
) -> None:
    kept = bench.machine.kept
    receipt = bench.machine.receipt(noon) or ""
    actions.read_receipt(wang, noon, use_uid=use.uid, digits=receipt, signer=bench.signer)
    bench.machine.kept = kept  # it forgets that it showed one, and tells of something before it shows it again
    for passed in (0, 25):
        bench.machine.tick(noon + timedelta(hours=passed))
    bench.machine.receipt(noon)
    bench.sync(noon)

    assert [actions.compare_receipts(noon, signer=bench.signer) for _ in range(2)] == [1, 0]
    use.refresh_from_db()
    assert use.head_agrees is False
    assert [*Alarm.objects.values_list("kind", flat=True)] == [AlarmKind.RECEIPT_DIFFERS]
    assert [*Incident.objects.values_list("kind", flat=True)] == [IncidentKind.MACHINE_COUNT]


def test_receipts_that_the_signer_will_not_look_at_keep_no_other_waiting(
    bench: Bench, use: MachineUse, permit: Permit, wang: Person, noon: datetime
) -> None:
    read_and_told(bench, use, wang, noon)
    MachineUse.objects.filter(pk=use.pk).update(sequence=None)  # no code has this number: it is no question
    next_one = used_by_code(bench, permit, wang, noon)
    read_and_told(bench, next_one, wang, noon)

    assert actions.compare_receipts(noon, signer=bench.signer, most=1) == 1
    assert [*MachineUse.objects.order_by("pk").values_list("head_agrees", flat=True)] == [None, True]


def test_a_machine_that_tells_of_its_next_use_and_not_of_the_receipt_before_it_opens_an_incident(
    bench: Bench, use: MachineUse, permit: Permit, wang: Person, noon: datetime
) -> None:
    read_and_told(bench, use, wang, noon)
    MachineUse.objects.filter(pk=use.pk).update(told_head=None)  # as one that leaves it out of what it tells
    later = noon + timedelta(minutes=1)
    next_one = used_by_code(bench, permit, wang, later)
    assert actions.compare_receipts(later, signer=bench.signer) == 0  # nothing was told since
    read_and_told(bench, next_one, wang, later)

    assert [actions.compare_receipts(later, signer=bench.signer) for _ in range(2)] == [2, 0]
    assert [*MachineUse.objects.order_by("pk").values_list("head_agrees", flat=True)] == [False, True]
    assert [*Alarm.objects.values_list("kind", flat=True)] == [AlarmKind.RECEIPT_DIFFERS]


def test_a_machine_that_tells_of_the_next_day_and_not_of_the_receipt_before_it_opens_an_incident(
    bench: Bench, use: MachineUse, wang: Person, noon: datetime
) -> None:
    kept, later = bench.machine.kept, noon + timedelta(hours=25)
    receipt = bench.machine.receipt(noon) or ""
    actions.read_receipt(wang, noon, use_uid=use.uid, digits=receipt, signer=bench.signer)
    bench.machine.kept = kept  # it forgets that it showed one
    bench.sync(noon)
    assert actions.compare_receipts(noon, signer=bench.signer) == 0  # what it told may end here
    for at in (noon, later):
        bench.machine.tick(at)
    bench.sync(later)

    assert [actions.compare_receipts(later, signer=bench.signer) for _ in range(2)] == [1, 0]
    use.refresh_from_db()
    assert use.head_agrees is False
    assert [*Alarm.objects.values_list("kind", flat=True)] == [AlarmKind.RECEIPT_DIFFERS]


def test_enrolled_anew_a_machine_has_no_code_open_and_all_that_it_could_stamp_counts_as_made(
    bench: Bench,
    use: MachineUse,
    stamp: Seal,
    contract: str,
    wang: Person,
    jian: Person,
    li: Person,
    zhao: Person,
    noon: datetime,
) -> None:
    second = permitted(stamp, contract, wang, jian, li, noon)
    enrolled(bench.device, zhao, noon, bench.signer, key=ec.generate_private_key(ec.SECP256R1()))

    use.refresh_from_db()
    assert (use.unheard_at, use.closed_at, use.turn.committed) == (noon, noon, use.impressions)
    assert opened(bench, second, wang, noon, minutes=60).allowed_at == noon
