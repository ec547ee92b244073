"""What an approved permit lets its holder do to a seal; the key is touched between two records."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils.timezone import localdate

from privyseal.identity.models import Person
from privyseal.identity.names import skeleton
from privyseal.kernel.errors import OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.planning import planned_for_what_is_asked
from privyseal.ledger.transactions import transaction_required
from privyseal.pdf import face as faces
from privyseal.seals import permits
from privyseal.seals.actions.awaiting import await_certificate, keep_chain_of
from privyseal.seals.actions.denying import SWEEP
from privyseal.seals.actions.entering import check_name_is_free, unit_of
from privyseal.seals.actions.moving import (
    about,
    check_may_enter_into_force,
    evidence_of,
    last_day_of,
    locked_act,
    move,
    settle,
)
from privyseal.seals.actions.types import level_of
from privyseal.seals.models import IncidentSeal, OutsideCertificate, Permit, Seal, SealVersion
from privyseal.seals.queries.outside import is_revoked_outside
from privyseal.seals.rules import (
    Act,
    Leave,
    Role,
    SealKind,
    SealState,
    SealType,
    WordsMissing,
    are_all_said,
    check_extension,
    check_level,
    plan,
)
from privyseal.seals.rules.incidents import Frozen
from privyseal.seals.rules.permits import AT_THE_KEY
from privyseal.seals.rules.persons import bears_a_name
from privyseal.signer.answers import Made
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.denials import Denial, What
from privyseal.signer.outside import CertificateAwaited, CertificateRevoked
from privyseal.signer.statement import Purpose

_WAKES: Final = frozenset({Purpose.RESUME, Purpose.UNFREEZE})
_ENDS: Final = {Purpose.DESTROY: SealState.DESTROYED, Purpose.INVALIDATE: SealState.VOID}
_AT_ONCE: Final = 100
_log = logging.getLogger(__name__)


class ActUnderWay(Refused):
    """Something else has been begun on this seal and has not ended."""

    code = "act-under-way"


def carry_out(actor: Person, at: datetime, *, permit_uid: str, signer: Client) -> str:
    """Do what a permit allows: (1) intend, (2) at the key, where it has one, (3) confirm; return the seal's uid."""
    intend_act(actor, at, permit_uid=permit_uid)
    return finish_act(actor, at, permit_uid=permit_uid, signer=signer)


@command("seal.carry-out")
def intend_act(actor: Person, at: datetime, *, permit_uid: str) -> str:
    """Spend the permit and say what is about to be done, before any key is touched; without a key, do it."""
    seal, permit = locked_act(permit_uid)
    purpose = Purpose(permit.purpose)
    act = Act(purpose.value)
    permits.spend(permit_uid, by=actor, at=at, impressions=1, purpose=purpose)
    if Permit.objects.filter(seal=seal, used__gt=0, finished_at=None).exclude(pk=permit.pk).filter(_is_act()).exists():
        raise ActUnderWay(seal=seal.uid)
    move_planned = plan(SealState(seal.state), act, leave=_leave(act), kind=SealKind(seal.kind))
    _check_words(act, permit)
    if move_planned.end is SealState.ACTIVE and move_planned.start is not SealState.ACTIVE:
        check_may_enter_into_force(seal, at)
    if act is Act.EXTEND:
        kind, to = SealKind(seal.kind), last_day_of(permit.terms)
        check_extension(kind, until=seal.ends_on, to=to, on=localdate(at))
    if act is Act.CHANGE:
        check_name_is_free(seal.company, permit.terms["name"], of=seal)
    if purpose is Purpose.RESUME:
        _check_not_frozen(seal)
    if purpose in _WAKES and is_revoked_outside(seal):
        raise CertificateRevoked(seal=seal.uid)
    if purpose in _WAKES and _waits_for_key(seal):
        raise OutOfTurn(state=seal.signer_state, act=act.value)
    book.record(f"seal.{act}.intended", by=actor, at=at, seal=seal.uid, **about(permit))
    if not _is_at_the_key(seal, purpose):
        _do(actor, at, seal, permit, act)
    return permit.uid


@command("seal.confirm-act")
def confirm_act(actor: Actor, at: datetime, *, permit_uid: str, made: Made | None = None) -> str:
    """Put on record what was done at the key; a second confirmation changes nothing."""
    seal, permit = locked_act(permit_uid)
    if permit.finished_at is None:
        purpose = Purpose(permit.purpose)
        if purpose in _ENDS:
            _set_signer_state(seal, SealState.DESTROYED)
            # The key is gone whatever was reported meanwhile: the register follows it.
            settle(actor, at, seal=seal, end=_ENDS[purpose], act=Act(purpose.value), **about(permit))
        elif purpose in _WAKES:
            _confirm_resumed(actor, at, seal, permit)
        elif made is not None:
            _confirm_made(actor, at, seal, permit, made)
        _finish(permit, at)
    return seal.uid


