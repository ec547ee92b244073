"""A device's row, ours until the transaction ends."""

from collections.abc import Collection, Sequence

from privyseal.device.enrolment import DeviceUnknown
from privyseal.devices.models import Device
from privyseal.kernel.errors import NotFound
from privyseal.ledger.transactions import transaction_required

_OF = ("self",)


@transaction_required
def locked_device(uid: str) -> Device:
    found = Device.objects.select_for_update(of=_OF).select_related("company").filter(uid=uid).first()
    if found is None:
        raise NotFound(device=uid)
    return found


@transaction_required
def locked_by_serials(serials: Collection[str]) -> Sequence[Device]:
    """Return those that there are, locked in one order, so that two who lock many never wait for each other."""
    found = Device.objects.select_for_update(of=_OF).select_related("company").filter(serial__in=serials)
    return [*found.order_by("pk")]


@transaction_required
def locked_by_serial(serial: str) -> Device:
    found = Device.objects.select_for_update(of=_OF).select_related("company").filter(serial=serial).first()
    if found is None:
        raise DeviceUnknown(device=serial)
    return found
