"""Which seals may be used in machines."""

from collections.abc import Collection

from privyseal.devices.models import DeviceSlot, Mounting


def in_machines(seals: Collection[int]) -> set[int]:
    """Return those of these seals that a machine holds, or is to hold as two people agreed."""
    held = DeviceSlot.objects.filter(seal__in=seals).values_list("seal", flat=True)
    to_come = Mounting.objects.filter(seal__in=seals, is_agreed=True, done_at=None).values_list("seal", flat=True)
    return set(held.union(to_come))
