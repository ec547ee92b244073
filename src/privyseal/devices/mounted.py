"""Which seals are in machines, or come into one."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from privyseal.devices.models import Device, DeviceSlot, Mounting
from privyseal.devices.rules import STAMPS


def in_machines(seals: Collection[int]) -> set[int]:
    """Return those of these seals that a machine holds, or is to hold as two people agreed."""
    held = DeviceSlot.objects.filter(seal__in=seals).values_list("seal", flat=True)
    to_come = Mounting.objects.filter(seal__in=seals, is_agreed=True, done_at=None).values_list("seal", flat=True)
    return set(held.union(to_come))


def stamping_machines(seal_id: int) -> QuerySet[Device]:
    """Return the machines, lost ones too, that stamp with a seal which they hold, or are to hold as two agreed."""
    to_come = Mounting.objects.filter(seal=seal_id, is_agreed=True, done_at=None).order_by().values("device")
    here = Q(places__seal=seal_id) | Q(pk__in=to_come)
    return Device.objects.filter(here, kind__in=[kind.value for kind in STAMPS]).order_by("pk").distinct()
