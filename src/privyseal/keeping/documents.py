"""Documents that were approved for rubber seals and whose time is over, asked of the database.

A document that a key sealed is a part of its sealed file, and stays: a sealed file is what its receipt is of. What is
bound to paper or to a closed envelope has no file of its own, and stays as well.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate

from privyseal.approvals.models import Application, Draft, Line
from privyseal.approvals.rules import State
from privyseal.approvals.rules.categories import Retention
from privyseal.custody.models import PagePrint
from privyseal.custody.rules.photographs import ASKS
from privyseal.identity.models import Company, Renaming
from privyseal.keeping.holds import covers
from privyseal.keeping.models import ClearedPaper
from privyseal.keeping.rules import Decision
from privyseal.keeping.terms import TERMS, Paper, PaperDeleted, is_over
from privyseal.kernel.errors import NotFound
from privyseal.ledger.queries import last_fact_about
from privyseal.sealing.models import Document
from privyseal.seals.models import Mandate, Permit, PermitLine
from privyseal.seals.rules import SealKind
from privyseal.signer.statement import Purpose

_YEAR: Final = timedelta(days=365)
# What else keeps a file under its digest, where a signed one is the same file that was stamped.
_PROOFS: Final = (
    (Company.objects.order_by(), "licence_sha256"),
    (Company.objects.order_by(), "representative_sha256"),
    (Renaming.objects.order_by(), "old_licence_sha256"),
    (Renaming.objects.order_by(), "licence_sha256"),
    (Mandate.objects.order_by(), "paper_sha256"),
)
_SHORTEST: Final = min(term.years for term in TERMS if term.years is not None)


def retention_of(permit: Permit) -> Retention:
    """Return the class in which the category of a permit has its papers kept; where none says, the usual one."""
    return Retention(permit.terms.get(ASKS, {}).get("retention", Retention.TEN_YEARS.value))


def lines_ended(company: Company, at: datetime) -> Iterator[PermitLine]:
    """Yield the documents by hand of a company whose time is over, counted from the end of their permit."""
    lines = PermitLine.objects.filter(
        permit__seal__company=company,
        permit__seal__kind=SealKind.PHYSICAL.value,
        permit__purpose=Purpose.USE.value,
        bound__isnull=True,
        permit__expires_at__lt=at - _SHORTEST * _YEAR,
    )
    listed = ClearedPaper.objects.filter(paper=Paper.DOCUMENT.value, key=OuterRef("pk"))
    listed = listed.exclude(clearance__decision=Decision.REFUSED.value)
    today = localdate(at)
    for line in lines.filter(~Exists(listed)).select_related("permit__seal").order_by("permit__expires_at", "pk"):
        if is_over(retention_of(line.permit), localdate(line.permit.expires_at), today=today):
            yield line


def people_of_line(key: int) -> frozenset[int]:
    """Return who had a part in a permit, or brought its document: a hold on any of them covers it."""
    line = PermitLine.objects.select_related("permit").get(pk=key)
    parts = line.permit.parts.order_by("pk").values_list("person_id", flat=True)
    brought = Document.objects.filter(sha256=line.document_sha256).order_by("pk").values_list("received_by", flat=True)
    people = chain(parts, brought, [line.permit.applicant_id])
    return frozenset(person for person in people if person is not None)


def is_document_needed(sha256: str) -> bool:
    """Return whether a document is kept for something else: another use, what is asked now, or was brought since.

    Or as a proof, as a sealed file, or for an application that a hold covers.
    """
    uses = PermitLine.objects.filter(document_sha256=sha256).order_by("-permit__expires_at", "pk")
    gone = ClearedPaper.objects.filter(paper=Paper.DOCUMENT.value, key=OuterRef("pk"), gone_at__isnull=False)
    last = uses.values_list("permit__expires_at", flat=True).first()
    return (
        last is None
        or uses.filter(~Exists(gone)).exists()
        or Line.objects.filter(document_sha256=sha256, application__state=State.PENDING.value).exists()
        or Application.objects.filter(attached__contains=[{"sha256": sha256}]).exists()
        or Draft.objects.filter(Q(document_sha256=sha256) | Q(alike__contains=sha256)).exists()
        or Document.objects.filter(sha256=sha256, received_at__gt=last).exists()
        or _is_sealed_file(sha256)
        or any(owners.filter(**{column: sha256}).exists() for owners, column in _PROOFS)
        or any(_is_held(line) for line in Line.objects.filter(document_sha256=sha256).select_related("application"))
    )


def _is_sealed_file(sha256: str) -> bool:
    """Tell whether a key made the file: one that bears a seal already may be stamped by hand as well."""
    return any(last_fact_about(kind, "document", sha256) for kind in ("document.sealed", "document.kept"))


def _is_held(line: Line) -> bool:
    """Tell whether a hold covers an application that names the document, whatever became of it."""
    asked = line.application
    people = frozenset(asked.castings.order_by("person_id").values_list("person_id", flat=True))
    return covers(company_id=asked.company_id, seal_id=line.seal_id, application_uid=asked.uid, people=people)


def check_document_is_kept(sha256: str) -> None:
    """Return if a document is still there, or refuse: its time was over, and it was deleted."""
    try:
        settings.BLOBS.size(sha256)
    except NotFound as error:
        gone = ClearedPaper.objects.filter(paper=Paper.DOCUMENT.value, sha256=sha256, gone_at__isnull=False)
        if gone.exists():
            raise PaperDeleted from error
        raise


def discard_document(sha256: str) -> None:
    """Delete a document, and by what its pages were found on photographs; a second time changes nothing."""
    PagePrint.objects.filter(document_sha256=sha256).delete()
    settings.BLOBS.discard(sha256)
