"""A seal comes out of a cabinet: (1) asked for by its keeper, (2) allowed by the signer, (3) kept for the cabinet."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from privyseal.custody.holding import hands_of, keeper_now
from privyseal.custody.rules import Hand, check_apart
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.tickets import Mode
from privyseal.devices.actions.opening import SWEEP, window_of
from privyseal.devices.alarming import raise_each
from privyseal.devices.cabinets import about, cabinet_with, locked_opening, miss, waits_for_seal
from privyseal.devices.codes_of_two import is_forced_by
from privyseal.devices.granted import take_ticket_back
from privyseal.devices.locking import locked_device
from privyseal.devices.models import CabinetOpening, Device, DeviceOrder
from privyseal.devices.rules import MachineBusy, NotInCabinet, TwoHoldCodes
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.kernel.quorum import CosignersStale
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import permits
from privyseal.seals.actions import evidence_of
from privyseal.seals.models import Permit
from privyseal.seals.rules import SealState, check_in_force
from privyseal.signer.client import Client
from privyseal.signer.device_requests import Allow
from privyseal.signer.protocol import SignerUnavailable
from privyseal.signer.statement import Purpose


def open_cabinet(
    actor: Person,
    at: datetime,
    *,
    command_id: UUID,
    permit_uid: str,
    signer: Client,
    minutes: int = 0,
    word: str = "",
) -> tuple[str, str]:
    """Let the cabinet that holds a permit's seal open its slot for whoever keeps it; return it, and a code's digits.

    A ticket, which the cabinet fetches, where ``minutes`` is 0; else a code for so long, to be typed. ``word`` is what
    whoever has words for codes says. Where the signer could not be asked it stays asked for, and is asked again by
    whoever asks again.
    """
    is_forced = bool(minutes) and is_forced_by(actor, word)
    ask = partial(ask_cabinet.once, command_id, actor, at, permit_uid=permit_uid, minutes=minutes)
    uid = ask(is_forced=True) if is_forced else ask()
    one = CabinetOpening.objects.select_related("device", "permit__seal", "by").get(uid=uid)
    if one.closed_at is not None or (one.allowed_at is not None and not one.minutes):
        return uid, ""
    return uid, let_out(actor, at, one=one, signer=signer)


def let_out(actor: Person, at: datetime, *, one: CabinetOpening, signer: Client) -> str:
    """Have the signer allow an opening, the same however often; return a code's digits, or nothing for a ticket."""
    try:
        answer = signer.allow_device(_request(one))
    except (SignerUnavailable, CosignersStale):
        raise
    except Refused as refusal:
        _fail(actor, at, opening_uid=one.uid, code=refusal.code)
        raise
    _allow(actor, at, opening_uid=one.uid, frame="" if one.minutes else answer)
    return answer if one.minutes else ""


@command("cabinet.ask")
def ask_cabinet(actor: Person, at: datetime, *, permit_uid: str, minutes: int = 0, is_forced: bool = False) -> str:
    """Ask for the slot of a seal that its keeper is to give out, by a permit that could be spent now."""
    found = Permit.objects.select_related("seal").filter(uid=permit_uid, purpose=Purpose.USE).first()
    if found is None:
        raise NotFound(permit=permit_uid)
    identity.require_part(actor, at)
    if keeper_now(found.seal) != actor.pk:
        raise NotEntitled(part=Hand.KEEPER.value)
    cabinet = cabinet_with(found.seal_id)
    if cabinet is None:
        raise NotInCabinet(permit=permit_uid)
    device = locked_device(cabinet.uid)
    _check_code(at, device, is_code=bool(minutes), is_forced=is_forced)
    (seal,) = permits.share_lock([found.seal_id])
    permit = Permit.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if keeper_now(seal) != actor.pk:
        raise NotEntitled(part=Hand.KEEPER.value)
    operator = waits_for_seal(permit)
    if operator is None:
        raise OutOfTurn(permit=permit_uid)
    check_apart(Hand.KEEPER, actor.pk, hands={**hands_of(permit), Hand.OPERATOR: {operator}})
    check_in_force(SealState(seal.state), since=seal.starts_on, until=seal.ends_on, on=localdate(at))
    permits.check_open(permit, at=at)
    known = CabinetOpening.objects.filter(permit=permit, closed_at=None).first()
    if known is not None:
        if known.allowed_at is not None or known.by_id != actor.pk or known.minutes != (minutes or None):
            raise OutOfTurn(permit=permit_uid)
        return known.uid
    one = CabinetOpening(device=device, permit=permit, by=actor, asked_at=at)
    one.minutes, one.is_forced = minutes or None, is_forced or None
    return _asked(one, at)


