"""May this use open this device? Pure: the request, the signer's own record and its clock in, a ticket out."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from privyseal.device.codes import COUNTS, SLOT_SECONDS, SLOTS_AHEAD, Grant, Kind, slot_of
from privyseal.device.enrolment import DeviceKind
from privyseal.device.tickets import Fence, Mode, Ticket
from privyseal.kernel.canonical import sha256
from privyseal.pdf.spots import Seam
from privyseal.signer.bound import Secret
from privyseal.signer.checks import (
    Case,
    Pinned,
    PurposeDiffers,
    SealDestroyed,
    SealRecord,
    SealSuspended,
    SealVersionDiffers,
    approvers_of,
    check_duties,
)
from privyseal.signer.claims import FaceNotApproved, Reach
from privyseal.signer.device_requests import Allow
from privyseal.signer.documents import Document
from privyseal.signer.own_yes import RestsOn, check_own_yes
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import Purpose, Statement

_CLOCKS: Final = timedelta(minutes=5)
_NUMBER_AT_THE_END: Final = re.compile(r"[0-9]{1,9}$")


class DeviceOfAnother(SignerRefused):
    """The device was enrolled for another company."""

    code = "device-of-another"


class DeviceOfOtherKind(SignerRefused):
    """A cabinet or box lets a seal out by hand and does nothing else; no other machine lets one out."""

    code = "device-of-other-kind"


class DeviceKindUnknown(SignerRefused):
    """What this device is was not known when it was enrolled: it opens once it says so, or as it was let before."""

    code = "device-kind-unknown"


class DeviceKindDiffers(SignerRefused):
    """The device is something else than whoever had its seals mounted, or is to have one mounted, was told."""

    code = "device-kind-differs"


class DeviceEnrolAnew(SignerRefused):
    """What this device was given since a copy that was restored is not known: it is given nothing more as it is."""

    code = "device-enrol-anew"


class SealNotMounted(SignerRefused):
    """The device does not hold the seal of this use."""

    code = "seal-not-mounted"


class SealInTwoDevices(SignerRefused):
    """Another device, which has not ended, holds this seal already: one piece of rubber is in one place."""

    code = "seal-in-two-devices"


class TicketOutsideWindow(SignerRefused):
    """The device would be open at another time than was approved."""

    code = "ticket-outside-window"


class CountNotInCode(SignerRefused):
    """No code says this number of impressions, or this time; several codes say more than 999."""

    code = "count-not-in-code"


class CodeTooSoon(SignerRefused):
    """No device knows a code so long before its time: it would take it for a mistyped one."""

    code = "code-too-soon"


class OpeningsSpent(SignerRefused):
    """The seal was let out of its cabinet for this application as often as impressions were approved."""

    code = "openings-spent"


class FenceNotApproved(SignerRefused):
    """The seal would be used further away than was approved."""

    code = "fence-not-approved"


class FenceNeedsTicket(SignerRefused):
    """Where a seal may be used no code says: a device keeps to it only by a ticket."""

    code = "fence-needs-ticket"


class ModeNotApproved(SignerRefused):
    """The machine would wait for fewer people than was approved, or for none where no emergency was."""

    code = "mode-not-approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a request has a right to: on which application's impressions, and how many of them are approved at most.

    Where a cabinet lets the seal be taken out it stamps none itself: ``most`` is how often it lets it, since whoever
    takes it out does so for one impression at least.
    """

    application: str
    seal: str
    impressions: int
    most: int
    ticket: Ticket
    rests_on: RestsOn | None = None


def may_open(
    case: Case,
    request: Allow,
    *,
    seals: frozenset[str],
    seal: SealRecord | None,
    pinned: Pinned,
    reach: Reach,
    at: datetime,
) -> Opening:
    """Return what a device may be told, or refuse.

    (1) it is a use, of no standing permit and of no face that was shown, as none is known of rubber; the seal is in
    this device, and where it has a key, of the approved version and not stopped; (2) the time lies within what was
    approved, and is not over, nor so far ahead that no device knows its code, and its place is no wider than what was
    approved; (3) every stage is approved; (4) duties are apart; (5) a seal that bears a person's
    name has that person's yes; (6) the machine waits for as many people as was approved. Whether impressions are left
    is for those who count them.
    """
    statement = case.statement
    # (1) a use, in this device, and not stopped
    if statement.purpose is not Purpose.USE:
        raise PurposeDiffers(application=statement.application, purpose=statement.purpose)
    if statement.face_sha256:
        raise FaceNotApproved(application=statement.application, seal=statement.seal)
    check_seal(statement.seal, seals, seal, device=request.device)
    if seal is not None and seal.version != statement.seal_version:
        raise SealVersionDiffers(seal=seal.uid, version=seal.version)
    # (2) within the time and the place
    until = max(statement.expires_at, reach.expires_at or statement.expires_at)
    if not statement.starts_at <= request.opens_at < request.closes_at <= until or at >= request.closes_at:
        raise TicketOutsideWindow(application=statement.application)
    if request.minutes:
        _check_not_too_soon(request, at)
    place = None if request.mode is Mode.HAND else _place(statement, request)  # the fence is of where it is used
    # (3) every stage approved
    approvers = approvers_of(case, pinned=pinned, at=at) | reach.approvers
    # (4) duties apart
    check_duties(statement, frozenset(request.operators), approvers, manager=seal.manager if seal else "")
    # (5) the own yes
    kind = seal.type if seal else ""
    rests_on = check_own_yes(statement, case.own, kind=kind, charter=pinned.charter, voices=pinned.voices, at=at)
    # (6) waits for as many people
    _check_mode(statement, request, at)
    most = statement.impressions + reach.impressions
    ticket = _ticket(statement, request, place)
    is_by_hand = request.mode is Mode.HAND
    return Opening(
        application=statement.application,
        seal=statement.seal,
        impressions=0 if is_by_hand else request.impressions,
        most=most,
        ticket=ticket,
        rests_on=rests_on,
    )


