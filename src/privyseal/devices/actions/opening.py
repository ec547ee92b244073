"""A use at a machine: (1) taken off the permit and intended, (2) allowed by the signer, (3) kept for the machine."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from privyseal.custody.actions.machines import left_of
from privyseal.custody.executor import EXECUTORS
from privyseal.custody.models import TakeOut, Turn
from privyseal.custody.rules import How, LineSpent
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.codes import SLOT_SECONDS, shares, slot_of
from privyseal.device.tickets import Fence, Mode
from privyseal.devices.alarming import raise_each
from privyseal.devices.closing import close_use
from privyseal.devices.codes_of_two import first_of, is_forced_by
from privyseal.devices.confirming import approved_at_machine, check_enough, check_reviewed
from privyseal.devices.granted import about, locked_machine_use, take_ticket_back, whole_use
from privyseal.devices.locking import locked_device
from privyseal.devices.models import Device, DeviceOrder, DeviceSlot, MachineUse
from privyseal.devices.rules import (
    STAMPS,
    DeviceState,
    EmergencyNotApproved,
    MachineBusy,
    SealNotInMachine,
    mode_of,
)
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.kernel.quorum import CosignersStale
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.pdf.spots import Seam
from privyseal.seals.actions import evidence_of
from privyseal.seals.models import Permit, PermitLine
from privyseal.signer.client import Client
from privyseal.signer.device_requests import Allow
from privyseal.signer.documents import spots
from privyseal.signer.protocol import SignerUnavailable

SWEEP: Final = Service("sweep")
_MACHINE: Final = EXECUTORS[How.BY_MACHINE]
_AT_ONCE: Final = 100
# A machine whose clock is a little behind ours opens at once all the same.
_BEFORE: Final = timedelta(minutes=2)


def open_machine(
    actor: Person,
    at: datetime,
    *,
    command_id: UUID,
    permit_uid: str,
    line_id: int,
    minutes: int,
    signer: Client,
    is_emergency: bool = False,
    word: str = "",
) -> tuple[str, str]:
    """Let the machine that holds a permit's seal stamp what is left of one line; return the use, and a code's digits.

    A ticket, which the machine fetches, where ``minutes`` is 0; else a code for so long, to be typed. An
    emergency waits for nobody to see each impression, is for ten of them and two hours at most, and is reviewed after.
    Of a code that two hold these are the first ten digits. ``word`` is what whoever has words for codes says.
    """
    is_forced = bool(minutes) and is_forced_by(actor, word)
    ask = partial(ask_opening.once, command_id, actor, at, permit_uid=permit_uid, line_id=line_id, minutes=minutes)
    uid = ask(is_emergency=is_emergency, is_forced=True) if is_forced else ask(is_emergency=is_emergency)
    use = whole_use(uid)
    if use.allowed_at is not None and not use.minutes:
        return uid, ""
    return uid, first_of(use, allow(actor, at, use=use, signer=signer))


@command("machine.ask")
def ask_opening(
    actor: Person,
    at: datetime,
    *,
    permit_uid: str,
    line_id: int,
    minutes: int = 0,
    is_emergency: bool = False,
    is_forced: bool = False,
) -> str:
    """Take what is left of a line off the permit for the machine that holds the seal; return the uid of its use."""
    line = PermitLine.objects.select_related("permit").filter(pk=line_id, permit__uid=permit_uid).first()
    if line is None:
        raise NotFound(permit=permit_uid, line=line_id)
    device = _holding(line.permit)
    impressions = left_of(line)
    if impressions < 1:
        raise LineSpent(impressions=1, left=impressions)
    if minutes:
        impressions = shares(impressions)[0]
    approved = approved_at_machine(line.permit)
    confirmations = max(device.confirmations, approved.confirmations if approved else 0)
    mode = mode_of(
        impressions=impressions,
        confirmations=confirmations,
        is_across=_is_across(line),
        is_emergency=is_emergency,
        is_by_code=bool(minutes),
    )
    if is_emergency:
        check_reviewed(device, line.permit.seal_id)
        if approved is None or not approved.emergency_impressions:
            raise EmergencyNotApproved(device=device.uid)
        impressions = min(impressions, approved.emergency_impressions)
    if is_forced:  # whoever asks is watched: nothing that they see says so
        raise_each(SWEEP, at, device=device, kinds=[AlarmKind.FORCED])
    said = {"permit_uid": permit_uid, "line_id": line_id, "impressions": impressions}
    turn_uid = _MACHINE.reserve.within(actor, at, **said, is_through_cloud=device.is_through_cloud)
    turn = Turn.objects.select_related("use__permit__seal", "use__operator").get(uid=turn_uid)
    permit = turn.use.permit
    use = MachineUse(device=device, turn=turn, impressions=impressions, minutes=minutes)
    use.mode, use.confirmations = mode.value, confirmations if mode is Mode.CONFIRMED else 0
    use.opens_at, use.closes_at = window_of(permit, at, minutes)
    if is_emergency and approved is not None:
        use.closes_at = min(use.closes_at, at + timedelta(minutes=approved.emergency_minutes))
    check_enough(permit, at, operator=actor, needed=use.confirmations)
    use.ticket = "" if minutes else use.uid
    use.is_dual, use.is_forced = (minutes > 0 and device.is_dual) or None, is_forced or None
    try:
        with transaction.atomic():
            use.save(force_insert=True)
    except IntegrityError as error:
        raise MachineBusy(device=device.uid) from error
    book.record("machine.asked", by=actor, at=at, **about(use), impressions=impressions, minutes=minutes)
    if is_emergency:
        book.record("machine.emergency", by=actor, at=at, **about(use), impressions=impressions)
    return use.uid


def allow(actor: Actor, at: datetime, *, use: MachineUse, signer: Client) -> str:
    """Have the signer allow it, the same however often it is asked; return a code's digits, or nothing for a ticket."""
    try:
        answer = signer.allow_device(_request(use))
    except (SignerUnavailable, CosignersStale):
        raise  # it stays asked for: the sweep asks again
    except Refused as refusal:
        fail_opening(actor, at, use_uid=use.uid, code=refusal.code)
        raise
    keep_allowed(actor, at, use_uid=use.uid, frame="" if use.minutes else answer)
    return answer if use.minutes else ""