@transaction_required
def _asked(one: CabinetOpening, at: datetime) -> str:
    """Keep what is asked for, or refuse: one code of a cabinet at a time."""
    one.opens_at, one.closes_at = window_of(one.permit, at, one.minutes or 0)
    try:
        with transaction.atomic():
            one.save(force_insert=True)
    except IntegrityError as error:
        raise MachineBusy(device=one.device.uid) from error
    book.record("cabinet.asked", by=one.by, at=at, **about(one), minutes=one.minutes or 0)
    return one.uid


@transaction_required
def _check_code(at: datetime, device: Device, *, is_code: bool, is_forced: bool) -> None:
    """Return if one person may be told a code of this cabinet, or refuse; tell where they are made to ask."""
    if is_code and device.is_dual:
        raise TwoHoldCodes(device=device.uid)
    if is_forced:  # whoever asks is watched: nothing that they see says so
        raise_each(SWEEP, at, device=device, kinds=[AlarmKind.FORCED])


@command("cabinet.allow")
def _allow(actor: Actor, at: datetime, *, opening_uid: str, frame: str) -> None:
    """Put on record that a cabinet may open, and keep its ticket; a second time changes nothing."""
    one = locked_opening(opening_uid)
    if one.closed_at is not None:
        raise OutOfTurn(opening=opening_uid)
    if one.allowed_at is not None:
        return
    one.allowed_at = at
    one.save(update_fields=["allowed_at"])
    if frame:
        DeviceOrder.objects.create(device=one.device, ticket=one.uid, frame=frame, made_at=at, closes_at=one.closes_at)
    book.record("cabinet.allowed", by=actor, at=at, **about(one), minutes=one.minutes or 0)


@command("cabinet.fail")
def _fail(actor: Actor, at: datetime, *, opening_uid: str, code: str) -> None:
    """Put on record why a cabinet may not open."""
    one = locked_opening(opening_uid)
    if one.allowed_at is not None or one.closed_at is not None:
        return
    one.refused, one.closed_at = code, at
    one.save(update_fields=["refused", "closed_at"])
    book.record("cabinet.refused", by=actor, at=at, **about(one), code=code)


@command("cabinet.watch")
def watch_opening(actor: Actor, at: datetime, *, opening_uid: str) -> None:
    """Say what time brings to an opening: what nothing allows is taken back, what is not back in time is missed."""
    one = locked_opening(opening_uid)
    if one.may_be_out:
        miss(actor, at, one)
    elif one.closed_at is None:
        one.closed_at = at
        one.save(update_fields=["closed_at"])
        take_ticket_back(one, at)
        book.record("cabinet.withdrawn", by=actor, at=at, **about(one))


def _request(one: CabinetOpening) -> Allow:
    return Allow(
        grant=one.uid,
        device=one.device.serial,
        permit=one.permit.uid,
        operators=(one.by.pseudonym,),
        impressions=1,
        opens_at=one.opens_at,
        closes_at=one.closes_at,
        approved=evidence_of(one.permit),
        mode=Mode.HAND,
        minutes=one.minutes or 0,
        is_duress=bool(one.is_forced),
    )
