"""May this order be given, as somebody agreed to it? Pure: the yes, the ticket that it is about, whose voices count."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from privyseal.device.tickets import Mode, Ticket
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import DutiesNotSeparate
from privyseal.signer import agreements
from privyseal.signer.agreements import Agreement, AgreementMissing, Mount, Unlock
from privyseal.signer.checks import Part, Pinned
from privyseal.signer.device_requests import Ordered
from privyseal.signer.governing import said_by
from privyseal.signer.statement import Approved

_ONE: Final = 1


def read(request: Ordered) -> tuple[Agreement, Approved]:
    """Return what was agreed to and how, if it is this order for this machine and says nothing else, or refuse.

    A seal goes in or out once for each yes: what it names is the order.
    """
    kind = agreements.TAKES_A_YES[request.type]
    if request.agreed is None or request.said:
        raise AgreementMissing(order=request.order)
    agreed = agreements.parse(request.agreed.statement)
    if not isinstance(agreed, kind) or agreed.device != request.device:
        raise AgreementMissing(order=request.order)
    if isinstance(agreed, Mount) and agreed.order != request.order:
        raise AgreementMissing(order=request.order)
    return agreed, request.agreed


def may_order(
    agreed: Agreement, said: Approved, *, ticket: Ticket | None, pinned: Pinned, at: datetime
) -> Mapping[str, Json]:
    """Return what the order says, or refuse.

    (1) one person said yes, by what the charter lets count; (2) an impression is seen first only where the ticket waits
    for that, for its seal; (3) whoever stamps does not agree to it. What it is made of stands in the order: also which
    picture was seen, so that the machine counts those alone who saw what it photographed last.
    """
    # (1) one person, by what counts
    people = said_by(said, by=pinned.charter, voices=pinned.voices, at=at)
    if len(people) != _ONE:
        raise AgreementMissing(people=len(people))
    (person,) = people
    if isinstance(agreed, Unlock):
        return {"until": agreed.until}
    if isinstance(agreed, Mount):
        return {"slot": agreed.slot, "seal": agreed.seal if agreed.is_in else ""}
    # (2) a ticket that waits for it
    if ticket is None or (ticket.device, ticket.seal, ticket.mode) != (agreed.device, agreed.seal, Mode.CONFIRMED):
        raise AgreementMissing(ticket=agreed.ticket)
    # (3) not by who stamps
    if person in ticket.operators:
        raise DutiesNotSeparate(part=Part.OPERATOR, already=Part.APPROVER)
    return {
        "ticket": agreed.ticket,
        "impression": agreed.impression,
        "picture": agreed.picture_sha256,
        "by": person,
    }
