"""Seal a document: intend, touch the key, confirm."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from mmap import mmap
from typing import Final

from django.conf import settings
from django.db import connection

from privyseal.identity.models import Person
from privyseal.identity.models.joined import built, columns
from privyseal.kernel import steps
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound, Refused
from privyseal.kernel.quorum import CosignersStale
from privyseal.kernel.steps import Step
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.pdf.timestamps import TimestampRefused
from privyseal.sealing import authorities
from privyseal.sealing.models import Intent
from privyseal.sealing.saying import about, intended_fact, sealed_fact
from privyseal.sealing.signing import web_key
from privyseal.seals import permits
from privyseal.seals.actions import evidence_of
from privyseal.seals.entering_uses import enter_use
from privyseal.seals.models import Permit, PermitLine, PermitPart, Seal
from privyseal.seals.permits import WrongDocument
from privyseal.seals.rules import SealKind
from privyseal.seals.rules.permits import SealNotElectronic
from privyseal.seals.rules.standing import FOR_UNIT
from privyseal.signer.answers import Sealed
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.membership import Belonging, vouch
from privyseal.signer.proving import digests
from privyseal.signer.statement import assurance_of

LEFT_OPEN: Final = timedelta(seconds=30)
SWEEP: Final = Service("sweep")


_WHOLE: Final = f"""
    SELECT {columns(Intent, "intent")}, {columns(Permit, "permit")}, {columns(Seal, "seal")},
        {columns(PermitLine, "line")}, {columns(Person, "person")}
    FROM intent JOIN permit ON permit.id = intent.permit_id JOIN seal ON seal.id = permit.seal_id
        JOIN permit_line line ON line.id = intent.line_id JOIN person ON person.id = intent.operator_id
    WHERE intent.uid = %s
"""  # noqa: S608 - our own tables' names
_INTENDED: Final = "SELECT 1 FROM intent WHERE line_id = %s AND state <> 'failed' LIMIT 1"


class AlreadySealed(Refused):
    code = "already-sealed"


class EarlierSealFailed(Refused):
    """A seal that one act puts on the same document before this one was refused."""

    code = "earlier-seal-failed"


class EarlierSealAwaited(Refused):
    """Another company's seal goes on the same document before this one, and is not there yet."""

    code = "earlier-seal-awaited"


def seal_document(actor: Person, at: datetime, *, permit_uid: str, document_sha256: str, signer: Client) -> str:
    """Put every seal that was approved together on one document; return the last intent's uid, or refuse.

    (1) intend: the digest is the approved one, each seal's permit is spent, the intents recorded, all committed
    (2) the signer checks the approvals itself and returns the revision; no transaction is open meanwhile
    (3) confirm: the result is stored and recorded; (2) and (3) again for the next seal, on that result
    A refusal by the signer ends the intent, and those after it, as failed; a signer that is away leaves them open for
    the sweep.
    """
    intent_uid = intend_to_seal(actor, at, permit_uid=permit_uid, document_sha256=document_sha256)  # (1)
    finish_sealing(actor, at, intent_uid=intent_uid, signer=signer)  # (2) (3)
    return intent_uid


@command("document.seal")
def intend_to_seal(actor: Person, at: datetime, *, permit_uid: str, document_sha256: str) -> str:
    """Spend the permits and say what is about to be sealed, before any key is touched: all of it or nothing."""
    waiting = permits.for_use(permit_uid)
    lines = permits.lines_together(waiting, document_sha256)
    if waiting.pk not in {line.permit_id for line in lines}:
        raise WrongDocument(permit=waiting.uid, document=document_sha256)
    settings.BLOBS.check(document_sha256)
    seals = {seal.pk: seal for seal in permits.share_lock([line.permit.seal_id for line in lines])}
    for line in lines:
        line.permit.seal = seals[line.permit.seal_id]
    if waiting.seal.kind != SealKind.ELECTRONIC.value:
        raise SealNotElectronic(seal=waiting.seal.uid)
    intent: Intent | None = None
    if waiting.joint_uid is not None:
        intent, lines = _own_turn(actor, waiting, lines)
    for line in sorted(lines, key=lambda line: line.permit_id):
        permits.spend_locked(line.permit, line.permit.seal, by=actor, at=at, impressions=line.impressions)
    for line in lines:
        intent = intended(actor, at, line=line, after=intent)
    return intent.uid if intent else ""


