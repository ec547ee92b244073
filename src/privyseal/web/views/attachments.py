"""Papers beside an application: brought with it, read by whoever may read it."""

from collections.abc import Sequence
from functools import partial

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from privyseal.approvals.papers import Attached
from privyseal.approvals.queries import attachment_visible_to
from privyseal.identity.models import Company
from privyseal.keeping.documents import check_document_is_kept
from privyseal.sealing.actions import receive_document
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import PDF, stored
from privyseal.web.forms_of_papers import ATTACH, DETACH, AttachForm, attached_in, attached_said
from privyseal.web.shown import documents
from privyseal.web.views.documents import picture_of


@capability("signed-in")
@require_safe
def attachment(request: SignedIn, uid: str, sha256: str) -> HttpResponse:
    """Show the pages of a paper, on whatever phone its reader has."""
    document = attachment_visible_to(request.user, now(), uid, sha256)
    page_url = partial(_page_url, uid, sha256)
    shown = documents.show(document, first=documents.first_page(request), page_url=page_url)
    return render(request, "web/attachment.html", {"shown": shown, "document": document, "uid": uid})


@capability("signed-in")
@require_safe
def page(request: SignedIn, uid: str, sha256: str, number: int) -> HttpResponse:
    return picture_of(request.user, attachment_visible_to(request.user, now(), uid, sha256), number)


@capability("signed-in")
@require_safe
def file(request: SignedIn, uid: str, sha256: str) -> HttpResponseBase:
    document = attachment_visible_to(request.user, now(), uid, sha256)
    check_document_is_kept(sha256)
    return stored(settings.BLOBS, sha256, name=document.name, kind=PDF)


def with_brought(request: SignedIn, company: Company) -> QueryDict:
    """Return what was sent, once a paper that came with it is taken in and one that is not wanted is left out."""
    sent = request.POST.copy()
    form = AttachForm(request.POST, request.FILES)
    attached: Sequence[Attached] = attached_in(sent.get("attached", ""))
    if DETACH in sent:
        attached = [one for one in attached if one.sha256 != sent[DETACH]]
    if ATTACH in sent or "paper_file" in request.FILES:
        kind, brought, password = form.brought()
        about = {"name": brought.name or "", "data": brought.read(), "password": password}
        digest = receive_document(request.user, now(), company_uid=company.uid, **about)
        attached = [*attached, Attached(kind, digest)]
    sent["attached"] = attached_said(attached)
    return sent


def _page_url(uid: str, sha256: str, number: int) -> str:
    return reverse("attachment-page", args=[uid, sha256, number])
