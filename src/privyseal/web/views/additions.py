"""Ask for more of an approved use, or for longer."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from privyseal.approvals import actions
from privyseal.approvals.queries import ApplicationView, application_visible_to
from privyseal.approvals.queries.filing import filings_holding_up
from privyseal.approvals.wishes import is_by_hand
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.labels import CONSEQUENCE, PURPOSE
from privyseal.signer.statement import Purpose
from privyseal.web.answers import said_of, status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import ReasonForm, Sent, midnight
from privyseal.web.forms_of_additions import LongerForm, MoreCopiesForm, MoreUsesForm

_INVALID: Final = 400


@capability(Power.USE)
@require_http_methods(["GET", "HEAD", "POST"])
def top_up(request: SignedIn, uid: str) -> HttpResponse:
    at = now()
    view = application_visible_to(request.user, at, uid)
    data = request.POST if request.method == "POST" else None
    form = _more_form(view, data)
    if not form.is_valid():
        return _page(request, view, Purpose.TOP_UP, form)
    said = form.cleaned_data
    more = {"copies": form.copies()} if isinstance(form, MoreCopiesForm) else {}
    try:
        added = actions.apply_to_top_up.once(
            said["command_id"],
            request.user,
            at,
            application_uid=uid,
            reason=said["reason"],
            uses=said.get("uses", 0),
            **more,
        )
    except Refused as refusal:
        return _page(request, view, Purpose.TOP_UP, form, refusal=refusal)
    messages.success(request, _("The application is submitted."))
    return redirect("application", added)


def _more_form(view: ApplicationView, data: Sent) -> ReasonForm:
    if view.application.purpose == Purpose.STANDING.value:
        return MoreUsesForm(data)
    return MoreCopiesForm(data, lines=view.lines) if is_by_hand(view.lines) else ReasonForm(data)


@capability(Power.USE)
@require_http_methods(["GET", "HEAD", "POST"])
def prolong(request: SignedIn, uid: str) -> HttpResponse:
    at = now()
    view = application_visible_to(request.user, at, uid)
    ends = max([view.application.expires_at, *(permit.expires_at for permit in view.permits)])
    last_day = localdate(ends - timedelta(microseconds=1))
    form = LongerForm(request.POST if request.method == "POST" else None, last_day=last_day)
    if not form.is_valid():
        return _page(request, view, Purpose.PROLONG, form)
    said = form.cleaned_data
    try:
        added = actions.apply_to_prolong.once(
            said["command_id"],
            request.user,
            at,
            application_uid=uid,
            reason=said["reason"],
            expires_at=midnight(said["ends_on"] + timedelta(days=1)),
        )
    except Refused as refusal:
        return _page(request, view, Purpose.PROLONG, form, refusal=refusal)
    messages.success(request, _("The application is submitted."))
    return redirect("application", added)


def _page(
    request: SignedIn, view: ApplicationView, purpose: Purpose, form: ReasonForm, *, refusal: Refused | None = None
) -> HttpResponse:
    status = status_of(refusal) if refusal else _INVALID if form.is_bound else 200
    shown = {
        "title": PURPOSE[purpose],
        "consequence": CONSEQUENCE[purpose],
        "first": view.application,
        "first_purpose": PURPOSE[Purpose(view.application.purpose)],
        "lines": view.lines,
        "permits": view.permits,
        "form": form,
        "held_up": filings_holding_up(request.user, now()) if purpose is Purpose.TOP_UP else (),
        "refusal": said_of(refusal) if refusal else "",
    }
    return render(request, "web/apply_addition.html", shown, status=status)
