"""Outside approval systems: who they are, how questions to them fare, and what they answer."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from privyseal.approvals import answering, asking
from privyseal.approvals.actions import outside as actions
from privyseal.approvals.queries import outside as queries
from privyseal.identity.queries import companies_visible_to
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, Refused
from privyseal.language.refusals import words_for
from privyseal.web.answers import advised, status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_outside import OutsideForm
from privyseal.web.shown import outside as shown_outside
from privyseal.web.step_up import proven

_INVALID = 400
_TOO_LARGE = 413
_READERS = (Power.SECURITY, Power.AUDIT, Power.SYSTEM, Power.MANAGE)


@capability("signed-in")
@require_http_methods(["GET", "HEAD"])
def systems(request: SignedIn) -> HttpResponse:
    if not any(request.powers.anywhere(power) for power in _READERS):
        raise NotEntitled(power=Power.SECURITY.value)
    return _page(request)


@capability(Power.SECURITY)
@require_POST
@proven("outside.register")
def register(request: SignedIn) -> HttpResponse:
    form = _form(request)
    if not form.is_valid():
        return _page(request, form=form, status=_INVALID)
    said = form.cleaned_data

    def act(key: UUID, at: datetime) -> object:
        given = {"name": said["name"], "address": said["address"], "key": said["key"]}
        return actions.register_outside.once(key, request.user, at, company_uid=said["company"], **given)

    return _act(request, said["command_id"], act, _("Entered. It counts once a second person has confirmed it."), form)


@capability("signed-in")
@require_POST
@proven("outside.confirm")
def confirm(request: SignedIn, uid: str) -> HttpResponse:
    def act(key: UUID, at: datetime) -> object:
        return actions.confirm_outside.once(key, request.user, at, system_uid=uid)

    return _do(request, act, _("Confirmed: what it signs counts from now on, where a policy names it."))


@capability(Power.SECURITY)
@require_POST
def end(request: SignedIn, uid: str) -> HttpResponse:
    def act(key: UUID, at: datetime) -> object:
        return actions.end_outside.once(key, request.user, at, system_uid=uid)

    return _do(request, act, _("Ended: nothing that it says counts any more."))


@csrf_exempt
@capability("public")
@require_POST
def answers(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a decision that an outside system tells; whoever sends it is known by the signature alone."""
    body = request.read(answering.MOST_BYTES + 1)
    if len(body) > answering.MOST_BYTES:
        return JsonResponse({"code": "file-too-large"}, status=_TOO_LARGE)
    try:
        state = answering.take_answer(uid, request.headers, body, now())
    except Refused as refusal:
        said = {"code": refusal.code, "words": words_for(refusal)}
        return advised(JsonResponse(said, status=status_of(refusal)), refusal)
    return JsonResponse({"state": state})


def _do(request: SignedIn, act: Callable[[UUID, datetime], object], done: str) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return redirect("outside")
    return _act(request, form.cleaned_data["command_id"], act, done)


def _act(
    request: SignedIn, key: UUID, act: Callable[[UUID, datetime], object], done: str, form: OutsideForm | None = None
) -> HttpResponse:
    try:
        act(key, now())
    except Refused as refusal:
        return _page(request, form=form, refusal=refusal, status=status_of(refusal))
    messages.success(request, done)
    return redirect("outside")


def _form(request: SignedIn) -> OutsideForm:
    data = request.POST if request.method == "POST" and "address" in request.POST else None
    return OutsideForm(data, companies=companies_visible_to(request.user, now()))


def _page(
    request: SignedIn, *, form: OutsideForm | None = None, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    may_enter = request.powers.anywhere(Power.SECURITY) and asking.is_chartered()
    shown = {
        "rows": [shown_outside.row(view, request.user) for view in queries.outside_views(request.user, now())],
        "form": (form or _form(request)) if may_enter else None,
        "is_chartered": asking.is_chartered(),
        "may_end": request.powers.anywhere(Power.SECURITY),
        "may_confirm": any(request.powers.anywhere(power) for power in (Power.SECURITY, Power.AUDIT)),
        "command": CommandForm(),
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/outside.html", shown, status=status)
