"""A machine that is out with a seal in it: where it told it was, and one incident for each leaving of its fence."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from privyseal.custody.models import Alarm, TakeOut
from privyseal.device.enrolment import DeviceKind
from privyseal.devices import actions
from privyseal.devices.models import Device, DeviceEvent, Mounting
from privyseal.devices.positions import positions_of, watch_positions
from privyseal.identity.models import Company, Person
from privyseal.web.shown.trail import trail
from tests.edges.conftest import Enter
from tests.trips import HERE

pytestmark = pytest.mark.documents
FAR = 20_000  # millionths of a degree: two kilometres


@pytest.fixture
def device(away: TakeOut, company: Company, zhao: Person, gu: Person, noon: datetime) -> Device:
    """A handheld machine with the seal in it that wang has outside."""
    uid = actions.register(
        zhao, noon, company_uid=company.uid, kind=DeviceKind.HANDHELD, serial="D-TRIP", name="外带一号", slots=1
    )
    device = Device.objects.get(uid=uid)
    word = {"asked_by": zhao, "asked_at": noon, "decided_by": gu, "decided_at": noon, "is_agreed": True}
    Mounting.objects.create(device=device, slot=1, seal=away.seal, done_at=noon, **word)
    return device


def tell(device: Device, at: datetime, north: Iterable[object]) -> None:
    for number, off in enumerate(north, start=1):
        when = at + timedelta(minutes=10 * number)
        place = {"latitude": HERE.latitude + off if isinstance(off, int) else off, "longitude": HERE.longitude}
        DeviceEvent.objects.create(
            device=device, epoch=1, number=number, type="position", at=when, received_at=when, said={"said": place}
        )


def test_each_leaving_of_the_fence_is_one_incident_and_the_way_there_is_none(
    away: TakeOut, device: Device, noon: datetime
) -> None:
    tell(device, noon, (9 * FAR, 0, FAR, FAR, 0, FAR, "nowhere"))

    assert [watch_positions(noon + timedelta(hours=2)) for _ in range(2)] == [2, 0]
    assert sorted(Alarm.objects.values_list("cause", flat=True)) == [
        f"machine {device.uid} {number} {away.uid}" for number in (3, 6)
    ]


def test_the_way_is_drawn_for_whoever_sees_the_take_out_and_for_nobody_else(
    away: TakeOut, device: Device, jian: Person, li: Person, ma: Person, noon: datetime, enter: Enter
) -> None:
    tell(device, noon - timedelta(minutes=10), (0, FAR))
    later = noon + timedelta(hours=1)

    assert [one.point.latitude for one in positions_of(li, later, away)] == [HERE.latitude, HERE.latitude + FAR]
    assert positions_of(ma, later, away) == []
    drawn = trail([], positions_of(li, later, away), away.fence)
    assert drawn is not None
    assert drawn.around is not None
    first, second = drawn.stops
    assert (first.x, first.y) == drawn.around[:2]
    assert (first.x == second.x, float(second.y) < float(first.y), drawn.metres) == (True, True, 2_000)
    assert trail([], [], away.fence) is None
    page = enter(jian).get(f"/take-outs/{away.uid}/").content.decode()
    assert ('<svg class="trail"' in page, "外带一号" in page) == (True, True)
