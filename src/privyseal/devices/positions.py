"""Where machines were while a seal in them was out: as they told it, and what that says of its fence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from privyseal.custody.actions.takeout import machine_left
from privyseal.custody.models import Alarm, TakeOut
from privyseal.custody.queries.takeout import take_outs_visible_to
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.custody.rules.takeout import Fence, Point, Reported, Stage, metres_between
from privyseal.device.events import Told
from privyseal.devices.models import Device, DeviceEvent
from privyseal.identity.models import Person
from privyseal.kernel import shapes
from privyseal.kernel.shapes import Misshapen
from privyseal.ledger.actors import Service

WATCH: Final = Service("sweep")
MOST: Final = 500
_POLE: Final = 90_000_000
_ROUND: Final = 180_000_000
_MOST_METRES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Position:
    """``number`` is that of the event by which the machine told it."""

    device: str
    name: str
    number: int
    at: datetime
    point: Point
    accuracy_metres: int


def positions_of(actor: Person, at: datetime, one: TakeOut) -> list[Position]:
    """Return where machines with the seal of a take-out in them were while it was out, the first one first."""
    seen = take_outs_visible_to(actor, at).filter(pk=one.pk).exists()
    return list(_told_while_out(one, at)) if seen else []


def watch_positions(at: datetime) -> int:
    """Raise an alarm for each leaving of a fence that a machine told of: one incident, however often seen."""
    fenced = TakeOut.objects.filter(stage=Stage.OUT.value, fence_metres__isnull=False).order_by("due_at", "pk")
    left = {
        f"machine {position.device} {position.number} {one.uid}": one.uid
        for one in fenced[:MOST]
        for position in _leavings(one, at)
    }
    known = Alarm.objects.filter(kind=AlarmKind.PLACE.value, cause__in=list(left)).order_by()
    new = left.keys() - set(known.values_list("cause", flat=True))
    for cause in sorted(new):
        machine_left(WATCH, at, take_out_uid=left[cause], cause=cause)
    return len(new)


def is_beyond(position: Position, fence: Fence) -> bool:
    off = metres_between(position.point, fence.point)
    return Reported(off, position.accuracy_metres, has_arrived=False).is_beyond(fence)


def _leavings(one: TakeOut, at: datetime) -> Iterator[Position]:
    fence = one.fence
    if fence is None:
        return
    told: Sequence[Position] = list(_told_while_out(one, at))
    arrived = next((number for number, each in enumerate(told) if not is_beyond(each, fence)), None)
    if arrived is None:
        return  # on its way there: whoever travels is outside of every fence
    for before, after in pairwise(told[arrived:]):
        if is_beyond(after, fence) and not is_beyond(before, fence):
            yield after


def _told_while_out(one: TakeOut, at: datetime) -> Iterator[Position]:
    if one.received_at is None:
        return
    holding = Device.objects.filter(mountings__seal=one.seal_id, mountings__done_at__isnull=False)
    events = DeviceEvent.objects.filter(
        device__in=holding.order_by().values("pk"),
        type=Told.POSITION.value,
        at__gte=one.received_at,
        at__lte=one.taken_at or at,
    )
    for event in events.select_related("device").order_by("at", "pk")[:MOST]:
        try:
            yield _position(event, event.said.get("said", {}))
        except Misshapen:
            continue


def _position(event: DeviceEvent, said: dict[str, Any]) -> Position:
    north = shapes.integer(said.get("latitude"), least=-_POLE, most=_POLE)
    east = shapes.integer(said.get("longitude"), least=-_ROUND, most=_ROUND)
    accuracy = shapes.integer(said.get("accuracy", 0), least=0, most=_MOST_METRES)
    return Position(event.device.uid, event.device.name, event.number, event.at, Point(north, east), accuracy)