@command("seal.fail-act")
def fail_act(actor: Actor, at: datetime, *, permit_uid: str, failure: str) -> str:
    """End an act that the signer refused; it takes a new application."""
    seal, permit = locked_act(permit_uid)
    if permit.finished_at is None:
        _finish(permit, at)
        book.record(f"seal.{permit.purpose}.failed", by=actor, at=at, seal=seal.uid, **about(permit), code=failure)
    return seal.uid


def finish_open_acts(at: datetime, *, signer: Client) -> int:
    """End every act that a crash or an absent signer left open; return how many ended."""
    ended = 0
    for uid, _ in acts_under_way():
        try:
            finish_act(SWEEP, at, permit_uid=uid, signer=signer)
        except SignerUnavailable:
            return ended
        except CertificateAwaited:
            continue
        except Refused as refusal:
            _log.warning("act failed", extra={"permit": uid, "code": refusal.code})
        ended += 1
    return ended


def acts_under_way() -> list[tuple[str, str]]:
    """Return the permits and purposes of acts at a key that were begun and have not ended, the oldest first.

    What waits for a certificate that people have to bring is not among them.
    """
    waiting = Q(outside__isnull=False, outside__brought_at=None, outside__given_up_at=None)
    at_the_key = Q(seal__kind=SealKind.ELECTRONIC.value) | Q(purpose__in=[purpose.value for purpose in _WAKES])
    acts = Permit.objects.filter(_is_act(), at_the_key, used=1, finished_at=None)
    with planned_for_what_is_asked():
        return list(acts.exclude(waiting).order_by("pk").values_list("uid", "purpose")[:_AT_ONCE])


def finish_act(actor: Actor, at: datetime, *, permit_uid: str, signer: Client) -> str:
    """Have the signer do what was intended, which it does once; its refusal ends the act."""
    permit = Permit.objects.select_related("seal", "seal__created_by").get(uid=permit_uid)
    if not _is_at_the_key(permit.seal, Purpose(permit.purpose)):
        return permit.seal.uid
    try:
        made = _at_the_key(permit, signer)
        return confirm_act(actor, at, permit_uid=permit_uid, made=made)
    except SignerUnavailable:
        raise
    except CertificateAwaited:
        request = signer.certificate_request(permit.seal.uid)
        await_certificate(actor, at, permit_uid=permit_uid, request=request)
        raise
    except Refused as refusal:
        fail_act(actor, at, permit_uid=permit_uid, failure=refusal.code)
        raise


def _at_the_key(permit: Permit, signer: Client) -> Made | None:
    seal, approved, purpose = permit.seal, evidence_of(permit), Purpose(permit.purpose)
    if purpose in _WAKES:
        signer.resume(seal=seal.uid, approved=approved)
        return None
    if purpose in _ENDS:
        signer.destroy(seal=seal.uid, approved=approved)
        return None
    outside = OutsideCertificate.objects.filter(permit=permit).first()
    if outside is not None and outside.given_up_at is not None:
        signer.deny([Denial(What.PERMIT, permit.application_uid, seal.uid)])
    face: Mapping[str, Any] = permit.terms.get("face") or seal.face
    return signer.make(seal=seal.uid, face=face, manager=seal.created_by.pseudonym, approved=approved)


@transaction_required
def _do(actor: Actor, at: datetime, seal: Seal, permit: Permit, act: Act) -> None:
    """Do at once what needs no key."""
    if act is Act.EXTEND:
        _extend(actor, at, seal, permit)
        _finish(permit, at)
        return
    if act is Act.ASSIGN:
        seal.unit = unit_of(seal.company, permit.terms["unit"])
        check_level(level_of(seal.own_type), has_unit=seal.unit is not None)
        seal.save(update_fields=["unit"])
        book.record("seal.assigned", by=actor, at=at, seal=seal.uid, unit=permit.terms["unit"] or None, **about(permit))
        _finish(permit, at)
        return
    if act is Act.MAKE:
        SealVersion.objects.create(
            seal=seal,
            version=seal.version,
            name=seal.name,
            face=seal.face,
            maker=permit.terms["maker"],
            maker_licence=permit.terms["maker_licence"],
            made_at=at,
        )
    if act is Act.CHANGE:
        # The old rubber is in use until the new one has been accepted.
        book.record("seal.change-ordered", by=actor, at=at, seal=seal.uid, **about(permit))
        _finish(permit, at)
        return
    if act is Act.RETIRE and "hand_in_days" in permit.terms:
        seal.hand_in_by = at + timedelta(days=permit.terms["hand_in_days"])
        seal.save(update_fields=["hand_in_by"])
    move(actor, at, seal=seal, act=act, leave=_leave(act), **about(permit))
    _finish(permit, at)


