"""What a machine could still stamp if nobody heard of it again: the most that its tickets leave, and until when."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from privyseal.device import signed
from privyseal.device.events import Told
from privyseal.device.signed import Frame
from privyseal.device.tickets import Ticket
from privyseal.devices.models import Device, DeviceEvent

_TAKEN: Final = {Told.RESERVED.value: 1, Told.RELEASED.value: -1}


@dataclass(frozen=True, slots=True)
class Exposure:
    """``impressions`` at most, by so many grants that are not over, the last of which ends at ``until``."""

    grants: int
    impressions: int
    until: datetime | None


def exposure_of(device: Device, at: datetime) -> Exposure:
    """Return the bound; a ticket that was withdrawn counts until the machine says that it knows."""
    tickets = list(_open_tickets(device, at))
    left = Counter({ticket.uid: ticket.impressions for ticket in tickets})
    told = DeviceEvent.objects.filter(device=device, ticket__in=list(left), type__in=list(_TAKEN))
    for uid, kind in told.order_by("pk").values_list("ticket", "type"):
        left[uid] -= _TAKEN[kind]
    bound = [(max(0, left[ticket.uid]), ticket.closes_at) for ticket in tickets if left[ticket.uid] > 0]
    return Exposure(len(bound), sum(most for most, _ in bound), max((ends for _, ends in bound), default=None))


def _open_tickets(device: Device, at: datetime) -> Iterator[Ticket]:
    gone = DeviceEvent.objects.filter(device=device, epoch=device.epoch, type=Told.WITHDRAWN.value)
    withdrawn = {event.get("said", {}).get("ticket") for event in gone.order_by("pk").values_list("said", flat=True)}
    frames = device.orders.filter(closes_at__gt=at).exclude(ticket="").exclude(ticket__in=withdrawn).order_by("pk")
    for frame in frames.values_list("frame", flat=True):
        yield Ticket.of(signed.said_by_itself(frame, Frame.TICKET))
