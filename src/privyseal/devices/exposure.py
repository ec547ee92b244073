"""What a machine could still stamp if nobody heard of it again: the most that its grants leave, and until when."""

from dataclasses import dataclass
from datetime import datetime

from privyseal.devices.models import Device, MachineUse


@dataclass(frozen=True, slots=True)
class Exposure:
    """``impressions`` at most, by so many grants that are not over, the last of which ends at ``until``."""

    grants: int
    impressions: int
    until: datetime | None


def exposure_of(device: Device, at: datetime) -> Exposure:
    """Return the bound; what was withdrawn counts until the machine says that it knows."""
    allowed = MachineUse.objects.filter(device=device, allowed_at__isnull=False, closed_at=None, closes_at__gt=at)
    bound = [(use.left, use.closes_at) for use in allowed.exclude(is_withdrawn=True).order_by("pk") if use.left > 0]
    return Exposure(len(bound), sum(left for left, _ in bound), max((ends for _, ends in bound), default=None))
