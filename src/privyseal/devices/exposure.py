"""What a machine could still stamp if nobody heard of it again: the most that its grants leave, and until when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from privyseal.devices.models import Device, DeviceSlot, MachineUse
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Seal


@dataclass(frozen=True, slots=True)
class Exposure:
    """``impressions`` at most, by so many grants that are not over, the last of which ends at ``until``."""

    grants: int
    impressions: int
    until: datetime | None


def exposure_of(device: Device, at: datetime) -> Exposure:
    """Return the bound; what was withdrawn counts until the machine says that it knows."""
    return _bound(MachineUse.objects.filter(device=device), at)


def exposure_with(seal: Seal, at: datetime) -> tuple[Device, Exposure] | None:
    """Return the machine that holds a seal, and the bound of what it could stamp with it; None where none holds it."""
    slot = next(iter(asked_with(_slots_of, seal.pk)), None)
    if slot is None:
        return None
    return slot.device, _bound(MachineUse.objects.filter(device=slot.device, turn__use__seal=seal), at)


def _slots_of(seal: int) -> QuerySet[DeviceSlot]:
    return DeviceSlot.objects.select_related("device").filter(seal=seal).order_by("pk")[:1]


def _bound(uses: QuerySet[MachineUse], at: datetime) -> Exposure:
    # Uses of a machine that ended are closed with it: nobody hears whether it stamps, and still it could.
    could = uses.filter(Q(closed_at=None) | Q(closed_at=F("device__ended_at")), allowed_at__isnull=False)
    bound = [
        (use.left, use.closes_at)
        for use in could.filter(closes_at__gt=at).exclude(is_withdrawn=True).order_by("pk")
        if use.left > 0
    ]
    return Exposure(len(bound), sum(left for left, _ in bound), max((ends for _, ends in bound), default=None))
