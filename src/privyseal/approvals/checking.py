"""Look at the documents of a use before it is sent in: what the applicant acknowledges, what its category refuses."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils.timezone import localdate

from privyseal.approvals.models import Application, CategoryVersion, Line
from privyseal.approvals.rules.policies import folded
from privyseal.approvals.rules.remarks import DocumentNotReady, Remark, RemarksNotRead, remark_on_binding, remarks_on
from privyseal.custody.rules.blanks import check_title
from privyseal.identity.models import Company
from privyseal.kernel.canonical import Json, canonical, sha256
from privyseal.ledger.transactions import transaction_required
from privyseal.pdf.looks import Look
from privyseal.sealing.models import Document
from privyseal.signer.bound import binding_of, bound_in

_A_MOMENT: Final = timedelta(microseconds=1)


def remarks_of(
    companies: Sequence[Company], documents: Iterable[str], *, starts_at: datetime, expires_at: datetime
) -> list[tuple[str, Remark]]:
    """Return what is to be said of each document that was looked at when it was taken in, by its digest; each once.

    ``companies`` are those whose seals are to stand there.
    """
    digests = dict.fromkeys(documents)
    bound = dict(
        Document.objects.filter(company__in=companies, sha256__in=list(digests), bound__isnull=False)
        .order_by("pk")
        .values_list("sha256", "bound")
    )
    looked = Document.objects.filter(company__in=companies, sha256__in=list(digests), look__isnull=False).order_by("pk")
    found = {document.sha256: (Look.from_json(document.look or {}), len(document.pages)) for document in looked}
    starts_on, ends_on = localdate(starts_at), localdate(expires_at - _A_MOMENT)
    said = [
        (digest, remark) for digest in digests for remark in remark_on_binding(binding_of(bound_in(bound.get(digest))))
    ]
    said += (
        (digest, remark)
        for digest in digests
        if digest in found
        for company in companies
        for remark in remarks_on(
            found[digest][0],
            pages=found[digest][1],
            owner=folded(company.name),
            starts_on=starts_on,
            ends_on=ends_on,
        )
    )
    return list(dict.fromkeys(said))


def _titles(companies: Sequence[Company], documents: Iterable[str]) -> Iterator[str]:
    """Yield how each document begins that was looked at."""
    looked = Document.objects.filter(company__in=companies, sha256__in=list(documents), look__isnull=False)
    for document in looked.order_by("pk"):
        yield Look.from_json(document.look or {}).title


def digest_of(remarks: Sequence[tuple[str, Remark]]) -> str:
    """Return what an applicant sends who has read all of these; nothing where there is nothing to read."""
    return sha256(canonical({"remarks": as_kept(remarks)})) if remarks else ""


def as_kept(remarks: Sequence[tuple[str, Remark]]) -> list[Json]:
    return [{"document": digest, **remark.to_json()} for digest, remark in remarks]


@transaction_required
def check_documents(
    application: Application,
    companies: Sequence[Company],
    lines: Sequence[Line],
    *,
    category: CategoryVersion | None,
    acknowledged: str,
) -> None:
    """Keep with the application what its applicant has acknowledged, or refuse what they have not, or cannot.

    ``companies`` and ``lines`` are those of the whole, where several companies are asked: it is read once. Each part
    keeps what is said of its own documents.
    """
    documents = [line.document_sha256 for line in lines if line.document_sha256]
    remarks = remarks_of(companies, documents, starts_at=application.starts_at, expires_at=application.expires_at)
    refuses = category.category.refuses if category else frozenset()
    own = {line.document_sha256 for line in lines if line.application_id == application.pk}
    kept = [(digest, remark) for digest, remark in remarks if digest in own]
    if category and category.category.blanks:
        for title in _titles(companies, own):
            check_title(title)
    for _digest, remark in kept:
        if remark.about in refuses:
            raise DocumentNotReady(about=remark.about.value, page=remark.page)
    if remarks and acknowledged != digest_of(remarks):
        raise RemarksNotRead(remarks=len(remarks))
    if kept:
        application.remarks = as_kept(kept)
        application.save(update_fields=["remarks"])