def digits_of(actor: Person, at: datetime, *, use_uid: str, signer: Client) -> str:
    """Return the digits of a code again to whoever is to type it, while nobody has."""
    use = whole_use(use_uid)
    if use.turn.use.operator_id != actor.pk or not use.minutes or use.ticket or use.refused or use.closed_at:
        raise NotEntitled(part="operator")
    return first_of(use, allow(actor, at, use=use, signer=signer))


def allow_at_signer(at: datetime, *, signer: Client) -> int:
    """Have the signer allow what it could not be asked for; return how many tickets it made."""
    waiting = MachineUse.objects.filter(allowed_at=None, refused="", closed_at=None).order_by("pk")
    made = 0
    for uid in list(waiting.values_list("uid", flat=True)[:_AT_ONCE]):
        try:
            allow(SWEEP, at, use=whole_use(uid), signer=signer)
        except (SignerUnavailable, CosignersStale):
            break
        except Refused:
            continue
        made += 1
    return made


@command("machine.allow")
def keep_allowed(actor: Actor, at: datetime, *, use_uid: str, frame: str) -> None:
    """Put on record that a machine may, and keep its ticket, or refuse: the use ended while the signer was asked.

    A second time changes nothing.
    """
    use = locked_machine_use(use_uid)
    if use.closed_at is not None:
        raise OutOfTurn(machine_use=use_uid)
    if use.allowed_at is not None:
        return
    use.allowed_at = at
    use.save(update_fields=["allowed_at"])
    if frame:
        DeviceOrder.objects.create(
            device=use.device, ticket=use.ticket, frame=frame, made_at=at, closes_at=use.closes_at
        )
    said = {"impressions": use.impressions, "minutes": use.minutes}
    book.record("machine.allowed", by=actor, at=at, **about(use), **said)


