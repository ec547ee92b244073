"""Receive a document: made a PDF, made safe, stored, recorded."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.conf import settings

from privyseal.identity import attempts
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import Json, sha256
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import share_file, transaction_required
from privyseal.pdf import confined, copies, foreign, slots
from privyseal.pdf.accepted import MADE_A_PDF, Accepted, PdfDamaged, PdfPasswordWrong, PdfTooHard
from privyseal.pdf.confined import Task
from privyseal.pdf.looks import Look
from privyseal.sealing import arrivals, queries
from privyseal.sealing.models import Document
from privyseal.signer.bound import Bound, Paper
from privyseal.storage import Arrival

AT_ONCE_OF_ONE: Final = 2
"""So many files of one person are read at once: whoever sends a hundred hard ones keeps nobody from their pages."""

_OFFICE_AT_ONCE: Final = 2  # each may take 4 GB and 90 s
FAILED: Final = "file-not-opened"
PASSWORDS_TRIED: Final = 10
"""So many wrong ones from one person within a quarter of an hour: nobody guesses with our machine."""


class TooManyPasswords(Refused):
    """One person gave so many wrong passwords for files that no more are tried for a while."""

    code = "too-many-passwords"


def receive_document(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    name: str,
    data: bytes | Arrival,
    copy_says: str = "",
    password: str = "",
) -> str:
    """Take a file in: made a PDF and safe in a confined process, stored, recorded; return the digest to approve.

    A password reaches the confined process, and nothing else: a file on the disk that has one is taken in here and by
    no job, since what a job is told lies in the database until it is done. Whoever has as many read as one person may,
    or brings an office file while others' are being made a PDF, is asked to try again: busy.
    """
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require_within(actor, at, Power.USE, company.pk)
    if copy_says:
        copies.check_words(copy_says)
    with slots.one_of(AT_ONCE_OF_ONE, settings.DATA / "slots" / actor.pseudonym):
        if isinstance(data, Arrival):
            arrivals.check(data, copy_says=copy_says)
            with _one_try(actor, at, password):
                accepted, stored = arrivals.made_fit(data.file, data.size, password=password)
            return enter_document(
                actor,
                at,
                company_uid=company_uid,
                name=name,
                received_sha256=data.sha256,
                accepted=accepted,
                stored=stored,
            )
        is_office = foreign.is_office(name, data)
        pdf = _made_pdf(name, data) if is_office else data
        accepted = _accepted(actor, at, pdf, copy_says, password)
        if is_office or foreign.is_picture(data):
            accepted = replace(accepted, changes=(MADE_A_PDF, *accepted.changes))
        accepted = replace(accepted, look=_looked(accepted.data, owner=company.name))
    digest: str = settings.BLOBS.put(accepted.data)
    enter_document(actor, at, company_uid=company_uid, name=name, received_sha256=sha256(data), accepted=accepted)
    return digest


def _made_pdf(name: str, data: bytes) -> bytes:
    with slots.one_of(_OFFICE_AT_ONCE, settings.DATA / "slots" / "office"):
        return foreign.office_as_pdf(name, data, program=settings.OFFICE)


def _accepted(actor: Person, at: datetime, pdf: bytes, copy_says: str, password: str) -> Accepted:
    with _one_try(actor, at, password):
        return confined.run(Task.ACCEPT, pdf, copy_says=copy_says, password=password)


@contextmanager
def _one_try(actor: Person, at: datetime, password: str) -> Iterator[None]:
    """Let a password be tried, and count it where it was wrong; or refuse one more."""
    if password and attempts.seen_lately(FAILED, actor.pseudonym, at) >= PASSWORDS_TRIED:
        raise TooManyPasswords
    try:
        yield
    except PdfPasswordWrong:
        attempts.count(FAILED, actor.pseudonym, at)
        raise


def _looked(data: bytes, *, owner: str) -> Look | None:
    """Return what to look at in a document; nothing is known of one that takes too long to read."""
    try:
        return confined.run(Task.LOOK, data, owner=owner)
    except (PdfTooHard, PdfDamaged):
        return None


@command("document.receive")
def enter_document(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    name: str,
    received_sha256: str,
    accepted: Accepted,
    bound: Bound | None = None,
    stored: str = "",
) -> str:
    """Put an accepted file on record; the same file from the same person is entered once.

    ``stored`` is the digest of one that was written to where files are kept, and not into memory.
    """
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require_within(actor, at, Power.USE, company.pk)
    digest = stored or sha256(accepted.data)
    share_file(digest)
    if not stored:
        settings.BLOBS.put(accepted.data)  # again: the same bytes could be over and deleted since
    return entered(
        actor,
        at,
        company=company,
        name=name,
        received_sha256=received_sha256,
        digest=digest,
        size=settings.BLOBS.size(digest),
        accepted=accepted,
        bound=bound,
    )


@transaction_required
def bring_along(actor: Person, at: datetime, *, company: Company, digests: Iterable[str]) -> None:
    """Enter documents that the actor may see in another company as well, whose seals are to go on them too."""
    wanted = set(digests)
    there = Document.objects.filter(company=company, received_by=actor, sha256__in=wanted)
    missing = wanted - set(there.values_list("sha256", flat=True))
    seen = queries.visible_to(actor, at).filter(sha256__in=missing).order_by("sha256", "pk")
    for document in {document.sha256: document for document in seen}.values():
        was = document.company
        document.pk, document.company, document.received_by, document.received_at = None, company, actor, at
        document.save(force_insert=True)
        book.record(
            "document.brought-along",
            by=actor,
            at=at,
            document=document.sha256,
            company=company.uid,
            from_company=was.uid,
        )


@transaction_required
def entered(
    actor: Person,
    at: datetime,
    *,
    company: Company,
    name: str,
    received_sha256: str,
    digest: str,
    size: int,
    accepted: Accepted,
    bound: Bound | None = None,
) -> str:
    """Enter a stored file that was accepted, once, and return its digest."""
    look = accepted.look and accepted.look.to_json()
    document, is_new = Document.objects.get_or_create(
        sha256=digest,
        company=company,
        received_by=actor,
        defaults={
            "received_at": at,
            "received_sha256": received_sha256,
            "name": name[:200],
            "size": size,
            "pages": [{"width": page.width, "height": page.height} for page in accepted.pages],
            "changes": list(accepted.changes),
            "warnings": list(accepted.warnings),
            "is_signed": accepted.signed,
            "look": look,
            "bound": bound and bound.to_json(),
        },
    )
    if is_new:
        more: dict[str, Json] = {"binding": bound.binding.value, "sheets": bound.pages} if bound else {}
        if isinstance(bound, Paper):
            more["photographs"] = list(bound.photographs)
        book.record(
            "document.received",
            by=actor,
            at=at,
            document=digest,
            company=company.uid,
            received_sha256=received_sha256,
            pages=len(accepted.pages),
            changes=list(accepted.changes),
            **more,
        )
    else:
        document.received_at = max(at, document.received_at)  # what is brought again is needed again
        document.look = look or document.look  # it may have come before as much was read off a document as now
        document.save(update_fields=["received_at", "look"])
    return digest
