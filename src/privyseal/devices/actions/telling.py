"""What a device tells: events are kept whole and in order, once; and it is heard, so that it is told what it lacks."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from privyseal.device import events, signed
from privyseal.device.events import Event, Head, Told
from privyseal.device.hello import Hello, hello
from privyseal.device.orders import Acknowledgement
from privyseal.device.signed import Frame, FrameKey
from privyseal.devices.hearing import acknowledged, key_for, known_device
from privyseal.devices.locking import locked_by_serial
from privyseal.devices.models import Device, DeviceEvent, DevicePicture
from privyseal.devices.rules import ALARMING, MOST_PICTURE_BYTES, DeviceRevoked
from privyseal.kernel import shapes
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

_SEEN_AGAIN_AFTER: Final = timedelta(minutes=1)
_LOCKS: Final = {Told.LOCKED.value: True, Told.UNLOCKED.value: False}


def take_events(actor: Actor, at: datetime, *, serial: str, frame: str) -> Acknowledgement:
    """Keep what a device tells, once, and return up to where it is kept; or refuse: events-missing, chain-broken."""
    keep_events(actor, at, serial=serial, frame=frame)
    return acknowledged(serial)


@command("device.tell")
def keep_events(actor: Actor, at: datetime, *, serial: str, frame: str) -> int:
    """Keep what is new of a frame of events, and record up to where; return the number of the newest."""
    device = locked_by_serial(serial)
    if device.ending or not device.key:
        raise DeviceRevoked(device=serial)
    key = key_for(device, frame, at)
    _, told = events.read(signed.opened(frame, Frame.EVENTS, key))
    _settle_key(device, key)
    new = events.following(Head(device.known, device.head), told)
    if new:
        _keep(device, new, at)
        first, last = new[0].number, new[-1].number
        for event in new:
            if event.type in ALARMING:
                about = {"device": device.uid, "company": device.company.uid}
                book.record("device.alarmed", by=actor, at=at, **about, of=event.type, number=event.number)
        book.record("device.told", by=actor, at=at, device=device.uid, first=first, last=last, head=device.head)
    return device.known


def hear(at: datetime, *, serial: str, frame: str) -> tuple[Device, Hello]:
    """Return a device and what it says it has, and note that it was seen; or refuse."""
    device = known_device(serial)
    key = key_for(device, frame, at)
    said = hello(signed.opened(frame, Frame.HELLO, key))
    _settle_key(device, key)
    # Whoever repeats an old frame does not keep a lost device in sight: it knows less than was told since.
    if said.known >= device.known and not device.ending:
        behind = max(-(2**31), min(2**31 - 1, round((at - said.at).total_seconds())))
        seen = Device.objects.filter(pk=device.pk).exclude(seen_at__gt=at - _SEEN_AGAIN_AFTER)
        seen.update(seen_at=at, clock_behind=behind)
    return device, said


@transaction_required
def _keep(device: Device, new: Sequence[Event], at: datetime) -> None:
    DeviceEvent.objects.bulk_create(
        DeviceEvent(
            device=device,
            epoch=device.epoch,
            number=event.number,
            type=event.type,
            ticket=event.ticket,
            at=event.at,
            received_at=at,
            said=event.to_json(),
        )
        for event in new
    )
    DevicePicture.objects.bulk_create(_pictures(device, new, at), ignore_conflicts=True)
    head = Head.after(new[-1])
    device.known, device.head, device.seen_at = head.number, head.digest, at
    for event in new:
        _follow(device, event, at)
    device.save(update_fields=["known", "head", "seen_at", "counter", "is_locked", "health", "health_at"])


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


def _follow(device: Device, event: Event, at: datetime) -> None:
    counter = event.said.get("counter")
    if isinstance(counter, int) and not isinstance(counter, bool) and 0 <= counter < 2**53:
        device.counter = counter
    locked = event.said.get("locked", _LOCKS.get(event.type))
    device.is_locked = locked if isinstance(locked, bool) else device.is_locked
    if event.type == Told.HEALTH.value:
        device.health, device.health_at = dict(event.said), at