@command("machine.fail")
def fail_opening(actor: Actor, at: datetime, *, use_uid: str, code: str) -> None:
    """Put on record why a machine may not, and give the impressions back."""
    use = locked_machine_use(use_uid)
    if use.allowed_at is not None or use.closed_at is not None:
        return
    use.refused, use.closed_at = code, at
    use.save(update_fields=["refused", "closed_at"])
    book.record("machine.refused", by=actor, at=at, **about(use), code=code)
    _MACHINE.release.within(actor, at, turn_uid=use.turn.uid, reason=code)


@command("machine.withdraw")
def withdraw(actor: Actor, at: datetime, *, use_uid: str) -> None:
    """Let a ticket open nothing any more, once its machine hears of it; what no machine can have is closed at once."""
    use = locked_machine_use(use_uid)
    if use.closed_at is not None or use.withdrawn_at is not None:
        return
    use.withdrawn_at = at
    use.save(update_fields=["withdrawn_at"])
    book.record("machine.withdrawn", by=actor, at=at, **about(use))
    take_ticket_back(use, at)
    if use.allowed_at is None:
        close_use(actor, at, use, reason="withdrawn")


@command("machine.finish")
def finish(actor: Person, at: datetime, *, use_uid: str) -> str:
    """Say that no more is stamped at a machine: what is left goes back to the permit once the machine confirms it."""
    found = whole_use(use_uid)
    if found.turn.use.operator_id != actor.pk:
        raise NotEntitled(part="operator")
    withdraw.within(actor, at, use_uid=use_uid)
    return use_uid


@transaction_required
def _holding(permit: Permit) -> Device:
    """Return the machine that holds a permit's seal, in service and locked, or refuse."""
    slot = DeviceSlot.objects.select_related("device").filter(seal=permit.seal_id).first()
    if slot is None:
        raise SealNotInMachine(permit=permit.uid)
    device = locked_device(slot.device.uid)
    still = DeviceSlot.objects.filter(device=device, seal=permit.seal_id).exists()
    if not still or device.state is not DeviceState.IN_SERVICE or device.kind not in {kind.value for kind in STAMPS}:
        raise SealNotInMachine(permit=permit.uid)
    return device


def _is_across(line: PermitLine) -> bool:
    """Tell whether every place of a line lies across the edges of pages."""
    return bool(line.placements) and all(isinstance(spot, Seam) for spot in spots(line.placements))


def window_of(permit: Permit, at: datetime, minutes: int) -> tuple[datetime, datetime]:
    """Return from when until when a machine is open: a code holds from the half hour that has begun."""
    if not minutes:
        return max(permit.starts_at, at - _BEFORE), permit.expires_at
    begun = datetime.fromtimestamp(slot_of(int(at.timestamp())) * SLOT_SECONDS, UTC)
    return max(permit.starts_at, begun), begun + timedelta(minutes=minutes)


def _request(use: MachineUse) -> Allow:
    permit = use.turn.use.permit
    return Allow(
        grant=use.uid,
        device=use.device.serial,
        permit=permit.uid,
        operators=(use.turn.use.operator.pseudonym,),
        impressions=use.impressions,
        opens_at=use.opens_at,
        closes_at=use.closes_at,
        approved=evidence_of(permit),
        mode=Mode(use.mode),
        confirmations=use.confirmations,
        minutes=use.minutes,
        is_duress=bool(use.is_forced),
        place=_place(permit),
    )


def _place(permit: Permit) -> Fence | None:
    """Return where the seal may be used outside, as whoever gave it out said: as approved, or closer."""
    out = TakeOut.objects.filter(permit=permit).first()
    if out is None or out.fence is None:
        return None
    return Fence(out.fence.point.latitude, out.fence.point.longitude, out.fence.metres)
