"""A ticket as a QR code: shown to whoever is to stamp, for a machine that has a camera and hears nobody now."""

from datetime import datetime

from privyseal.device import scanned
from privyseal.devices.granted import about, can_be_shown, locked_machine_use
from privyseal.devices.models import DeviceOrder
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command


@command("machine.show")
def show_ticket(actor: Person, at: datetime, *, use_uid: str) -> str:
    """Put on record that the operator has a use's ticket shown, and return the digits of its QR code, or refuse.

    The machine may have it from then on, as if it had fetched it: what is withdrawn later it learns by its network.
    """
    use = locked_machine_use(use_uid)
    if use.turn.use.operator_id != actor.pk:
        raise NotEntitled(part="operator")
    frame = (
        DeviceOrder.objects.filter(device=use.device, ticket=use.ticket, withdrawn_at=None).exclude(ticket="").first()
    )
    if frame is None or not can_be_shown(use, at):
        raise OutOfTurn(machine_use=use_uid)
    book.record("machine.shown", by=actor, at=at, **about(use), impressions=use.impressions)
    return scanned.digits_of(frame.frame)