def check_kind(kind: str, mode: Mode, *, device: str, has_stamped: bool) -> None:
    """Return if a device that is this opens in this way, or refuse.

    One that has not said what it is stamps where it was let before, as no cabinet ever was; it lets no seal out.
    """
    is_by_hand = mode is Mode.HAND
    if not kind and (is_by_hand or not has_stamped):
        raise DeviceKindUnknown(device=device)
    if kind and is_by_hand is not (kind == DeviceKind.CABINET.value):
        raise DeviceOfOtherKind(device=device, kind=kind)


def check_seal(uid: str, seals: frozenset[str], seal: SealRecord | None, *, device: str) -> None:
    """Return if a seal is in a device that holds these, and not stopped where it has a key, or refuse."""
    if uid not in seals:
        raise SealNotMounted(device=device, seal=uid)
    if seal is not None and seal.is_destroyed:
        raise SealDestroyed(seal=uid)
    if seal is not None and not seal.is_active:
        raise SealSuspended(seal=uid)


def grant_of(request: Allow, *, sequence: int) -> Grant:
    """Return what a code says of this request, or refuse what none says; it holds from the half hour that has begun."""
    if request.impressions not in COUNTS:
        raise CountNotInCode(impressions=request.impressions)
    slot, opens_at = slot_of(int(request.opens_at.timestamp())), int(request.opens_at.timestamp())
    closes_at = slot * SLOT_SECONDS + request.minutes * 60
    if closes_at > int(request.closes_at.timestamp()) or closes_at <= opens_at:
        raise CountNotInCode(minutes=request.minutes)
    kind = Kind.TAKE_OUT if request.mode is Mode.HAND else Kind.USE
    return Grant(kind, sequence, slot, request.minutes, request.impressions)


def _check_not_too_soon(request: Allow, at: datetime) -> None:
    """Return if a device whose clock is up to half an hour behind knows the code's half hour, or refuse."""
    ahead = slot_of(int(request.opens_at.timestamp())) - slot_of(int(at.timestamp()))
    if ahead >= SLOTS_AHEAD:
        raise CodeTooSoon(device=request.device)


def _check_mode(statement: Statement, request: Allow, at: datetime) -> None:
    """Return if a machine waits for at least as many people as was approved, or refuse."""
    approved = statement.machine
    if request.mode is Mode.EMERGENCY:
        within = approved is not None and request.impressions <= approved.emergency_impressions
        ends_at = at + _CLOCKS + timedelta(minutes=approved.emergency_minutes if approved else 0)
        is_approved = within and request.closes_at <= ends_at
    else:
        waits_for = 0 if request.minutes else request.confirmations  # no code says that others see it first
        is_approved = waits_for >= (approved.confirmations if approved else 0)
    if request.mode is Mode.ACROSS:
        is_approved = is_approved and any(map(_may_be_across, statement.documents))
    if not is_approved:
        raise ModeNotApproved(mode=request.mode.value)


def _may_be_across(document: Document) -> bool:
    """Tell whether impressions go across the edges of pages; of a closed envelope nothing is said."""
    return isinstance(document.bound, Secret) or any(isinstance(spot, Seam) for spot in document.placements)


def _place(statement: Statement, request: Allow) -> Fence | None:
    """Return where a device may be: as approved, or closer; or refuse."""
    around = statement.fence
    approved = Fence(around.latitude, around.longitude, around.metres) if around else None
    place = request.place or approved
    if place is not None and request.minutes:
        raise FenceNeedsTicket(application=statement.application)
    if place is not None and approved is not None and not place.is_no_wider(approved):
        raise FenceNotApproved(application=statement.application)
    return place


def _ticket(statement: Statement, request: Allow, place: Fence | None) -> Ticket:
    digests = [document.sha256 for document in statement.documents]
    version = _NUMBER_AT_THE_END.search(statement.policy)
    return Ticket(
        uid=request.grant,
        device=request.device,
        seal=statement.seal,
        permit=request.permit,
        mode=request.mode,
        operators=request.operators,
        impressions=request.impressions,
        opens_at=request.opens_at,
        closes_at=request.closes_at,
        policy=int(version[0]) if version else 0,
        confirmations=request.confirmations,
        document=digests[0] if len(digests) == 1 else sha256("".join(digests).encode()) if digests else "",
        place=place,
    )
