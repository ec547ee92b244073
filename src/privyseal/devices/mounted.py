"""Which seals are in machines, or come into one."""

from collections.abc import Collection, Mapping

from django.db.models import Q, QuerySet

from privyseal.devices.models import Device, DeviceSlot, Mounting
from privyseal.devices.rules import EMERGENCY_HOLDS, MOST_IN_EMERGENCY, STAMPS
from privyseal.identity.keys import among
from privyseal.kernel.canonical import Json
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Seal
from privyseal.signer.terms import AtMachine


def machines_of(seals: Mapping[int, str]) -> dict[str, Json]:
    """Return how machines wait for people to whom these seals are entrusted, by uid, as whoever approves is told."""
    held = DeviceSlot.objects.filter(seal__in=seals, device__confirmations__gt=0)
    needed = held.order_by("seal").values_list("seal", "device__confirmations")
    minutes = int(EMERGENCY_HOLDS.total_seconds()) // 60
    return {seals[seal]: AtMachine(number, MOST_IN_EMERGENCY, minutes).to_json() for seal, number in needed}


def in_machines(seals: Collection[int]) -> set[int]:
    """Return those of these seals that a machine holds, or is to hold as two people agreed."""
    return set(asked_with(_in_machines, frozenset(seals)))


def _in_machines(seals: frozenset[int]) -> QuerySet[DeviceSlot, int]:
    held = DeviceSlot.objects.filter(among("seal_id", seals)).order_by().values_list("seal", flat=True)
    to_come = Mounting.objects.filter(among("seal_id", seals), is_agreed=True, done_at=None).order_by()
    return held.union(to_come.values_list("seal", flat=True))


def stamping_machines(seal_id: int) -> QuerySet[Device]:
    """Return the machines, lost ones too, that stamp with a seal which they hold, or are to hold as two agreed."""
    to_come = Mounting.objects.filter(seal=seal_id, is_agreed=True, done_at=None).order_by().values("device")
    here = Q(places__seal=seal_id) | Q(pk__in=to_come)
    return Device.objects.filter(here, kind__in=[kind.value for kind in STAMPS]).order_by("pk").distinct()


def seal_of(mounting: Mounting) -> Seal | None:
    """Return the seal that is to go into a slot, or out of it; None where it is there no more."""
    held = DeviceSlot.objects.select_related("seal").filter(device=mounting.device, number=mounting.slot).first()
    return mounting.seal or (held.seal if held else None)
