"""What a machine is asked that is safe for anybody to ask, by a person or by the product itself."""

from collections.abc import Mapping
from datetime import datetime

from privyseal.device.orders import AFTER, Request
from privyseal.devices.models import Device, DeviceRequest
from privyseal.devices.rules import next_number
from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json
from privyseal.ledger.transactions import transaction_required


@transaction_required
def request_of(
    device: Device, request: Request, at: datetime, *, by: Person | None = None, said: Mapping[str, Json] | None = None
) -> int:
    """Keep what a machine, whose row is ours, is asked; return its number."""
    last = device.requests.order_by("-number").values_list("number", flat=True).first() or 0
    number, told = next_number(last, at), {**(said or {}), AFTER: last}
    DeviceRequest.objects.create(device=device, number=number, type=request.value, said=told, made_by=by, made_at=at)
    return number
