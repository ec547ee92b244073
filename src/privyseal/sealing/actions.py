"""Receive a document; seal it: intend, touch the key, confirm."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.pdf import confined, copies, foreign
from privyseal.pdf.accepted import MADE_A_PDF, Accepted
from privyseal.pdf.confined import Task
from privyseal.pdf.timestamps import TimestampRefused
from privyseal.sealing import egress
from privyseal.sealing.models import Document, Intent
from privyseal.seals import permits
from privyseal.seals.actions import evidence_of
from privyseal.seals.models import Permit, PermitLine
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.statement import Purpose

LEFT_OPEN: Final = timedelta(seconds=30)
SWEEP: Final = Service("sweep")


class AlreadySealed(Refused):
    code = "already-sealed"


class EarlierSealFailed(Refused):
    """A seal that one act puts on the same document before this one was refused."""

    code = "earlier-seal-failed"


def receive_document(
    actor: Person, at: datetime, *, company_uid: str, name: str, data: bytes, copy_says: str = ""
) -> str:
    """Take a file in: made a PDF and safe in a confined process, stored, recorded; return the digest to approve."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require_within(actor, at, Power.USE, company.pk)
    if copy_says:
        copies.check_words(copy_says)
    is_office = foreign.is_office(name, data)
    pdf = foreign.office_as_pdf(name, data, program=settings.OFFICE) if is_office else data
    accepted = confined.run(Task.ACCEPT, pdf, copy_says=copy_says)
    if is_office or foreign.is_picture(data):
        accepted = replace(accepted, changes=(MADE_A_PDF, *accepted.changes))
    digest: str = settings.BLOBS.put(accepted.data)
    enter_document(actor, at, company_uid=company_uid, name=name, received_sha256=sha256(data), accepted=accepted)
    return digest


