"""What machines were granted: a use with everything around it, and its ticket, which is taken back."""

from datetime import datetime

from privyseal.device.orders import Request
from privyseal.device.tickets import Mode
from privyseal.devices.locking import locked_device
from privyseal.devices.models import CabinetOpening, Device, DeviceOrder, MachineUse
from privyseal.devices.requesting import request_of
from privyseal.devices.rules import SCANNER, DeviceState
from privyseal.kernel.canonical import Json, utc_text
from privyseal.kernel.errors import NotFound
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.rules import SealState


@transaction_required
def take_ticket_back(use: MachineUse | CabinetOpening, at: datetime) -> None:
    """Ask a machine, whose row is ours, to let this use's ticket open nothing, and hand it out no more."""
    if use.ticket:
        withdraw_ticket(use.device, use.ticket, at, closes_at=use.closes_at)


@transaction_required
def withdraw_ticket(device: Device, ticket: str, at: datetime, *, closes_at: datetime) -> None:
    """Ask a machine, whose row is ours, to let a ticket open nothing, and hand it out no more."""
    DeviceOrder.objects.filter(device=device, ticket=ticket, withdrawn_at=None).update(withdrawn_at=at)
    said: dict[str, Json] = {"ticket": ticket, "closes_at": utc_text(closes_at)}
    request_of(device, Request.WITHDRAW, at, said=said)


@transaction_required
def locked_machine_use(uid: str) -> MachineUse:
    """Return a use whose machine's row is ours until the transaction ends; it is taken before any seal's."""
    machine = MachineUse.objects.filter(uid=uid).values_list("device__uid", flat=True).first()
    if machine is None:
        raise NotFound(machine_use=uid)
    device = locked_device(machine)
    use = whole_use(uid)
    use.device = device
    return use


def whole_use(uid: str) -> MachineUse:
    found = MachineUse.objects.select_related("device__company", "turn__use__permit__seal", "turn__use__operator")
    use = found.filter(uid=uid).first()
    if use is None:
        raise NotFound(machine_use=uid)
    return use


def about(use: MachineUse) -> dict[str, str]:
    hand = use.turn.use
    return {
        "machine_use": use.uid,
        "device": use.device.uid,
        "permit": hand.permit.uid,
        "seal": hand.permit.seal.uid,
        "application": hand.permit.application_uid,
        "operator": hand.operator.pseudonym,
    }


def can_be_shown(use: MachineUse, at: datetime) -> bool:
    """Tell whether a ticket may still go to its machine by hand: as long as the machine could fetch it.

    Not one that waits for others to see each impression: they are heard of by the network alone.
    """
    permit = use.turn.use.permit
    is_held = use.allowed_at is not None and use.withdrawn_at is None and use.closed_at is None and at < use.closes_at
    is_allowed = permit.revoked_at is None and permit.seal.state == SealState.ACTIVE.value
    is_read = use.device.state is DeviceState.IN_SERVICE and use.device.health.get(SCANNER) is True
    return (
        bool(use.ticket) and not use.minutes and is_held and is_allowed and is_read and use.mode != Mode.CONFIRMED.value
    )
