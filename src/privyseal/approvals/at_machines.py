"""Whose yes counts for what machines are let do: by which of their passkeys, or by being signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from privyseal.approvals.models import ApprovalPasskey
from privyseal.approvals.own_passkeys import check_fits, fitting, says_by_passkey
from privyseal.approvals.queries.charters import charter_before
from privyseal.approvals.queries.passkeys import passkeys_of
from privyseal.approvals.rules.charters import CharterAsksMore
from privyseal.approvals.rules.rosters import Asks, PasskeyNotSeated, asks_of
from privyseal.devices.models import Device, MachineUse
from privyseal.identity.models import Person
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Seal
from privyseal.signer.agreements import Agreement
from privyseal.signer.charters import APPROVERS, COUNTS, SECURITY, Charter
from privyseal.signer.passkeys import Page, PasskeyAssertion, PasskeyNotBound
from privyseal.signer.statement import SESSION

_APPROVER: Final = (APPROVERS,)
_NEAR_OR_SECURITY: Final = (APPROVERS, SECURITY)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the charter in force lets count, and of which rosters' passkeys, as the key will look at it."""

    charter: Charter
    rosters: tuple[str, ...]

    @property
    def takes_session(self) -> bool:
        return SESSION in COUNTS[self.charter.assurance]

    def asks(self, roster: str) -> Asks:
        """Return what is asked of a passkey of this roster; security's own has a seat nowhere else."""
        asks = asks_of([self.charter])
        return Asks(asks.is_bound) if roster == SECURITY else asks


def to_confirm(use: MachineUse) -> Counts:
    """Return what counts where an impression is seen first, which is approvers' alone."""
    return Counts(charter_before(use.device.company, use.turn.use.permit.seal), _APPROVER)


def to_unlock(device: Device) -> Counts:
    """Return what counts where a machine is let open again: security answers for locks as for keys."""
    return Counts(charter_before(device.company, None), _NEAR_OR_SECURITY)


def to_mount(device: Device, seal: Seal | None) -> Counts:
    """Return what counts where a seal goes into a machine or out of it: what does for its uses, or security."""
    return Counts(charter_before(device.company, seal), _NEAR_OR_SECURITY)


def passkeys_for(actor: Person, at: datetime, counts: Counts) -> list[ApprovalPasskey]:
    """Return the passkeys by which somebody says yes, none where being signed in is their yes; or why they cannot."""
    found: list[ApprovalPasskey] = []
    if SECURITY in counts.rosters:
        own = passkeys_of(actor, at, roster=SECURITY)
        found = [one for one in own if one.is_bound or not counts.asks(SECURITY).is_bound]
    try:
        found = found or fitting(actor, at, counts.asks(APPROVERS))
    except (PasskeyNotSeated, PasskeyNotBound):
        if not counts.takes_session:
            raise
    if not found and not counts.takes_session:
        raise CharterAsksMore(asks=counts.charter.assurance)
    return found


@transaction_required
def said(
    actor: Person, at: datetime, agreed: Agreement, assertions: Sequence[PasskeyAssertion], counts: Counts
) -> PasskeyAssertion | None:
    """Return what the actor's passkey said to exactly this, None where being signed in is their yes; or refuse."""
    if not assertions:
        if not counts.takes_session:
            raise CharterAsksMore(asks=counts.charter.assurance)
        return None
    named = {one.credential for one in assertions}
    held = ApprovalPasskey.objects.filter(person=actor, credential__in=named, roster__in=counts.rosters)
    roster = held.order_by("pk").values_list("roster", flat=True).first() or counts.rosters[0]
    page = Page(settings.APPROVAL_URL)
    says_by_passkey(actor, at, bodies=[agreed.to_bytes()], assertions=assertions, page=page, roster=roster)
    check_fits(actor, named, counts.asks(roster))
    return assertions[0]