@command("document.receive")
def enter_document(
    actor: Person, at: datetime, *, company_uid: str, name: str, received_sha256: str, accepted: Accepted
) -> str:
    """Put an accepted file on record; the same file from the same person is entered once."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require_within(actor, at, Power.USE, company.pk)
    digest = sha256(accepted.data)
    _, is_new = Document.objects.get_or_create(
        sha256=digest,
        company=company,
        received_by=actor,
        defaults={
            "received_at": at,
            "received_sha256": received_sha256,
            "name": name[:200],
            "size": len(accepted.data),
            "pages": [{"width": page.width, "height": page.height} for page in accepted.pages],
            "changes": list(accepted.changes),
            "warnings": list(accepted.warnings),
            "is_signed": accepted.signed,
        },
    )
    if is_new:
        book.record(
            "document.received",
            by=actor,
            at=at,
            document=digest,
            company=company.uid,
            received_sha256=received_sha256,
            pages=len(accepted.pages),
            changes=list(accepted.changes),
        )
    return digest


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
    waiting = Permit.objects.filter(uid=permit_uid, purpose=Purpose.USE).first()
    if waiting is None:
        raise NotFound(permit=permit_uid)
    permits.line_for(waiting, document_sha256)
    settings.BLOBS.get(document_sha256)
    lines = permits.lines_together(waiting, document_sha256)
    permits.share_lock([line.permit.seal_id for line in lines])
    for line in sorted(lines, key=lambda line: line.permit_id):
        permits.spend(line.permit.uid, by=actor, at=at, impressions=line.impressions, purpose=Purpose.USE)
    intent: Intent | None = None
    for line in lines:
        intent = _intended(actor, at, line, after=intent)
    return intent.uid if intent else ""


def finish_sealing(actor: Actor, at: datetime, *, intent_uid: str, signer: Client) -> None:
    """Bring an open intent to its end, those before it first; the signer answers a second call with the same bytes."""
    intent = _whole(Intent.objects.all()).get(uid=intent_uid)
    if intent.state != Intent.State.INTENDED:
        return
    if intent.after is not None:
        finish_sealing(actor, at, intent_uid=intent.after.uid, signer=signer)
        intent.after.refresh_from_db()
    document: bytes = settings.BLOBS.get(intent.after.result_sha256 if intent.after else intent.line.document_sha256)
    try:
        sealed = signer.seal(
            intent=intent.uid,
            operator=intent.operator.pseudonym,
            approved=evidence_of(intent.permit),
            field=f"Seal_{intent.uid[:12]}",
            document=document,
            stamp=egress.stamper(),
        )
    except (SignerUnavailable, TimestampRefused):
        raise  # the intent stays open: whoever is away comes back, and the impression is not lost
    except Refused as refusal:
        fail_sealing(actor, at, intent_uid=intent_uid, failure=refusal.code)
        raise
    result: str = settings.BLOBS.put(document + sealed.appended)
    confirm_sealed(actor, at, intent_uid=intent_uid, result_sha256=result)


@command("document.confirm-sealed")
def confirm_sealed(actor: Actor, at: datetime, *, intent_uid: str, result_sha256: str) -> str:
    """Put the result on record; a second confirmation changes nothing."""
    intent = _locked(intent_uid)
    if intent.state == Intent.State.INTENDED:
        _end(intent, at, state=Intent.State.SEALED, result_sha256=result_sha256)
        book.record(
            "document.sealed",
            by=actor,
            at=at,
            **_about(intent),
            document=result_sha256,
            approved_sha256=intent.line.document_sha256,
            result_sha256=result_sha256,
            impressions=intent.line.impressions,
            binding="file",
            seal_version=intent.permit.seal_version,
            assurance="session",
        )
    return intent.uid


@command("document.fail-sealing")
def fail_sealing(actor: Actor, at: datetime, *, intent_uid: str, failure: str) -> str:
    """End an intent that the signer refused, and those after it. Impressions stay spent: lost perhaps, never forged."""
    refused: Intent | None = _locked(intent_uid)
    while refused is not None and refused.state == Intent.State.INTENDED:
        _end(refused, at, state=Intent.State.FAILED, failure=failure)
        book.record("document.seal.failed", by=actor, at=at, **_about(refused), code=failure)
        following = Intent.objects.filter(after=refused).first()
        refused, failure = _locked(following.uid) if following else None, EarlierSealFailed.code
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
        except SignerUnavailable:
            return ended
        except Refused:
            pass  # recorded by the command that refused; the next intent may be well
        ended += 1
    return ended


def _intended(actor: Person, at: datetime, line: PermitLine, *, after: Intent | None) -> Intent:
    permit = line.permit
    if line.intents.exclude(state=Intent.State.FAILED).exists():
        raise AlreadySealed(permit=permit.uid, document=line.document_sha256)
    intent = Intent.objects.create(permit=permit, line=line, operator=actor, intended_at=at, after=after)
    book.record(
        "document.seal.intended",
        by=actor,
        at=at,
        intent=intent.uid,
        permit=permit.uid,
        seal=permit.seal.uid,
        application=permit.application_uid,
        document=line.document_sha256,
        impressions=line.impressions,
    )
    return intent


def _whole(intents: QuerySet[Intent]) -> QuerySet[Intent]:
    return intents.select_related("permit", "permit__seal", "line", "operator", "after")


def _locked(intent_uid: str) -> Intent:
    of: tuple[str, ...] = ("self",)
    intent = _whole(Intent.objects.select_for_update(of=of)).filter(uid=intent_uid).first()
    if intent is None:
        raise NotFound(intent=intent_uid)
    return intent


def _end(intent: Intent, at: datetime, *, state: Intent.State, result_sha256: str = "", failure: str = "") -> None:
    intent.state, intent.ended_at, intent.result_sha256, intent.failure = state.value, at, result_sha256, failure
    intent.save(update_fields=["state", "ended_at", "result_sha256", "failure"])


def _about(intent: Intent) -> dict[str, str]:
    return {
        "intent": intent.uid,
        "permit": intent.permit.uid,
        "seal": intent.permit.seal.uid,
        "application": intent.permit.application_uid,
        "operator": intent.operator.pseudonym,
    }
