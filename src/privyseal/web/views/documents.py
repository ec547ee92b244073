"""Documents by their digest: the pages people are shown, the approved bytes, the sealed file and its receipt."""

from pathlib import Path, PurePath
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from privyseal.custody.rules.photographs import kind_of
from privyseal.identity.models import Person
from privyseal.keeping.documents import check_document_is_kept
from privyseal.kernel.errors import NotFound
from privyseal.ledger.proofs import receipt_for
from privyseal.ledger.queries import last_fact_about
from privyseal.pdf import slots
from privyseal.pdf.confined import Task, run
from privyseal.sealing.models import Document
from privyseal.sealing.queries import document_visible_to, sealed_visible_to
from privyseal.signer.bound import Paper, bound_in
from privyseal.verification.proving import receipt_with_approvals
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import PDF, TEXT, attachment, picture, stored
from privyseal.web.shown.documents import dots_an_inch

_KEPT_SECONDS: Final = 3600
# A browser asks for six at once; whoever asks for more keeps nobody from their pages, and asks again.
DRAWN_AT_ONCE: Final = 2
WAITING: Final = 4
_WAIT_SECONDS: Final = 10.0


@capability("signed-in")
@require_safe
def page(request: SignedIn, sha256: str, number: int) -> HttpResponse:
    """Show a page as an image of exactly the bytes with this digest, drawn in a confined process."""
    return picture_of(request.user, document_visible_to(request.user, now(), sha256), number)


def picture_of(reader: Person, document: Document, number: int) -> HttpResponse:
    """Draw a page; of one reader two at once, and a few wait for them: busy."""
    check_document_is_kept(document.sha256)
    dpi = dots_an_inch(**document.pages[number - 1]) if 1 <= number <= len(document.pages) else 1
    line = slots.in_turn(DRAWN_AT_ONCE, WAITING, slots_of(reader), seconds=_WAIT_SECONDS)
    with line, settings.BLOBS.lent(document.sha256) as file:
        image = run(Task.PAGE, file, page=number, dpi=dpi)
    return picture(image, kind="image/png", seconds=_KEPT_SECONDS)


def slots_of(reader: Person) -> Path:
    place: Path = settings.DATA / "slots" / reader.pseudonym / "pages"
    return place


@capability("signed-in")
@require_safe
def file(request: SignedIn, sha256: str) -> HttpResponseBase:
    document = document_visible_to(request.user, now(), sha256)
    check_document_is_kept(sha256)
    return stored(settings.BLOBS, sha256, name=document.name, kind=PDF)


@capability("signed-in")
@require_safe
def photograph(request: SignedIn, sha256: str, number: int) -> HttpResponse:
    """Hand out a photograph of a paper as it was sent, from the vault."""
    bound = bound_in(document_visible_to(request.user, now(), sha256).bound)
    taken = bound.photographs if isinstance(bound, Paper) else ()
    if not 1 <= number <= len(taken):
        raise NotFound(document=sha256)
    data = b"".join(settings.VAULT.parts(taken[number - 1]))
    return attachment(data, name=f"{sha256[:12]}-{number}", kind=kind_of(data))


@capability("signed-in")
@require_safe
def sealed(request: SignedIn, intent_uid: str) -> HttpResponseBase:
    at = now()
    intent = sealed_visible_to(request.user, at, intent_uid)
    document = document_visible_to(request.user, at, intent.line.document_sha256)
    name = _("%(name)s (sealed).pdf") % {"name": PurePath(document.name).stem}
    return stored(settings.BLOBS, intent.file_sha256, name=name, kind=PDF)


@capability("signed-in")
@require_safe
def receipt(request: SignedIn, intent_uid: str) -> HttpResponse:
    """Hand out the receipt of a sealing, or that with its approvals: what a third party checks without us."""
    intent = sealed_visible_to(request.user, now(), intent_uid)
    fact = last_fact_about("document.kept" if intent.kept_sha256 else "document.sealed", "intent", intent.uid)
    if fact is None:
        raise NotFound(intent=intent.uid)
    if "approvals" in request.GET:
        name = f"privyseal-receipt-{intent.uid[:12]}-approvals.txt"
        return attachment(receipt_with_approvals(fact).encode(), name=name, kind=TEXT)
    return attachment(receipt_for(fact.id).encode(), name=f"privyseal-receipt-{intent.uid[:12]}.txt", kind=TEXT)