@transaction_required
def _own_turn(actor: Person, waiting: Permit, lines: Sequence[PermitLine]) -> tuple[Intent | None, list[PermitLine]]:
    """Return what of one act of several companies is the actor's to do now, and the last seal on the document so far.

    The seals go on in their turn: whoever holds the permits of one company waits for those before.
    """
    made = Intent.objects.filter(line__in=lines).exclude(state=Intent.State.FAILED).select_related("line")
    by_line = {intent.line_id: intent for intent in made}
    held = set(
        PermitPart.objects.filter(person=actor, part=PermitPart.Part.HOLDER)
        .filter(permit__in=[line.permit_id for line in lines])
        .values_list("permit_id", flat=True)
    )
    before = list(takewhile(lambda line: line.pk in by_line, lines))
    own = list(takewhile(lambda line: line.permit_id in held, lines[len(before) :]))
    if waiting.pk in {line.permit_id for line in before}:
        raise AlreadySealed(permit=waiting.uid)
    if waiting.pk not in held:
        raise permits.NotTheHolder(permit=waiting.uid)
    last = by_line[before[-1].pk] if before else None
    is_next = bool(own) and own[0].turn == 1 + len(before)
    if (
        waiting.pk not in {line.permit_id for line in own}
        or not is_next
        or (last is not None and last.state != Intent.State.SEALED)
    ):
        raise EarlierSealAwaited(permit=waiting.uid)
    return last, own


def finish_sealing(actor: Actor, at: datetime, *, intent_uid: str, signer: Client) -> None:
    """Bring an open intent to its end, those before it first; the signer answers a second call with the same bytes."""
    intent = _whole(intent_uid)
    if intent.state != Intent.State.INTENDED:
        return
    if intent.after is not None:
        finish_sealing(actor, at, intent_uid=intent.after.uid, signer=signer)
        intent.after.refresh_from_db()
    before = intent.after.result_sha256 if intent.after else intent.line.document_sha256
    steps.reached(Step.INTENDED)
    try:
        with settings.BLOBS.mapped(before) as document:
            sealed = _signed(actor, at, intent, document, signer=signer)
    except (SignerUnavailable, CosignersStale, TimestampRefused):
        raise  # the intent stays open: whoever is away or unsure comes back, and the impression is not lost
    except Refused as refusal:
        fail_sealing(actor, at, intent_uid=intent_uid, failure=refusal.code)
        raise
    steps.reached(Step.ANSWERED)
    result: str = settings.BLOBS.append(before, sealed.appended)
    steps.reached(Step.STORED)
    confirm_sealed(actor, at, intent_uid=intent_uid, result_sha256=result)
    steps.reached(Step.CONFIRMED)


def _signed(actor: Actor, at: datetime, intent: Intent, document: mmap, *, signer: Client) -> Sealed:
    """Return what the signer appends; without a time stamp only where that is allowed, and then for good."""
    ask = partial(
        signer.seal,
        intent=intent.uid,
        operator=intent.operator.pseudonym,
        approved=evidence_of(intent.permit),
        field=f"Seal_{intent.uid[:12]}",
        document=document,
        member=_vouched(intent),
    )
    try:
        return ask(stamp=None if intent.is_unstamped else authorities.stamper())
    except TimestampRefused:
        if settings.WITHOUT_TSA == "wait":
            raise
    go_without_time_stamp(actor, at, intent_uid=intent.uid)
    return ask(stamp=None)


def _vouched(intent: Intent) -> bytes:
    """Return our word that whoever presses belonged to the unit of a standing permit when this use was intended."""
    unit = intent.permit.terms.get(FOR_UNIT, "")
    if not unit:
        return b""
    belonging = Belonging(
        operator=intent.operator.pseudonym,
        unit=unit,
        application=intent.permit.application_uid,
        intent=intent.uid,
        document_sha256=intent.line.document_sha256,
    )
    return vouch(belonging, web_key=web_key())


