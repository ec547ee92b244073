"""Everything that changes a seal's state; the key is touched between two records."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.names import plain_name
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.pdf import face as faces
from privyseal.seals import permits
from privyseal.seals.models import Permit, Seal, SealVersion
from privyseal.seals.rules import MAY_SUSPEND, Act, Leave, SealKind, SealState, SealType, plan
from privyseal.signer.answers import Made
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.statement import Approved, Purpose, parse_approved

_NUMBER_LOCK: Final = 0x5EA1_0002
SWEEP: Final = Service("sweep")
_log = logging.getLogger(__name__)


class CompanyNotVerified(Refused):
    code = "company-not-verified"


class SealNameTaken(Refused):
    code = "seal-name-taken"


@transaction_required
def draft_seal(
    actor: Person, at: datetime, *, company: Company, name: str, seal_type: SealType, face: Mapping[str, Any]
) -> Seal:
    """Enter a seal that is applied for; only a verified company can own one."""
    if company.verified_at is None:
        raise CompanyNotVerified(company=company.uid)
    name = plain_name(name)
    number = _next_number()
    if Seal.objects.filter(company=company, name=name).exclude(state=SealState.VOID.value).exists():
        raise SealNameTaken(company=company.uid)
    drawn = faces.Face.from_json(face)
    return Seal.objects.create(
        company=company,
        number=number,
        name=name,
        type=seal_type.value,
        kind=SealKind.ELECTRONIC.value,
        face=drawn.to_json(),
        face_sha256=faces.digest(drawn),
        created_by=actor,
        created_at=at,
    )


@transaction_required
def abandon_draft(actor: Actor, at: datetime, *, seal_id: int) -> None:
    """End a seal whose making was rejected or withdrawn."""
    seal = Seal.objects.select_for_update().get(pk=seal_id)
    _move(actor, at, seal, Act.ABANDON, Leave.REJECTION)


@command("seal.suspend")
def suspend_seal(actor: Person, at: datetime, *, seal_uid: str, reason: str) -> str:
    """Stop a seal at once, for every use not yet intended: one entitled person suffices."""
    seal = Seal.objects.select_for_update().filter(uid=seal_uid).first()
    if seal is None:
        raise NotFound(seal=seal_uid)
    powers = identity.powers_of(actor, at)
    if not any(powers.has(power, seal.company_id) or powers.has(power, None) for power in MAY_SUSPEND):
        raise NotEntitled(power=Power.MANAGE.value)
    resuming = Permit.objects.filter(seal=seal, purpose=Purpose.RESUME.value, revoked_at=None, finished_at=None)
    revoked = resuming.update(revoked_at=at)
    _move(actor, at, seal, Act.SUSPEND, Leave.ONE_PERSON, reason_sha256=sha256(reason.encode()), revoked=revoked)
    return seal.state


def suspend(actor: Person, at: datetime, *, seal_uid: str, reason: str, signer: Client) -> str:
    """Suspend in the register, then at the key; a signer that is down is told by the sweep."""
    state = suspend_seal(actor, at, seal_uid=seal_uid, reason=reason)
    tell_signer(at, signer=signer)
    return state


def tell_signer(at: datetime, *, signer: Client) -> int:
    """Suspend at the key every seal that is suspended in the register; return how many were told."""
    told = 0
    for uid in list(_untold().values_list("uid", flat=True)):
        try:
            signer.suspend(seal=uid)
        except Refused:
            continue
        _note_told(SWEEP, at, seal_uid=uid)
        told += 1
    return told


def make_seal(actor: Person, at: datetime, *, permit_uid: str, signer: Client) -> str:
    """Make the approved seal: (1) intend, (2) key and certificate come into being, (3) confirm; return its uid."""
    intend_to_make(actor, at, permit_uid=permit_uid)
    return _finish_act(actor, at, permit_uid=permit_uid, signer=signer)


def resume_seal(actor: Person, at: datetime, *, permit_uid: str, signer: Client) -> str:
    """Bring a suspended seal back by its permit: (1) intend, (2) at the key, (3) confirm; return its uid."""
    intend_to_resume(actor, at, permit_uid=permit_uid)
    return _finish_act(actor, at, permit_uid=permit_uid, signer=signer)


@command("seal.make")
def intend_to_make(actor: Person, at: datetime, *, permit_uid: str) -> str:
    """Spend the permit and say what is about to be made, before any key exists."""
    permit = permits.spend(permit_uid, by=actor, at=at, impressions=1, purpose=Purpose.MAKE)
    plan(SealState(permit.seal.state), Act.MAKE, leave=Leave.PERMIT)
    book.record(
        "seal.make.intended",
        by=actor,
        at=at,
        seal=permit.seal.uid,
        permit=permit.uid,
        application=permit.application_uid,
    )
    return permit.uid


@command("seal.confirm-made")
def confirm_made(actor: Actor, at: datetime, *, permit_uid: str, made: Made) -> str:
    """Put the certificate on record; a second confirmation changes nothing."""
    seal, permit = _locked_act(permit_uid)
    if permit.finished_at is None:
        SealVersion.objects.create(
            seal=seal,
            version=seal.version,
            certificate=made.certificate,
            serial=made.serial,
            not_after=made.not_after,
            made_at=at,
        )
        seal.signer_state = SealState.ACTIVE.value
        seal.save(update_fields=["signer_state"])
        _move(actor, at, seal, Act.MAKE, Leave.PERMIT, **_about(permit), serial=made.serial)
        _finish(permit, at)
    return seal.uid


@command("seal.resume")
def intend_to_resume(actor: Person, at: datetime, *, permit_uid: str) -> str:
    permit = permits.spend(permit_uid, by=actor, at=at, impressions=1, purpose=Purpose.RESUME)
    plan(SealState(permit.seal.state), Act.RESUME, leave=Leave.PERMIT)
    if permit.seal.signer_state != SealState.SUSPENDED.value:
        raise OutOfTurn(state=permit.seal.signer_state, act=Act.RESUME.value)
    book.record(
        "seal.resume.intended",
        by=actor,
        at=at,
        seal=permit.seal.uid,
        permit=permit.uid,
        application=permit.application_uid,
    )
    return permit.uid


@command("seal.confirm-resumed")
def confirm_resumed(actor: Actor, at: datetime, *, permit_uid: str) -> str:
    """Put the resuming on record. One revoked meanwhile leaves the seal suspended; the signer is told again."""
    seal, permit = _locked_act(permit_uid)
    if permit.finished_at is None:
        seal.signer_state = SealState.ACTIVE.value
        seal.save(update_fields=["signer_state"])
        if permit.revoked_at is None:
            _move(actor, at, seal, Act.RESUME, Leave.PERMIT, **_about(permit))
        _finish(permit, at)
    return seal.uid


@command("seal.fail-act")
def fail_act(actor: Actor, at: datetime, *, permit_uid: str, failure: str) -> str:
    """End a making or resuming that the signer refused; it takes a new application."""
    seal, permit = _locked_act(permit_uid)
    if permit.finished_at is None:
        _finish(permit, at)
        book.record(f"seal.{permit.purpose}.failed", by=actor, at=at, seal=seal.uid, **_about(permit), code=failure)
    return seal.uid


def finish_open_acts(at: datetime, *, signer: Client) -> int:
    """End every making and resuming that a crash or an absent signer left open; return how many ended."""
    acts = Permit.objects.filter(purpose__in=[Purpose.MAKE.value, Purpose.RESUME.value], used=1, finished_at=None)
    ended = 0
    for uid in list(acts.order_by("pk").values_list("uid", flat=True)[:100]):
        try:
            _finish_act(SWEEP, at, permit_uid=uid, signer=signer)
        except SignerUnavailable:
            return ended
        except Refused as refusal:
            _log.warning("act failed", extra={"permit": uid, "code": refusal.code})
        ended += 1
    return ended


def _finish_act(actor: Actor, at: datetime, *, permit_uid: str, signer: Client) -> str:
    """Have the signer do what was intended, which it does once; its refusal ends the act."""
    permit = Permit.objects.select_related("seal", "seal__created_by").get(uid=permit_uid)
    seal, approved = permit.seal, evidence_of(permit)
    try:
        if permit.purpose == Purpose.RESUME.value:
            signer.resume(seal=seal.uid, approved=approved)
            return confirm_resumed(actor, at, permit_uid=permit_uid)
        made = signer.make(seal=seal.uid, face=seal.face, manager=seal.created_by.pseudonym, approved=approved)
        return confirm_made(actor, at, permit_uid=permit_uid, made=made)
    except SignerUnavailable:
        raise
    except Refused as refusal:
        fail_act(actor, at, permit_uid=permit_uid, failure=refusal.code)
        raise


@command("seal.signer-told")
def _note_told(actor: Actor, at: datetime, *, seal_uid: str) -> None:
    told = Seal.objects.filter(uid=seal_uid, state=SealState.SUSPENDED.value)
    if told.exclude(signer_state=SealState.SUSPENDED.value).update(signer_state=SealState.SUSPENDED.value):
        book.record("seal.suspended-at-signer", by=actor, at=at, seal=seal_uid)


@transaction_required
def _locked_act(permit_uid: str) -> tuple[Seal, Permit]:
    found = Permit.objects.get(uid=permit_uid)
    seal = Seal.objects.select_for_update().get(pk=found.seal_id)
    return seal, Permit.objects.select_for_update().get(pk=found.pk)


def _about(permit: Permit) -> dict[str, str]:
    return {"permit": permit.uid, "application": permit.application_uid}


def _finish(permit: Permit, at: datetime) -> None:
    permit.finished_at = at
    permit.save(update_fields=["finished_at"])


def _untold() -> QuerySet[Seal]:
    return (
        Seal.objects.filter(state=SealState.SUSPENDED.value)
        .exclude(signer_state=SealState.SUSPENDED.value)
        .order_by("pk")
    )


def evidence_of(permit: Permit) -> tuple[Approved, ...]:
    """Return the approved statements with the assertions given on them, as the signer takes them."""
    return parse_approved(permit.evidence)


def _move(actor: Actor, at: datetime, seal: Seal, act: Act, leave: Leave, **facts: Any) -> None:  # noqa: ANN401  fact values
    move = plan(SealState(seal.state), act, leave=leave)
    seal.state = move.end.value
    seal.save(update_fields=["state"])
    book.record(f"seal.{move.end.value}", by=actor, at=at, seal=seal.uid, state=move.end.value, **facts)


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBER_LOCK])
    return f"S{Seal.objects.count() + 1:05d}"
