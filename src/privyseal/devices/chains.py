"""What a machine signed from one of its uses to another, whole: however much that is, little of it is in memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, Max, Min, OuterRef, QuerySet

from privyseal.device import logged
from privyseal.device.events import MOST_AT_ONCE
from privyseal.devices.logs import Lack, of_others, text_of
from privyseal.devices.models import CabinetOpening, Device, DeviceCertificate, DeviceEvent, MachineUse
from privyseal.identity.models import Person
from privyseal.ledger.queries import Fact, facts_at

AT_ONCE: Final = 1_000
_TOLD: Final = "device.told"


@dataclass(frozen=True, slots=True)
class Chain:
    """What one machine told in one enrolment of it, from its first use of these to its last."""

    device: Device
    epoch: int
    first: int
    last: int
    certificates: Sequence[DeviceCertificate]


@dataclass(frozen=True, slots=True)
class Some:
    """Some of a chain, in order: frames as they were signed, how many events they tell, and what is not here."""

    frames: Sequence[str]
    events: int
    lacks: frozenset[Lack]


def chains_of(permits: QuerySet[Any, Any]) -> list[Chain]:
    """Return what machines told of the uses of permits, which the caller may see, by company, machine and enrolment.

    ``permits`` are keys, as the values of a question.
    """
    reach: dict[tuple[int, int], tuple[int, int]] = {}
    for named in _named(permits):
        told = DeviceEvent.objects.exclude(ticket="").filter(Exists(named)).order_by("device", "epoch")
        for device, epoch, first, last in told.values_list("device", "epoch").annotate(Min("number"), Max("number")):
            before = reach.get((device, epoch), (first, last))
            reach[device, epoch] = min(first, before[0]), max(last, before[1])
    devices = Device.objects.filter(pk__in={device for device, _ in reach}).order_by("serial", "pk")
    given = _certificates(devices)
    return [
        Chain(device, epoch, *reach[device.pk, epoch], given.get((device.pk, epoch), ()))
        for device in devices
        for epoch in sorted(epoch for key, epoch in reach if key == device.pk)
    ]


def read(actor: Person, at: datetime, chain: Chain, *, at_once: int = AT_ONCE) -> Iterator[Some]:
    """Yield all of a chain, some at a time, without what tells as well of uses that the actor may not see."""
    keys = [logged.key_in(bytes(one.data)) for one in chain.certificates]
    for frames, loose in _frames(chain, at_once):
        hidden = of_others(actor, at, frames)
        texts = [text_of(frame, keys) for place, frame in enumerate(frames) if place not in hidden] if keys else []
        whole = [frame for place, frame in enumerate(frames) if place not in hidden]
        told = sum(len(frame) for frame, text in zip(whole, texts, strict=False) if text)
        lacks = {Lack.OTHERS} if hidden else set()
        lacks |= {Lack.UNSIGNED} if loose or (whole and not keys) else set()
        lacks |= set() if all(texts) else {Lack.ALTERED}
        yield Some([text for text in texts if text], told, frozenset(lacks))


def told_last(chain: Chain) -> Fact | None:
    """Return what is on record of how far the machine had told when the last event of a chain was kept."""
    last = DeviceEvent.objects.filter(device=chain.device, epoch=chain.epoch, number=chain.last).get()
    found = facts_at(_TOLD, "device", chain.device.uid, last.received_at)
    return next((fact for fact in found if fact.data["first"] <= chain.last <= fact.data["last"]), None)


def _named(permits: QuerySet[Any, Any]) -> Iterator[QuerySet[MachineUse] | QuerySet[CabinetOpening]]:
    """Yield what the tickets of events are held against: a use, an opening by its ticket, and one by its code."""
    of_event = {"device": OuterRef("device")}
    yield MachineUse.objects.filter(turn__use__permit__in=permits, ticket=OuterRef("ticket"), **of_event)
    for name in ("uid", "named"):
        yield CabinetOpening.objects.filter(permit__in=permits, **{name: OuterRef("ticket")}, **of_event)


def _certificates(devices: Collection[Device]) -> Mapping[tuple[int, int], list[DeviceCertificate]]:
    given: dict[tuple[int, int], list[DeviceCertificate]] = {}
    for one in DeviceCertificate.objects.filter(device__in=devices).order_by("given_at", "pk"):
        given.setdefault((one.device_id, one.epoch), []).append(one)
    return given


def _frames(chain: Chain, at_once: int) -> Iterator[tuple[list[list[DeviceEvent]], int]]:
    """Yield the events of the frames that told of a chain, some at a time, and how many events no frame told."""
    events = DeviceEvent.objects.filter(device=chain.device, epoch=chain.epoch).order_by("number", "pk")
    number, waiting = chain.first - MOST_AT_ONCE, list[DeviceEvent]()
    while rows := list(events.filter(number__gt=number, number__lt=chain.last + MOST_AT_ONCE)[:at_once]):
        number, found, loose = rows[-1].number, list[list[DeviceEvent]](), 0
        for event in rows:
            waiting.append(event)
            if event.frame:
                begin = max(0, len(waiting) - logged.told_by(bytes(event.frame)))
                loose += _within(chain, waiting[:begin])
                found += [waiting[begin:]] if _within(chain, waiting[begin:]) else []
                waiting = []
        loose += _within(chain, waiting[:-MOST_AT_ONCE])
        waiting = waiting[-MOST_AT_ONCE:]
        yield found, loose
    if left := _within(chain, waiting):
        yield [], left


def _within(chain: Chain, events: Sequence[DeviceEvent]) -> int:
    return sum(chain.first <= event.number <= chain.last for event in events)
