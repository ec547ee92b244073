"""Ask for a new seal, and see its face before anybody else does."""

import json
from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from privyseal.approvals import actions
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.pdf.face import svg
from privyseal.seals.queries import types_open_to
from privyseal.seals.rules import SealType
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import picture
from privyseal.web.faces import FaceForm, SealForm, usual_looks
from privyseal.web.views.applying import FORM_METHODS, companies_with, sent, units_of

_PREVIEW_SECONDS: Final = 600


@capability(Power.MANAGE)
@require_http_methods(FORM_METHODS)
def new_seal(request: SignedIn) -> HttpResponse:
    companies = companies_with(request, Power.MANAGE)
    ring = companies[0].name if len(companies) == 1 else ""
    usual = {"ring": ring, "type": SealType.OFFICIAL.value, "replaces": request.GET.get("replaces", "")}
    units = units_of(request, companies)
    form = SealForm(
        sent(request),
        request.FILES,
        companies=companies,
        units=units,
        types=types_open_to(request.user, now(), companies),
        initial=usual,
    )
    is_preview = "preview" in request.POST
    shown: dict[str, object] = {
        "form": form,
        "companies": companies,
        "preview": _preview_of(form),
        "looks": usual_looks(),
    }
    if not form.is_valid() and not is_preview:
        return render(request, "web/apply_seal.html", shown, status=400 if form.is_bound else 200)
    try:
        if is_preview:
            return render(request, "web/apply_seal.html", shown | _traced(form))
        uid = _apply_for_seal(request, form)
    except Refused as refusal:
        shown["refusal"] = words_for(refusal)
        return render(request, "web/apply_seal.html", shown, status=status_of(refusal))
    return redirect("application", uid)


@capability(Power.MANAGE)
@require_safe
def face_preview(request: SignedIn) -> HttpResponse:
    """Draw the face that these words would make."""
    form = FaceForm(request.GET)
    if not form.is_valid():
        return HttpResponse(status=400)
    try:
        drawn = svg(form.face())
    except Refused as refusal:
        return HttpResponse(words_for(refusal), status=status_of(refusal), content_type="text/plain; charset=utf-8")
    return picture(drawn.encode(), kind="image/svg+xml", seconds=_PREVIEW_SECONDS)


def _traced(form: SealForm) -> dict[str, str]:
    """Return the face of an uploaded imprint, to look at and to send again in the place of the picture."""
    if not form.is_of_imprint:
        return {}
    face = form.face()
    return {"traced": json.dumps(face.to_json()), "drawn": svg(face)}


def _apply_for_seal(request: SignedIn, form: SealForm) -> str:
    said, face = form.cleaned_data, form.face()
    type_, own = form.type_chosen()
    svg(face)  # words that cannot be drawn are refused before anybody is asked
    return actions.apply_for_seal.once(
        said["command_id"],
        request.user,
        now(),
        company_uid=said["company"],
        reason=said["reason"],
        name=said["name"],
        type=type_,
        face=face.to_json(),
        standing=actions.Standing(
            unit_uid=said["unit"],
            own_type_uid=own,
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            replaces_uid=said["replaces"],
        ),
    )


def _preview_of(form: SealForm) -> str:
    """Return the address of the face that the form's words make, or nothing where there are none."""
    said = {name: str(form[name].value() or "") for name in FaceForm.base_fields if form[name].value()}
    return f"{reverse('face-preview')}?{urlencode(said)}" if said.get("ring") or said.get("lines") else ""
