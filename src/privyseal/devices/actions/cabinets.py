"""A seal comes out of a cabinet: (1) asked for by its keeper, (2) allowed by the signer, (3) kept for the cabinet."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.timezone import localdate

from privyseal.custody.holding import hands_of, keeper_now
from privyseal.custody.raising import raise_alarm
from privyseal.custody.rules import Hand, check_apart
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.tickets import Mode
from privyseal.devices.cabinets import about, cabinet_with, locked_opening, waits_for_seal
from privyseal.devices.granted import take_ticket_back
from privyseal.devices.locking import locked_device
from privyseal.devices.models import CabinetOpening, DeviceOrder
from privyseal.devices.rules import NotInCabinet
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.kernel.quorum import CosignersStale
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.seals import permits
from privyseal.seals.actions import evidence_of
from privyseal.seals.actions.moving import locked_seal
from privyseal.seals.models import Permit
from privyseal.seals.rules import SealState, check_in_force
from privyseal.signer.client import Client
from privyseal.signer.device_requests import Allow
from privyseal.signer.protocol import SignerUnavailable
from privyseal.signer.statement import Purpose

# A cabinet whose clock is a little behind ours opens at once all the same.
_BEFORE: Final = timedelta(minutes=2)


def open_cabinet(actor: Person, at: datetime, *, command_id: UUID, permit_uid: str, signer: Client) -> str:
    """Let the cabinet that holds a permit's seal open its slot for whoever keeps it; return the uid of the opening.

    Where the signer could not be asked it stays asked for, and is asked again by whoever asks again.
    """
    uid = ask_cabinet.once(command_id, actor, at, permit_uid=permit_uid)
    one = CabinetOpening.objects.select_related("device", "permit__seal", "by").get(uid=uid)
    if one.allowed_at is not None or one.closed_at is not None:
        return uid
    try:
        frame = signer.allow_device(_request(one))
    except (SignerUnavailable, CosignersStale):
        raise
    except Refused as refusal:
        _fail(actor, at, opening_uid=uid, code=refusal.code)
        raise
    _allow(actor, at, opening_uid=uid, frame=frame)
    return uid


@command("cabinet.ask")
def ask_cabinet(actor: Person, at: datetime, *, permit_uid: str) -> str:
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
        if known.allowed_at is not None or known.by_id != actor.pk:
            raise OutOfTurn(permit=permit_uid)
        return known.uid
    one = CabinetOpening.objects.create(
        device=device,
        permit=permit,
        by=actor,
        asked_at=at,
        opens_at=max(permit.starts_at, at - _BEFORE),
        closes_at=permit.expires_at,
    )
    book.record("cabinet.asked", by=actor, at=at, **about(one))
    return one.uid


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
    DeviceOrder.objects.create(device=one.device, ticket=one.uid, frame=frame, made_at=at, closes_at=one.closes_at)
    book.record("cabinet.allowed", by=actor, at=at, **about(one))


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
    if one.closed_at is not None:
        return
    if one.taken_at is not None:
        seal = locked_seal(one.permit.seal.uid)
        raise_alarm(actor, at, kind=AlarmKind.NOT_RETURNED, cause=f"cabinet {one.uid}", seal=seal)
        one.missed_at = at
        one.save(update_fields=["missed_at"])
        return
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
    )
