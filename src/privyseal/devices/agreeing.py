"""What people say yes to at machines, as the key checks it: canonical bytes, and by whom they were agreed to."""

from collections.abc import Mapping
from typing import Any

from privyseal.device.enrolment import DeviceKind
from privyseal.devices.models import Confirmation, MachineUse, Mounting, Unlocking
from privyseal.devices.mounted import seal_of
from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import OutOfTurn
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing.signing import web_key
from privyseal.signer.agreements import Agreement, Confirm, Mount, Unlock
from privyseal.signer.statement import AnyAssertion, Approved, parse_one, vouch


def to_confirm(use: MachineUse, picture_sha256: str, *, impression: int | None = None) -> Confirm:
    """Return what somebody says yes to who sees an impression first."""
    return Confirm(
        device=use.device.serial,
        ticket=use.ticket,
        seal=use.turn.use.permit.seal.uid,
        impression=use.number if impression is None else impression,
        picture_sha256=picture_sha256,
    )


def to_unlock(unlocking: Unlocking) -> Unlock:
    return Unlock(device=unlocking.device.serial, until=unlocking.known, because=unlocking.because)


def to_mount(mounting: Mounting) -> Mount:
    """Return what somebody says yes to who lets a seal into a machine, or lets that out which is there."""
    seal = seal_of(mounting)
    if seal is None:
        raise OutOfTurn(device=mounting.device.uid, slot=mounting.slot)
    return Mount(
        order=mounting.uid,
        device=mounting.device.serial,
        kind=DeviceKind(mounting.device.kind),
        slot=mounting.slot,
        seal=seal.uid,
        is_in=mounting.seal is not None,
    )


@transaction_required
def said_by(actor: Person, agreed: Agreement, assertion: AnyAssertion | None) -> Mapping[str, Json]:
    """Return the sign that somebody agreed, to be kept: what their passkey said, else our word for who is signed in."""
    body = agreed.to_bytes()
    return dict((assertion or vouch(body, approver=actor.pseudonym, web_key=web_key())).to_json())


def confirmed(one: Confirmation) -> Approved:
    """Return a confirmation as the key checks it; one from before it did is vouched for now."""
    agreed = to_confirm(one.use, one.picture_sha256, impression=one.impression)
    return _approved(agreed, one.said, one.by)


def unlocked(one: Unlocking) -> Approved:
    """Return the agreement to an unlocking as the key checks it; one from before it did is vouched for now."""
    return _approved(to_unlock(one), one.said, one.decided_by)


def mounted(one: Mounting) -> Approved:
    """Return the agreement to a mounting as the key checks it; one from before it did is vouched for now."""
    return _approved(to_mount(one), one.said, one.decided_by)


def _approved(agreed: Agreement, said: Any, by: Person | None) -> Approved:  # noqa: ANN401 - a fact of every kind
    body = agreed.to_bytes()
    if said or by is None:
        return parse_one({"statement": body.decode(), "assertions": [said] if said else []})
    return Approved(body, (vouch(body, approver=by.pseudonym, web_key=web_key()),))
