"""Take-over campaigns: open one, photograph what one keeps, read what was found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.identity.models import Company
from privyseal.identity.queries import companies_visible_to
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound, Refused
from privyseal.language.labels import FINDING, SEAL_TYPE
from privyseal.language.refusals import words_for
from privyseal.seals import actions, queries
from privyseal.seals.models import Sighting
from privyseal.seals.queries import Report
from privyseal.seals.rules import SealType
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.organisation_forms import CampaignForm, SightingForm

_INVALID: Final = 400
_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class SightingRow:
    uid: str
    number: str
    name: str
    type: Promise
    keeper: str
    seen_at: datetime | None
    findings: tuple[Promise, ...]
    seal_photo: str
    imprint_photo: str


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def campaigns(request: SignedIn) -> HttpResponse:
    """Show the campaigns and what is to be photographed; a manager opens another one here."""
    at = now()
    form = CampaignForm(request.POST if request.method == "POST" else None, companies=_managed(request, at))
    refusal: Refused | None = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            uid = actions.open_campaign.once(
                said["command_id"], request.user, at, company_uid=said["company"], due_on=said["due_on"]
            )
        except Refused as refused_for:
            refusal = refused_for
        else:
            return redirect("campaign", uid)
    shown = {
        "to_make": queries.sightings_to_make(request.user, at)[:_MOST],
        "campaigns": queries.campaigns_visible_to(request.user, at)[:_MOST],
        "form": form if request.powers.anywhere(Power.MANAGE) else None,
        "refusal": words_for(refusal) if refusal else "",
    }
    status = status_of(refusal) if refusal else _INVALID if form.is_bound else 200
    return render(request, "web/campaigns.html", shown, status=status)


@capability("signed-in")
@require_safe
def campaign(request: SignedIn, uid: str) -> HttpResponse:
    return _report(request, uid)


@capability("signed-in")
@require_POST
def close(request: SignedIn, uid: str) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return _report(request, uid, status=_INVALID)
    try:
        actions.close_campaign.once(form.cleaned_data["command_id"], request.user, now(), campaign_uid=uid)
    except Refused as refusal:
        return _report(request, uid, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The campaign is closed. Its report stays."))
    return redirect("campaign", uid)


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def see(request: SignedIn, uid: str, seal_uid: str) -> HttpResponse:
    """Take the two pictures of a seal from its keeper."""
    at, is_sent = now(), request.method == "POST"
    found = queries.campaign_visible_to(request.user, at, uid)
    sighting = queries.sightings_to_make(request.user, at).filter(campaign=found, seal__uid=seal_uid).first()
    if sighting is None:
        raise NotFound(seal=seal_uid)
    form = SightingForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    refusal: Refused | None = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.take_pictures(
                request.user,
                at,
                campaign_uid=uid,
                seal_uid=seal_uid,
                seal_photo=said["seal_photo"].read(),
                imprint_photo=said["imprint_photo"].read(),
            )
        except Refused as refused_for:
            refusal = refused_for
        else:
            messages.success(request, _("Both pictures are on record."))
            return redirect("campaigns")
    status = status_of(refusal) if refusal else _INVALID if form.is_bound else 200
    shown = {"sighting": sighting, "form": form, "refusal": words_for(refusal) if refusal else ""}
    return render(request, "web/sighting.html", shown, status=status)


def _report(request: SignedIn, uid: str, *, refusal: Refused | None = None, status: int = 200) -> HttpResponse:
    at = now()
    found = queries.campaign_visible_to(request.user, at, uid)
    report = queries.report_of(request.user, at, found)
    shown: dict[str, Any] = {
        "campaign": found,
        "rows": [_row(sighting, report) for sighting in report.sightings],
        "seen": report.seen,
        "may_close": request.powers.has(Power.MANAGE, found.company_id) and found.closed_at is None,
        "command": CommandForm(),
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/campaign.html", shown, status=status)


def _row(sighting: Sighting, report: Report) -> SightingRow:
    seal = sighting.seal
    return SightingRow(
        uid=seal.uid,
        number=seal.number,
        name=seal.name,
        type=SEAL_TYPE[SealType(seal.type)],
        keeper=sighting.keeper.name if sighting.keeper else "",
        seen_at=sighting.seen_at,
        findings=tuple(FINDING[finding] for finding in report.findings.get(seal.pk, ())),
        seal_photo=sighting.seal_photo_sha256,
        imprint_photo=sighting.imprint_photo_sha256,
    )


def _managed(request: SignedIn, at: datetime) -> list[Company]:
    return list(companies_visible_to(request.user, at).filter(pk__in=request.powers.companies(Power.MANAGE)))