@transaction_required
def _confirm_made(actor: Actor, at: datetime, seal: Seal, permit: Permit, made: Made) -> None:
    """Write the new version; its predecessor is void in the same moment."""
    is_change, is_extension = (permit.purpose == one.value for one in (Purpose.CHANGE, Purpose.EXTEND))
    SealVersion.objects.filter(seal=seal, voided_at=None).update(voided_at=at)
    if is_change:
        drawn = faces.Face.from_json(permit.terms["face"])
        seal.version, seal.name = seal.version + 1, permit.terms["name"]
        seal.face, seal.face_sha256 = drawn.to_json(), faces.digest(drawn)
        seal.skeleton = skeleton(seal.name)
        seal.save(update_fields=["version", "name", "skeleton", "face", "face_sha256"])
    if is_extension:
        seal.version += 1
        seal.save(update_fields=["version"])
    version = SealVersion.objects.create(
        seal=seal,
        version=seal.version,
        name=seal.name,
        face=seal.face,
        certificate=made.certificate,
        serial=made.serial,
        not_after=made.not_after,
        made_at=at,
    )
    keep_chain_of(permit, version, made)
    if bears_a_name(SealType(seal.type)):
        seal.asks_own_yes_at = at
        seal.save(update_fields=["asks_own_yes_at"])
    if is_change:
        book.record("seal.changed", by=actor, at=at, seal=seal.uid, **about(permit), serial=made.serial)
        return
    if is_extension:
        _extend(actor, at, seal, permit, serial=made.serial)
        return
    _set_signer_state(seal, SealState.ACTIVE)
    move(actor, at, seal=seal, act=Act.MAKE, leave=Leave.PERMIT, **about(permit), serial=made.serial)


@transaction_required
def _extend(actor: Actor, at: datetime, seal: Seal, permit: Permit, **facts: str) -> None:
    """Write the later last day; one that has none keeps none."""
    seal.ends_on = last_day_of(permit.terms)
    seal.save(update_fields=["ends_on"])
    until = seal.ends_on.isoformat() if seal.ends_on else None
    book.record("seal.extended", by=actor, at=at, seal=seal.uid, **about(permit), ends_on=until, **facts)


@transaction_required
def _confirm_resumed(actor: Actor, at: datetime, seal: Seal, permit: Permit) -> None:
    """Put the resuming on record. One revoked meanwhile leaves the seal at rest; the signer is told again."""
    _set_signer_state(seal, SealState.ACTIVE)
    if permit.revoked_at is None:
        move(actor, at, seal=seal, act=Act(permit.purpose), leave=Leave.PERMIT, **about(permit))


def _check_not_frozen(seal: Seal) -> None:
    """Return if no freeze holds the seal, whenever its resuming was applied for, or refuse."""
    if IncidentSeal.objects.filter(seal=seal, incident__ended_at=None).exists():
        raise Frozen(seal=seal.uid)


def _check_words(act: Act, permit: Permit) -> None:
    said = [Role(role) for role in permit.attestations.order_by("pk").values_list("role", flat=True)]
    if not are_all_said(act, has_keeper=False, said=said):
        raise WordsMissing(permit=permit.uid)


def _leave(act: Act) -> Leave:
    return Leave.PERMIT_AND_WORDS if act is Act.DESTROY else Leave.PERMIT


def _is_at_the_key(seal: Seal, purpose: Purpose) -> bool:
    if purpose in _WAKES and seal.signer_state == SealState.SUSPENDED.value:
        return True  # also one of rubber, which the key knows by a machine that held it
    return _has_key(seal) and purpose in AT_THE_KEY


def _waits_for_key(seal: Seal) -> bool:
    """Tell whether the key has not been told yet that a seal rests which it knows."""
    is_known = _has_key(seal) or seal.signer_state == SealState.ACTIVE.value
    return is_known and seal.signer_state != SealState.SUSPENDED.value


def _has_key(seal: Seal) -> bool:
    return seal.kind == SealKind.ELECTRONIC.value


def _is_act() -> Q:
    return Q(purpose__in=[purpose.value for purpose in AT_THE_KEY])


def _set_signer_state(seal: Seal, state: SealState) -> None:
    seal.signer_state = state.value
    seal.save(update_fields=["signer_state"])


def _finish(permit: Permit, at: datetime) -> None:
    permit.finished_at = at
    permit.save(update_fields=["finished_at"])
