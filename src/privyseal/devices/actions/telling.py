"""What a device tells: events are kept whole and in order, once; and it is heard, so that it is told what it lacks."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection
from django.db.models.functions import Greatest

from privyseal.device import events, logged, signed
from privyseal.device.enrolment import DeviceUnknown
from privyseal.device.events import Event, Head, Told
from privyseal.device.hello import Hello, hello
from privyseal.device.orders import Acknowledgement
from privyseal.device.signed import Frame, FrameKey
from privyseal.devices.following import follow
from privyseal.devices.hearing import acknowledged, key_for, known_device
from privyseal.devices.locking import locked_by_serial, locked_by_serials
from privyseal.devices.models import Device, DeviceEvent, DevicePicture
from privyseal.devices.rules import ALARMING, MOST_PICTURE_BYTES, DeviceRevoked
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

_SEEN_AGAIN_AFTER: Final = timedelta(minutes=1)
_LOCKS: Final = {Told.LOCKED.value: True, Told.UNLOCKED.value: False}


# What a device's row says that its events say, with the types in the database.
_SAVED: Final = {
    "known": "bigint",
    "head": "text",
    "seen_at": "timestamptz",
    "counter": "bigint",
    "counted": "bigint",
    "is_locked": "boolean",
    "health": "jsonb",
    "health_at": "timestamptz",
}
_SAVE: Final = (
    f"UPDATE device SET {', '.join(f'{name} = said.{name}' for name in _SAVED)}"  # noqa: S608 - our own names
    f" FROM unnest(%s::bigint[], {', '.join(f'%s::{kind}[]' for kind in _SAVED.values())})"
    f" AS said(id, {', '.join(_SAVED)}) WHERE device.id = said.id"
)


class News(NamedTuple):
    """What one frame says that is new of its device, the key that it is by, and what makes it again."""

    device: Device
    events: Sequence[Event]
    key: FrameKey
    frame: bytes


def take_events(actor: Actor, at: datetime, *, serial: str, frame: str) -> Acknowledgement:
    """Keep what a device tells, once, and return up to where it is kept; or refuse: events-missing, chain-broken."""
    keep_events(actor, at, serial=serial, frame=frame)
    return acknowledged(serial)


@command("device.tell")
def keep_events(actor: Actor, at: datetime, *, serial: str, frame: str) -> int:
    """Keep what is new of a frame of events, and record up to where; return the number of the newest."""
    device = locked_by_serial(serial)
    _keep(actor, at, [_news(device, Head(device.known, device.head), frame, at)])
    return device.known


@command("device.tell-together")
def keep_together(actor: Actor, at: datetime, *, frames: Sequence[tuple[str, str]]) -> list[int]:
    """Keep what is new of frames of many devices, each with its serial, in one transaction; return which it could not.

    What it could not keep changes nothing for the others: each of these goes to ``keep_events``, which says why.
    """
    devices = {device.serial: device for device in locked_by_serials({serial for serial, _ in frames})}
    heads = {serial: Head(device.known, device.head) for serial, device in devices.items()}
    news: list[News] = []
    refused: list[int] = []
    for place, (serial, frame) in enumerate(frames):
        try:
            one = _news(devices[serial], heads[serial], frame, at)
        except (KeyError, Refused):
            refused.append(place)
            continue
        news.append(one)
        heads[serial] = Head.after(one.events[-1]) if one.events else heads[serial]
    _keep(actor, at, news)
    return refused


def hear(at: datetime, *, serial: str, frame: str, is_carried: bool = False) -> tuple[Device, Hello]:
    """Return a device and what it says it has, and note that it was seen; or refuse.

    One that was carried is as old as whoever carried it let it become: that says nothing of its device's clock.
    """
    device = known_device(serial)
    key = key_for(device, frame, at)
    said = hello(signed.opened(frame, Frame.HELLO, key))
    _settle_key(device, key)
    # Whoever repeats an old frame does not keep a lost device in sight: it knows less than was told since, or says when
    # it was there.
    if said.known >= device.known and not device.ending:
        behind = max(-(2**31), min(2**31 - 1, round((at - said.at).total_seconds())))
        seen = Device.objects.filter(pk=device.pk).exclude(seen_at__gt=at - _SEEN_AGAIN_AFTER)
        clock = {} if is_carried else {"clock_behind": behind}
        seen.update(seen_at=Greatest("seen_at", min(at, said.at)), **clock)
    return device, said


def _news(device: Device, head: Head, frame: str, at: datetime) -> News:
    """Return what a frame of this device says that is new after this head, or refuse."""
    if device.ending or not device.key:
        raise DeviceRevoked(device=device.serial)
    key = key_for(device, frame, at)
    said = signed.opened(frame, Frame.EVENTS, key)
    _, told = events.read(said)
    new = events.following(head, told)
    return News(device, new, key, logged.shortened(frame, said, new, key) if new else b"")


@transaction_required
def _keep(actor: Actor, at: datetime, news: Sequence[News]) -> None:
    """Keep what is new of these, in the order of each device, and record up to where."""
    for one in news:
        _settle_key(one.device, one.key)
    new = [one for one in news if one.events]
    DeviceEvent.objects.bulk_create(
        DeviceEvent(
            device=one.device,
            epoch=one.device.epoch,
            number=event.number,
            type=event.type,
            ticket=event.ticket,
            at=event.at,
            received_at=at,
            said=event.to_json(),
            frame=one.frame if event is one.events[-1] else b"",
        )
        for one in new
        for event in one.events
    )
    pictures = [picture for one in new for picture in _pictures(one.device, one.events, at)]
    if pictures:
        DevicePicture.objects.bulk_create(pictures, ignore_conflicts=True)
    for one in new:
        _follow(one.device, one.events, at)
    follow(actor, at, [(one.device, one.events) for one in new])
    _save([*{one.device.pk: one.device for one in new}.values()])
    book.record_each("device.alarmed", _alarms(new), by=actor, at=at)
    book.record_each("device.told", map(_told, new), by=actor, at=at)


def _save(devices: Sequence[Device]) -> None:
    """Write what these rows say now by one statement, however many they are."""
    if not devices:
        return
    columns = [[_column(device, name) for device in devices] for name in _SAVED]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [[device.pk for device in devices], *columns])
        if cursor.rowcount != len(devices):
            raise DeviceUnknown


def _column(device: Device, name: str) -> object:
    value = getattr(device, name)
    return json.dumps(value) if name == "health" else value


def _told(one: News) -> Mapping[str, Json]:
    first, last = one.events[0], one.events[-1]
    return {"device": one.device.uid, "first": first.number, "last": last.number, "head": last.digest}


def _alarms(new: Sequence[News]) -> Iterator[Mapping[str, Json]]:
    for one in new:
        about = {"device": one.device.uid, "company": one.device.company.uid}
        for event in one.events:
            if event.type in ALARMING:
                yield {**about, "of": event.type, "number": event.number}


def _settle_key(device: Device, by: FrameKey) -> None:
    """End the key before, now that a frame by the new one has come."""
    if device.key_before and (by.x + by.y).hex() == device.key:
        Device.objects.filter(pk=device.pk, key=device.key).update(key_before="", key_before_until=None)


def _pictures(device: Device, new: Sequence[Event], at: datetime) -> Iterator[DevicePicture]:
    """Yield what is to come after these events; what an event says of a picture that none can be is passed over."""
    for event in new:
        if event.type != Told.PHOTOGRAPHED.value:
            continue
        try:
            named = shapes.digest(event.said.get("sha256"))
            size = shapes.integer(event.said.get("bytes"), least=1, most=MOST_PICTURE_BYTES)
        except shapes.Misshapen:
            continue
        yield DevicePicture(device=device, sha256=named, bytes=size, named_at=at)


def _follow(device: Device, new: Sequence[Event], at: datetime) -> None:
    """Have the device's row say what these events say of it."""
    head = Head.after(new[-1])
    device.known, device.head, device.seen_at = head.number, head.digest, at
    for event in new:
        _follow_one(device, event, at)


def _follow_one(device: Device, event: Event, at: datetime) -> None:
    counter = event.said.get("counter")
    if isinstance(counter, int) and not isinstance(counter, bool) and 0 <= counter < 2**53:
        device.counter = counter
    locked = event.said.get("locked", _LOCKS.get(event.type))
    device.is_locked = locked if isinstance(locked, bool) else device.is_locked
    if event.type == Told.HEALTH.value:
        device.health, device.health_at = dict(event.said), at