@command("document.go-without-time-stamp")
def go_without_time_stamp(actor: Actor, at: datetime, *, intent_uid: str) -> str:
    """Give up the time stamp of one seal, whose authority does not answer; the signer is asked so from now on."""
    intent = locked(intent_uid)
    if intent.state == Intent.State.INTENDED and not intent.is_unstamped:
        intent.is_unstamped = True
        intent.save(update_fields=["is_unstamped"])
        book.record("document.time-stamp-missing", by=actor, at=at, **about(intent))
    return intent.uid


@command("document.confirm-sealed")
def confirm_sealed(actor: Actor, at: datetime, *, intent_uid: str, result_sha256: str) -> str:
    """Put the result on record, and the use into the register; a second confirmation changes nothing."""
    intent = locked(intent_uid)
    if intent.state == Intent.State.INTENDED:
        entered = enter_use(intent.operator, at, line=intent.line, seal=intent.permit.seal)
        approved = evidence_of(intent.permit)
        _end(intent, at, state=Intent.State.SEALED, result_sha256=result_sha256)
        said: dict[str, Json] = {"assurance": assurance_of(approved), "votes": digests(approved), **entered}
        book.record("document.sealed", by=actor, at=at, **sealed_fact(intent, result_sha256, said))
        steps.reached(Step.CONFIRMING)
    return intent.uid


@command("document.fail-sealing")
def fail_sealing(actor: Actor, at: datetime, *, intent_uid: str, failure: str) -> str:
    """End an intent that the signer refused, and those after it. Impressions stay spent: lost perhaps, never forged."""
    refused: Intent | None = locked(intent_uid)
    while refused is not None and refused.state == Intent.State.INTENDED:
        _end(refused, at, state=Intent.State.FAILED, failure=failure)
        book.record("document.seal.failed", by=actor, at=at, **about(refused), code=failure)
        following = Intent.objects.filter(after=refused, state=Intent.State.INTENDED).first()
        refused, failure = locked(following.uid) if following else None, EarlierSealFailed.code
    return intent_uid


def finish_open_intents(at: datetime, *, signer: Client) -> int:
    """End every intent that a crash or an absent signer left open; return how many ended."""
    ended = 0
    waiting = Intent.objects.filter(state=Intent.State.INTENDED, intended_at__lte=at - LEFT_OPEN).order_by(
        "intended_at", "pk"
    )
    for uid in list(waiting.values_list("uid", flat=True)[:500]):
        try:
            finish_sealing(SWEEP, at, intent_uid=uid, signer=signer)
        except (SignerUnavailable, CosignersStale):
            return ended  # the others would hear the same
        except Refused:
            pass  # recorded by the command that refused; the next intent may be well
        ended += 1
    return ended


def intended(actor: Person, at: datetime, *, line: PermitLine, after: Intent | None = None, **facts: Json) -> Intent:
    """Record that a line of a permit that is spent is about to be sealed."""
    permit = line.permit
    with connection.cursor() as cursor:
        cursor.execute(_INTENDED, [line.pk])
        if cursor.fetchone():
            raise AlreadySealed(permit=permit.uid, document=line.document_sha256)
    intent = Intent.objects.create(permit=permit, line=line, operator=actor, intended_at=at, after=after)
    book.record("document.seal.intended", by=actor, at=at, **intended_fact(intent), **facts)
    steps.reached(Step.INTENDING)
    return intent


def _whole(intent_uid: str, *, and_lock: bool = False) -> Intent:
    """Return an intent with what it is about, or refuse."""
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE + ("FOR UPDATE OF intent" if and_lock else ""), [intent_uid])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(intent=intent_uid)
    values = iter(row)
    intent, intent.permit, intent.permit.seal = built(Intent, values), built(Permit, values), built(Seal, values)
    intent.line, intent.operator = built(PermitLine, values), built(Person, values)
    intent.line.permit = intent.permit
    return intent


@transaction_required
def locked(intent_uid: str) -> Intent:
    """Return the intent, whose row is ours until the transaction ends, or refuse."""
    return _whole(intent_uid, and_lock=True)


def _end(intent: Intent, at: datetime, *, state: Intent.State, result_sha256: str = "", failure: str = "") -> None:
    intent.state, intent.ended_at, intent.result_sha256, intent.failure = state.value, at, result_sha256, failure
    intent.save(update_fields=["state", "ended_at", "result_sha256", "failure"])
