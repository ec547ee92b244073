"""What machines signed of the uses of permits: the log of each, as whoever checks it wants it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Final

from django.db.models import Q, QuerySet

from privyseal.custody.queries import permits_visible_to
from privyseal.device import logged
from privyseal.device.events import MOST_AT_ONCE
from privyseal.device.signed import FrameBroken, FrameForged, FrameKey
from privyseal.devices.models import CabinetOpening, Device, DeviceCertificate, DeviceEvent, MachineUse
from privyseal.identity.models import Person
from privyseal.seals.models import Permit

MOST_EVENTS: Final = 20_000
_READ: Final = MOST_EVENTS + 1


class Lack(StrEnum):
    """Why some of what a machine told is not here as it signed it."""

    OTHERS = "others"
    UNSIGNED = "unsigned"
    ALTERED = "altered"
    TOO_MUCH = "too-much"


@dataclass(frozen=True, slots=True)
class MachineLog:
    """What one machine told of these uses, and the frames that it signed, from one enrolment to the next."""

    device: Device
    events: Sequence[DeviceEvent]
    frames: Sequence[str]
    certificates: Sequence[DeviceCertificate]
    lacks: frozenset[Lack]

    @property
    def text(self) -> str:
        """Return the log as a file that ``privyseal prove device`` checks."""
        given = [bytes(one.data) for one in self.certificates]
        return logged.write(bytes(self.certificates[-1].authority), given, self.frames)


def logs_of(actor: Person, at: datetime, permits: Iterable[Permit]) -> list[MachineLog]:
    """Return what machines told of the uses of these permits, as far as the actor may see them, machine by machine."""
    seen = permits_visible_to(actor, at).filter(pk__in=[permit.pk for permit in permits]).order_by().values("pk")
    uses = MachineUse.objects.filter(turn__use__permit__in=seen).exclude(ticket="").order_by("device", "pk")
    openings = CabinetOpening.objects.filter(permit__in=seen).order_by("device", "pk")
    tickets = {*uses.values_list("device", "ticket"), *openings.values_list("device", "uid")}
    tickets |= {(device, named) for device, named in openings.values_list("device", "named") if named}
    of_device: dict[int, set[str]] = {}
    for device, ticket in tickets:
        of_device.setdefault(device, set()).add(ticket)
    devices = Device.objects.filter(pk__in=of_device).select_related("company").order_by("pk")
    return [log for device in devices for log in _logs(actor, at, device, frozenset(of_device[device.pk]))]


def _logs(actor: Person, at: datetime, device: Device, tickets: frozenset[str]) -> Iterator[MachineLog]:
    """Yield what a machine told of these tickets, once for each time that it was enrolled."""
    own = list(DeviceEvent.objects.filter(device=device, ticket__in=tickets).order_by("epoch", "number", "pk")[:_READ])
    too_much = {Lack.TOO_MUCH} if len(own) > MOST_EVENTS else set()
    for epoch, events in groupby(own[:MOST_EVENTS], key=attrgetter("epoch")):
        told = list(events)
        certificates = list(DeviceCertificate.objects.filter(device=device, epoch=epoch).order_by("given_at", "pk"))
        found = list(_frames(device, epoch, [event.number for event in told]))
        hidden = of_others(actor, at, found, own=tickets)
        signed = {event.number for frame in found for event in frame} if certificates else set()
        lacks = too_much | ({Lack.OTHERS} if hidden else set())
        lacks |= set() if signed.issuperset(event.number for event in told) else {Lack.UNSIGNED}
        keys = [logged.key_in(bytes(one.data)) for one in certificates]
        texts = [text_of(frame, keys) for place, frame in enumerate(found) if place not in hidden] if keys else []
        lacks |= set() if all(texts) else {Lack.ALTERED}
        yield MachineLog(device, told, [text for text in texts if text], certificates, frozenset(lacks))


def _frames(device: Device, epoch: int, numbers: Sequence[int]) -> Iterator[list[DeviceEvent]]:
    """Yield the events of each frame that told one of these."""
    own = frozenset(numbers)
    for first, last in _runs(numbers):
        near = DeviceEvent.objects.filter(device=device, epoch=epoch, number__gt=first - MOST_AT_ONCE)
        rows = list(near.filter(number__lt=last + MOST_AT_ONCE).order_by("number", "pk"))
        for place, event in enumerate(rows, 1):
            frame = rows[max(0, place - logged.told_by(bytes(event.frame))) : place] if event.frame else []
            if not own.isdisjoint(each.number for each in frame):
                yield frame


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of numbers that lie so near each other that one frame may hold them."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number - last > MOST_AT_ONCE:
            yield first, last
            first = number
        last = number
    yield first, last


def of_others(
    actor: Person, at: datetime, frames: Sequence[Sequence[DeviceEvent]], *, own: frozenset[str] = frozenset()
) -> set[int]:
    """Return which frames tell as well of uses that the actor may not see; ``own`` are tickets that they may."""
    foreign = {event.ticket for frame in frames for event in frame} - own - {""}
    if not foreign:
        return set()
    uses = MachineUse.objects.filter(ticket__in=foreign).order_by("pk")
    openings = CabinetOpening.objects.filter(Q(uid__in=foreign) | Q(named__in=foreign)).order_by("pk")
    seen = permits_visible_to(actor, at).order_by().values("pk")
    hidden = _tickets(uses, openings) - _tickets(
        uses.filter(turn__use__permit__in=seen), openings.filter(permit__in=seen)
    )
    return {place for place, frame in enumerate(frames) if any(event.ticket in hidden for event in frame)}


def _tickets(uses: QuerySet[MachineUse], openings: QuerySet[CabinetOpening]) -> set[str | None]:
    named = (name for names in openings.values_list("uid", "named") for name in names)
    return {*uses.values_list("ticket", flat=True), *named}


def text_of(frame: Sequence[DeviceEvent], keys: Sequence[FrameKey]) -> str:
    """Return a frame as it was signed; nothing where its events are not what was signed any more."""
    try:
        return logged.lengthened(bytes(frame[-1].frame), [event.said for event in frame], keys)
    except (FrameBroken, FrameForged):
        return ""
