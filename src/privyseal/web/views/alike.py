"""Many documents of one use that are all sealed as its first one: brought, looked through, left out."""

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from privyseal.approvals import actions
from privyseal.approvals.queries.drafts import alike_so_far
from privyseal.identity.queries import company_visible_to
from privyseal.identity.rules import Power
from privyseal.sealing.actions import receive_document
from privyseal.sealing.models import Document
from privyseal.sealing.queries import document_visible_to
from privyseal.sealing.queries import visible_to as documents_visible_to
from privyseal.signer.alike import MAX_ALIKE
from privyseal.web.acting import acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import TAKEN_IN, CommandForm, password_of_file
from privyseal.web.forms_of_bindings import FilesField, Several
from privyseal.web.paging import part_of

_FORM_METHODS: Final = ["GET", "HEAD", "POST"]
_KNOWN_BY: Final = 16
"""So many letters of a file's digest tell a script that it is here already."""


class BringForm(CommandForm):
    """One file or several; a script sends them one by one."""

    brought = FilesField(
        label=gettext_lazy("PDF, picture or office files"),
        widget=Several({"accept": TAKEN_IN, "multiple": True}),
        allow_empty_file=True,
    )
    password = password_of_file()


class LeaveForm(CommandForm):
    """What is left out: one document, or all of them."""

    document = forms.RegexField(r"^[0-9a-f]{64}$", required=False)


@capability(Power.USE)
@sensitive_post_parameters("password")
@require_http_methods(_FORM_METHODS)
def page(request: SignedIn, company_uid: str, sha256: str) -> HttpResponse:
    if request.method != "POST":
        return _page(request, company_uid, sha256)
    return acted(
        request,
        BringForm(request.POST, request.FILES),
        lambda said: _brought(request, company_uid, sha256, said["brought"], said["password"]),
        done="",
        back=to("apply-use-alike", company_uid, sha256),
        again=partial(_page, request, company_uid, sha256),
    )


@capability(Power.USE)
@require_POST
def leave(request: SignedIn, company_uid: str, sha256: str) -> HttpResponse:
    return acted(
        request,
        LeaveForm(request.POST),
        lambda said: actions.leave_alike.once(
            said["command_id"],
            request.user,
            now(),
            company_uid=company_uid,
            document_sha256=sha256,
            alike=said["document"],
        ),
        done=_("It is left out."),
        back=to("apply-use-alike", company_uid, sha256),
        again=partial(_page, request, company_uid, sha256),
    )


def _brought(
    request: SignedIn, company_uid: str, sha256: str, files: "Iterable[UploadedFile[Any]]", password: str
) -> None:
    """Take in one file after the other; what came before one that is refused is here, and known when it comes again."""
    for file in files:
        about = {"name": file.name or "", "data": file.read(), "password": password}
        taken = receive_document(request.user, now(), company_uid=company_uid, **about)
        actions.take_alike(request.user, now(), company_uid=company_uid, document_sha256=sha256, alike=taken)


def _page(request: SignedIn, company_uid: str, sha256: str, *, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    company = company_visible_to(request.user, at, company_uid)
    first = document_visible_to(request.user, at, sha256)
    digests = alike_so_far(request.user, at, company.uid, sha256)
    shown = part_of(request, digests)
    by_digest = _documents(request, shown.rows)
    page = {
        "company": company,
        "first": first,
        "count": len(digests),
        "most": MAX_ALIKE - 1,
        "part": shown,
        "documents": [by_digest[digest] for digest in shown.rows if digest in by_digest],
        "known": " ".join(one[:_KNOWN_BY] for one in _received(request, digests)),
        "form": BringForm(),
        "leave": LeaveForm(),
        "refusal": said,
    }
    return render(request, "web/apply_use_alike.html", page, status=status)


def _documents(request: SignedIn, digests: Iterable[str]) -> dict[str, Document]:
    found = documents_visible_to(request.user, now()).filter(sha256__in=list(digests))
    return {document.sha256: document for document in found}


def _received(request: SignedIn, digests: Iterable[str]) -> list[str]:
    """Return the digests of the files as they came, by which a script skips what is here already."""
    found = documents_visible_to(request.user, now()).filter(sha256__in=list(digests))
    return sorted(set(found.values_list("received_sha256", flat=True)))
