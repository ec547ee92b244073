"""Sheets for the file: what was asked and decided, who gave and received a seal, what it looks like."""

from collections.abc import Mapping, Sequence
from functools import partial
from io import BytesIO
from typing import Final

import segno
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.queries.registers import entered_for
from privyseal.custody.queries.takeout import take_outs_of_application
from privyseal.identity.queries import names_visible_to
from privyseal.identity.rules import Power
from privyseal.language.numbers import number_in_words
from privyseal.ledger.queries import latest_checkpoint
from privyseal.seals import queries
from privyseal.seals.actions import remark_on_seal
from privyseal.seals.models import Permit
from privyseal.seals.places import place_of
from privyseal.signer.statement import Purpose
from privyseal.web.acting import acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import picture
from privyseal.web.forms_of_registers import RemarkForm
from privyseal.web.shown import applications, facts, registers, seal_register, sheets
from privyseal.web.shown.called import called_in
from privyseal.web.waiting import readable_without_network

# What a code on a sheet leads to, by what the sheet is about.
_LEADS_TO: Final = {"application": "application", "permit": "act-sheet", "by-hand": "by-hand", "seal": "seal"}
_KEPT_SECONDS: Final = 86_400
_MOST: Final = 500


@capability("signed-in")
@require_safe
def approval(request: SignedIn, uid: str) -> HttpResponse:
    """Show an application with its votes and what came of it as a sheet to print and sign."""
    at = now()
    view = application_visible_to(request.user, at, uid)
    page = {
        "application": applications.show(view),
        "adds_to_number": number_in_words(view.application.adds_to) if view.application.adds_to else "",
        "uses": [registers.number_of(year, number) for year, number in entered_for(request.user, at, uid)],
        **_on_record(request, facts.course("application", uid, most=_MOST), applications.things_in(view)),
        "code_url": reverse("sheet-code", args=["application", uid]),
        "lines": (_("Applicant"), _("Approvers"), _("Operator"), _("Supervised by")),
        **_foot(),
    }
    return render(request, "web/sheet_approval.html", page)


@capability("signed-in")
@require_safe
def take_out(request: SignedIn, uid: str) -> HttpResponse:
    """Show an approved use outside the company as a sheet on which bearer, companion and keeper sign by hand."""
    view = application_visible_to(request.user, now(), uid)
    if not view.application.off_site or not view.permits:
        raise Http404
    page = {
        "application": applications.show(view),
        "take_outs": take_outs_of_application(request.user, now(), uid),
        **_on_record(request, facts.course("application", uid, most=_MOST)),
        "code_url": reverse("sheet-code", args=["application", uid]),
        "lines": (_("Bearer"), _("Companion"), _("Given out by the keeper"), _("Taken back by the keeper")),
        **_foot(),
    }
    return render(request, "web/sheet_take_out.html", page)


@capability("signed-in")
@require_safe
def act(request: SignedIn, uid: str) -> HttpResponse:
    """Show what happened to a seal by one permit as a sheet: a hand-over, a cover, its entry into use, its end."""
    at = now()
    permit = queries.permit_visible_to(request.user, at, uid)
    if Purpose(permit.purpose) not in sheets.ACT_SHEET:
        raise Http404
    page = {
        "sheet": sheets.act(permit, queries.attestations_of(request.user, at, permit)),
        "permit": permit,
        **_on_record(request, facts.course("permit", uid, most=_MOST)),
        "code_url": reverse("sheet-code", args=["permit", uid]),
        "lines": _signatures(permit),
        **_foot(),
    }
    return render(request, "web/sheet_act.html", page)


@capability("signed-in")
@require_safe
def seal(request: SignedIn, uid: str) -> HttpResponse:
    """Show a seal with every change that is on record."""
    return _seal_page(request, uid)


@capability("signed-in")
@require_POST
def remark(request: SignedIn, uid: str) -> HttpResponse:
    form = RemarkForm(request.POST)
    return acted(
        request,
        form,
        lambda said: remark_on_seal.once(
            said["command_id"],
            request.user,
            now(),
            seal_uid=uid,
            text=said["text"],
            is_correction=said["is_correction"],
        ),
        done=gettext("The remark is saved."),
        back=to("seal-sheet", uid),
        again=partial(_seal_page, request, uid, form=form),
    )


def _seal_page(
    request: SignedIn, uid: str, *, form: RemarkForm | None = None, said: str = "", status: int = 200
) -> HttpResponse:
    at = now()
    found = queries.seal_visible_to(request.user, at, uid)
    (row,) = seal_register.seals(queries.lines_of_seals(request.user, at, [found]))
    keeps = row.keeper_id == request.user.pk
    may = keeps or request.powers.over(Power.MANAGE, place_of(found))
    page = {
        "seal": found,
        "row": row,
        "versions": list(reversed(queries.versions_of(request.user, at, found))),
        "custodies": list(reversed(queries.custodies_of_seal(request.user, at, found))),
        **_on_record(request, facts.course("seal", uid, kind="seal.", most=_MOST)),
        "code_url": reverse("sheet-code", args=["seal", uid]),
        "lines": (_("Keeper"), _("Seal manager")),
        "form": (form or RemarkForm()) if may else None,
        "refusal": said,
        **_foot(),
    }
    return render(request, "web/sheet_seal.html", page, status=status)


@capability("signed-in")
@require_safe
def imprint(request: SignedIn, uid: str) -> HttpResponse:
    """Show what a seal looks like in its true size, with room for imprints of the rubber."""
    at = now()
    found = queries.seal_visible_to(request.user, at, uid)
    (row,) = seal_register.seals(queries.lines_of_seals(request.user, at, [found]))
    version = next(iter(queries.versions_of(request.user, at, found)), None)
    page = {
        "seal": found,
        "row": row,
        "version": version,
        "photo_url": reverse("seal-photo", args=[uid, version.imprint_sha256])
        if version and version.imprint_sha256
        else "",
        "code_url": reverse("sheet-code", args=["seal", uid]),
        "lines": (_("Keeper"), _("Seal manager"), _("Compared by")),
        **_foot(),
    }
    return render(request, "web/sheet_imprint.html", page)


@capability("signed-in")
@require_safe
@readable_without_network
def code(_request: SignedIn, kind: str, uid: str) -> HttpResponse:
    """Draw the code that leads from a sheet to its page; it says nothing but the address that it was asked for."""
    if kind not in _LEADS_TO:
        raise Http404
    drawn = BytesIO()
    segno.make(f"{settings.PUBLIC_URL}{reverse(_LEADS_TO[kind], args=[uid])}", error="m", micro=False).save(
        drawn, kind="svg", scale=3, border=4
    )
    return picture(drawn.getvalue(), kind="image/svg+xml", seconds=_KEPT_SECONDS)


def _signatures(permit: Permit) -> Sequence[Promise]:
    return sheets.ACT_SHEET[Purpose(permit.purpose)].signed_by


def _on_record(request: SignedIn, course: facts.Course, things: Mapping[str, str] | None = None) -> dict[str, object]:
    """Return what was done with the names of those whom the reader may see, and of what it is about."""
    pseudonyms = {fact.actor for fact in course.facts}
    names = names_visible_to(request.user, now(), pseudonyms)
    names |= called_in(request.user, now(), course.facts)
    return {"course": course, "facts": facts.rows(course.facts, {**names, **(things or {})}), "most": _MOST}


def _foot() -> dict[str, object]:
    checkpoint = (latest_checkpoint() or "").splitlines()
    return {
        "size": checkpoint[1] if checkpoint else "",
        "root": checkpoint[2] if checkpoint else "",
        "printed_at": now(),
    }
