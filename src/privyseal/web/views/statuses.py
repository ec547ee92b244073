"""The status of seals, for everybody: as a page, as JSON, as a feed."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import urlencode
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from privyseal.kernel.canonical import canonical, utc_text
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.seals.models import Seal
from privyseal.verification.statuses import Status, published, status_of_number
from privyseal.web.acting import NotFilledIn
from privyseal.web.address import address_of
from privyseal.web.answers import advised, status_of
from privyseal.web.capabilities import capability
from privyseal.web.downloads import ATOM, JSON, shared
from privyseal.web.forms_of_incidents import StatusForm
from privyseal.web.published import STATUS, public_key, signed
from privyseal.web.shown.statuses import public_rows, show_status

_INVALID: Final = 400
_IN_FEED: Final = 100


@capability("public")
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Tell anybody which seals are void or out of hand, and how one stands, or stood, whose number they hold."""
    form = StatusForm(request.GET or None)
    shown: dict[str, object] = {"form": form, "published": public_rows(seal for seal, _ in published())}
    if form.is_bound and form.is_valid():
        try:
            shown["status"] = show_status(_asked(request, form))
        except Refused as refusal:
            shown["refusal"] = words_for(refusal)
            return render(request, "web/status.html", shown, status=status_of(refusal))
    return render(request, "web/status.html", shown, status=_INVALID if form.errors else 200)


@capability("public")
@require_safe
def seal_json(request: HttpRequest) -> HttpResponse:
    """Say the same of one seal to a program."""
    form = StatusForm(request.GET)
    try:
        if not form.is_valid():
            raise NotFilledIn
        found = _asked(request, form)
    except Refused as refusal:
        said = {"code": refusal.code, "words": words_for(refusal)}
        return advised(JsonResponse(said, status=status_of(refusal)), refusal)
    history = [{"state": state.value, "since": utc_text(since)} for state, since in found.history]
    said = _of(found.seal) | {"on": found.on.isoformat(), "force": found.force.value, "history": history}
    if found.revoked_since:
        said["certificate_revoked_since"] = utc_text(found.revoked_since)
    return signed(request, canonical(said), kind=JSON, tag=STATUS)


@capability("public")
@require_safe
def published_json(request: HttpRequest) -> HttpResponse:
    """List for programs what is void or out of a company's hands."""
    rows: list[dict[str, Any]] = [
        {**_of(seal), "state": seal.state, "since": utc_text(since)} for seal, since in published()
    ]
    return signed(request, canonical({"seals": rows}), kind=JSON, tag=STATUS)


@capability("public")
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Hand out the key by which these answers are signed, as a JSON Web Key Set (RFC 7517)."""
    return shared(request, canonical({"keys": [public_key()]}), kind=JSON)


@capability("public")
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Hand out the same as an Atom feed (RFC 4287), the latest first."""
    latest = published()[:_IN_FEED]
    page = settings.PUBLIC_URL + reverse("status")
    written = Atom1Feed(
        title=_("Seals that are void or out of their company’s hands"),
        link=page,
        description="",
        feed_url=settings.PUBLIC_URL + reverse("status-feed"),
    )
    for seal, since in latest:
        (row,) = public_rows([seal])
        link = f"{page}?{urlencode({'uscc': seal.company.uscc, 'number': seal.number})}"
        title = f"{row.company} · {row.name} {row.number}"
        unique = f"{link}#{seal.state}"
        written.add_item(title, link, str(row.badge.words), unique_id=unique, updateddate=since)
    return signed(request, written.writeString("utf-8").encode(), kind=ATOM, tag=STATUS)


def _asked(request: HttpRequest, form: StatusForm) -> Status:
    said = form.cleaned_data
    address = address_of(request)
    return status_of_number(said["uscc"], said["number"], on=said["on"], address=address, at=now())


def _of(seal: Seal) -> dict[str, Any]:
    company = {"name": seal.company.name, "uscc": seal.company.uscc}
    return {"company": company, "seal": {"name": seal.name, "number": seal.number, "type": seal.type}}
