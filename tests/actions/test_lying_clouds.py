"""A machine or a maker's cloud that lies: whatever number it tells is kept and raised, and stops nothing after it."""

from datetime import datetime
from typing import Final

import pytest

from privyseal.custody.models import Alarm
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.events import Head, Told, payload
from privyseal.device.signed import Frame, signed
from privyseal.devices import actions
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json
from privyseal.seals.models import Permit
from tests.at_machine import KEY, Bench, opened

MOST: Final = 2**53 - 1


@pytest.mark.parametrize("counter", [2**31, MOST])
def test_a_count_that_no_machine_has_is_an_incident_and_what_follows_is_kept(
    counter: int, bench: Bench, permit: Permit, wang: Person, noon: datetime
) -> None:
    use = opened(bench, permit, wang, noon)
    bench.sync(noon)
    assert bench.machine.open(use.ticket, wang.pseudonym, noon) is None
    bench.stamp(noon)
    bench.parts.counter = counter
    bench.machine.account(noon)
    bench.machine.close("done", noon)

    bench.sync(noon)

    bench.device.refresh_from_db()
    use.refresh_from_db()
    assert (use.fired, bench.device.counter) == (1, counter)
    assert [*Alarm.objects.values_list("kind", flat=True)] == [AlarmKind.EXCESS.value]
    assert (bench.device.known, bench.machine.kept.unsent) == (bench.machine.kept.head.number, ())


def test_numbers_that_no_column_holds_keep_no_event_from_being_kept(
    bench: Bench, permit: Permit, wang: Person, noon: datetime
) -> None:
    use = opened(bench, permit, wang, noon)
    bench.sync(noon)
    head, events = bench.machine.kept.head, []
    for number in (2**31, MOST):
        lies: list[tuple[Told, dict[str, Json]]] = [
            (Told.SESSION_OPENED, {"operator": wang.pseudonym, "policy": number}),
            (Told.RESERVED, {"impression": number}),
            (Told.FIRED, {"impression": number, "counter": number}),
            (Told.PHOTOGRAPHED, {"impression": number, "failed": False, "sha256": f"{number:064x}", "bytes": number}),
            (Told.PHOTOGRAPHED, {"impression": number, "failed": False, "sha256": f"{number + 1:064x}", "bytes": 9}),
            (Told.COMMITTED, {"impression": number, "counter": number}),
            (Told.EXCESS, {"counter": number, "by": number}),
            (Told.CODE_ENTERED, {"answer": "accepted", "sequence": number, "slot": number}),
            (Told.HEALTH, {"counter": number, "battery": number, "free_kilobytes": number, "signal": number}),
            (Told.POSITION, {"latitude": number, "longitude": number, "accuracy": number}),
            (Told.MOUNTED, {"slot": number, "seal": permit.seal.uid}),
            (Told.DOOR_SHUT, {"slot": number, "seconds": number}),
            (Told.RECEIPT_SHOWN, {"used": number, "receipt": "1" * 12}),
        ]
        for told, said in lies:
            events.append(head.next(bench.device.serial, told.value, noon, ticket=use.ticket, said=said))
            head = Head.after(events[-1])
    frame = signed(Frame.EVENTS, payload(bench.device.serial, events), KEY)

    actions.take_events(GATEWAY, noon, serial=bench.device.serial, frame=frame)

    bench.device.refresh_from_db()
    use.refresh_from_db()
    assert (bench.device.known, use.fired, use.number) == (head.number, 0, 0)
