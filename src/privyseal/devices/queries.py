"""Which machines an actor may see."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.devices.models import Device, DeviceEvent
from privyseal.devices.rules import TIES, Tie
from privyseal.identity import queries as identity
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.identity.rules import INSTALLATION_POWERS, Power
from privyseal.kernel.errors import NotFound


def devices_visible_to(actor: Person, at: datetime) -> QuerySet[Device]:
    """Return the machines where an actor manages, keeps seals or answers for security; all for the auditor."""
    powers = identity.powers_of(actor, at)
    devices = Device.objects.select_related("company").order_by("company__name", "name", "pk")
    if powers.reads_everything or powers.anywhere(Power.SECURITY):
        return devices
    return devices.filter(among("company_id", powers.companies(*(power for power, _ in TIES))))


def device_visible_to(actor: Person, at: datetime, uid: str) -> Device:
    device = devices_visible_to(actor, at).filter(uid=uid).first()
    if device is None:
        raise NotFound(device=uid)
    return device


def ties_to(actor: Person, at: datetime, device: Device) -> frozenset[Tie]:
    powers = identity.powers_of(actor, at)
    here = frozenset(tie for power, tie in TIES if device.company_id in powers.companies(power))
    return here | {tie for power, tie in TIES if power in INSTALLATION_POWERS and powers.anywhere(power)}


def latest_events(actor: Person, at: datetime, device: Device, *, limit: int = 50) -> QuerySet[DeviceEvent]:
    seen = devices_visible_to(actor, at).filter(pk=device.pk).order_by().values("pk")
    return DeviceEvent.objects.filter(device__in=seen).order_by("-epoch", "-number", "pk")[:limit]
