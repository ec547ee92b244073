"""What machines were granted: a use with everything around it, and its ticket, which is taken back."""

from datetime import datetime

from privyseal.device.orders import Request
from privyseal.devices.locking import locked_device
from privyseal.devices.models import Device, DeviceOrder, DeviceRequest, MachineUse
from privyseal.devices.rules import next_number
from privyseal.kernel.errors import NotFound
from privyseal.ledger.transactions import transaction_required


@transaction_required
def take_tickets_back(device: Device, at: datetime, *, tickets: list[str]) -> None:
    """Ask a machine, whose row is ours, to let these open nothing, and hand none of them out any more."""
    DeviceOrder.objects.filter(device=device, ticket__in=tickets, withdrawn_at=None).update(withdrawn_at=at)
    last = device.requests.order_by("-number").values_list("number", flat=True).first() or 0
    for ticket in tickets:
        last = next_number(last, at)
        DeviceRequest.objects.create(
            device=device, number=last, type=Request.WITHDRAW.value, said={"ticket": ticket}, made_at=at
        )


@transaction_required
def locked_machine_use(uid: str) -> MachineUse:
    """Return a use whose machine's row is ours until the transaction ends; it is taken before any seal's."""
    found = whole_use(uid)
    device = locked_device(found.device.uid)
    use = whole_use(uid)
    use.device = device
    return use


def whole_use(uid: str) -> MachineUse:
    found = MachineUse.objects.select_related("device__company", "turn__use__permit__seal", "turn__use__operator")
    use = found.filter(uid=uid).first()
    if use is None:
        raise NotFound(machine_use=uid)
    return use
