"""Large files: stored as they arrive, made fit by a job that says how far it is, then received like any other."""

from datetime import datetime
from typing import Final

from django.conf import settings
from procrastinate.contrib.django import app

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import share_file
from privyseal.pdf.accepted import Accepted
from privyseal.sealing import arrivals
from privyseal.sealing.actions.receiving import entered
from privyseal.sealing.models import Intake

TASK: Final = "sealing.take-in"


@command("document.bring")
def bring_document(
    actor: Person, at: datetime, *, company_uid: str, name: str, arrival: str, sha256: str, size: int
) -> str:
    """Have a file that waits made fit by a job; return the intake's uid."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require_within(actor, at, Power.USE, company.pk)
    intake = Intake.objects.create(
        company=company,
        brought_by=actor,
        brought_at=at,
        name=name[:200],
        size=size,
        received_sha256=sha256,
        arrival=arrival,
    )
    book.record("document.brought", by=actor, at=at, company=company.uid, received_sha256=sha256, size=size)
    app.configure_task(TASK, lock=intake.uid).defer(intake_uid=intake.uid)
    return intake.uid


def take_in(at: datetime, *, intake_uid: str) -> None:
    """Make a file fit to be approved, or say why not; one that has ended is left alone, so that a job may run twice.

    It is received, or turned away; then what arrived is let go.
    """
    intake = Intake.objects.select_related("brought_by").get(uid=intake_uid)
    if intake.state != Intake.State.READING:
        return
    try:
        accepted, digest = _made_fit(intake)
    except Refused as refusal:
        turn_away(intake.brought_by, at, intake_uid=intake_uid, refusal=refusal)
    else:
        receive_brought(intake.brought_by, at, intake_uid=intake_uid, digest=digest, accepted=accepted)
    settings.BLOBS.forget(intake.arrival)


@command("document.receive-brought")
def receive_brought(actor: Person, at: datetime, *, intake_uid: str, digest: str, accepted: Accepted) -> str:
    """Put a file that a job made fit on record; a second time changes nothing."""
    intake = _locked(intake_uid)
    if intake.state == Intake.State.READING:
        share_file(digest)
        entered(
            actor,
            at,
            company=intake.company,
            name=intake.name,
            received_sha256=intake.received_sha256,
            digest=digest,
            size=settings.BLOBS.size(digest),
            accepted=accepted,
        )
        intake.state, intake.document_sha256, intake.ended_at = Intake.State.ACCEPTED, digest, at
        intake.save(update_fields=["state", "document_sha256", "ended_at"])
    return intake.document_sha256


@command("document.turn-away")
def turn_away(actor: Person, at: datetime, *, intake_uid: str, refusal: Refused) -> None:
    """Put on record why a file cannot be received; a second time changes nothing."""
    intake = _locked(intake_uid)
    if intake.state == Intake.State.READING:
        intake.state, intake.ended_at = Intake.State.REFUSED, at
        intake.refusal = {"code": refusal.code, "facts": dict(refusal.facts)}
        intake.save(update_fields=["state", "refusal", "ended_at"])
        book.record(
            "document.turned-away",
            by=actor,
            at=at,
            company=intake.company.uid,
            received_sha256=intake.received_sha256,
            code=refusal.code,
        )


def _made_fit(intake: Intake) -> tuple[Accepted, str]:
    row = Intake.objects.filter(pk=intake.pk)

    def tell(percent: int) -> None:
        row.update(percent=percent)

    with settings.BLOBS.arrived(intake.arrival) as source:
        return arrivals.made_fit(source, intake.size, tell=tell)


def _locked(intake_uid: str) -> Intake:
    intake = Intake.objects.select_for_update(of=("self",)).select_related("company").filter(uid=intake_uid).first()
    if intake is None:
        raise NotFound(intake=intake_uid)
    return intake
