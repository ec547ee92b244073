"""What machines tell, and do not tell, that should not be: one incident a kind, a machine and a day, with its owner."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils.timezone import localdate

from privyseal.custody.models import Alarm
from privyseal.custody.raising import answering_in, raise_alarm, raise_over_company
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.events import Event, Told
from privyseal.devices.models import Device, DeviceSlot, MachineUse
from privyseal.devices.rules import CLOCK_ALARM, SILENT_AFTER, alarm_of, count_after
from privyseal.ledger.actors import Actor
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.moving import locked_seal
from privyseal.seals.models import Seal
from privyseal.seals.rules import SealState

_MOST: Final = 500


def watch_events(device: Device, new: Iterable[Event], *, known: Collection[str]) -> list[AlarmKind]:
    """Return which incidents new events of a machine bring, and add its count up; ``known`` are its open tickets."""
    return list(_found(device, new, known))


def _found(device: Device, new: Iterable[Event], known: Collection[str]) -> Iterator[AlarmKind]:
    for event in new:
        kind = alarm_of(event)
        if kind is not None:
            yield kind
        before, device.counted = device.counted, count_after(device.counted, event)
        if before is not None and device.counted != before + _more(event):
            yield AlarmKind.COUNTER_GAP
        if event.type == Told.FIRED.value and event.ticket not in known:
            yield AlarmKind.NO_PERMIT


def _more(event: Event) -> int:
    """Return by how much the mechanical count went up, as the event itself says."""
    by = event.said.get("by")
    if event.type == Told.EXCESS.value and isinstance(by, int) and not isinstance(by, bool):
        return by
    return int(event.type == Told.FIRED.value)


@transaction_required
def raise_each(actor: Actor, at: datetime, *, device: Device, kinds: Iterable[AlarmKind]) -> None:
    """Open an incident of each kind over a machine, whose row is ours, that has none of today."""
    cause = f"device {device.uid} {localdate(at).isoformat()}"
    wanted = dict.fromkeys(kind.value for kind in kinds)
    known = set(Alarm.objects.filter(kind__in=list(wanted), cause=cause).order_by().values_list("kind", flat=True))
    for kind in (AlarmKind(value) for value in wanted if value not in known):
        seal = _only_seal(device)
        if seal is not None:
            raise_alarm(actor, at, kind=kind, cause=cause, seal=seal)
            continue
        owner = device.registered_by
        owner = owner if owner.is_active else answering_in(device.company_id, at) or owner
        raise_over_company(actor, at, kind=kind, cause=cause, company=device.company, owner=owner)


@transaction_required
def raise_lost(actor: Actor, at: datetime, *, device: Device) -> None:
    """Open an incident over each seal that is in a machine, whose row is ours, which somebody misses."""
    held = DeviceSlot.objects.filter(device=device).order_by("seal_id").values_list("seal__uid", flat=True)
    for seal in [locked_seal(uid) for uid in held]:
        cause = f"device {device.uid} seal {seal.uid}"
        raise_alarm(actor, at, kind=AlarmKind.LOST, cause=cause, seal=seal)


@transaction_required
def _only_seal(device: Device) -> Seal | None:
    """Return the seal in a machine that holds one, locked; of several it is not said which."""
    held = list(DeviceSlot.objects.filter(device=device).select_related("seal").order_by("number", "pk")[:2])
    return locked_seal(held[0].seal.uid) if len(held) == 1 else None


def machines_to_look_at(at: datetime) -> list[tuple[AlarmKind, str]]:
    """Return what is wrong with machines in service that they do not say: not heard of for too long, a wrong clock."""
    living = Device.objects.filter(enrolled_at__isnull=False, ended_at=None).order_by("pk")
    silent = living.filter(seen_at__lte=at - SILENT_AFTER).values_list("uid", flat=True)[:_MOST]
    seconds = int(CLOCK_ALARM.total_seconds())
    wrong = living.filter(Q(clock_behind__gt=seconds) | Q(clock_behind__lt=-seconds), seen_at__gt=at - SILENT_AFTER)
    clocks = wrong.values_list("uid", flat=True)[:_MOST]
    return [*((AlarmKind.SILENT, uid) for uid in silent), *((AlarmKind.CLOCK, uid) for uid in clocks)]


def uses_to_stop() -> list[str]:
    """Return the uses at machines that nothing allows any more: permit ended, seal at rest, machine ended."""
    open_ones = MachineUse.objects.filter(closed_at=None, withdrawn_at=None)
    ended = Q(turn__use__permit__revoked_at__isnull=False) | Q(device__ended_at__isnull=False)
    at_rest = ~Q(turn__use__seal__state=SealState.ACTIVE.value)
    return list(open_ones.filter(ended | at_rest).order_by("pk").values_list("uid", flat=True)[:_MOST])
