"""Outside approval systems: who they are, how questions to them fare, and what they answer."""

from collections.abc import Callable
from functools import partial

from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
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
from privyseal.web.acting import Said, acted, to
from privyseal.web.answers import advised, status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_outside import OutsideForm
from privyseal.web.shown import outside as shown_outside
from privyseal.web.step_up import proven

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

    def act(said: Said) -> object:
        given = {"name": said["name"], "address": said["address"], "key": said["key"]}
        return actions.register_outside.once(
            said["command_id"], request.user, now(), company_uid=said["company"], **given
        )

    return _acted(request, form, act, _("Entered. It counts once a second person has confirmed it."), shown=form)


@capability("signed-in")
@require_POST
@proven("outside.confirm")
def confirm(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.confirm_outside.once(said["command_id"], request.user, now(), system_uid=uid),
        _("Confirmed: what it signs counts from now on, where a policy names it."),
    )


@capability(Power.SECURITY)
@require_POST
def end(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.end_outside.once(said["command_id"], request.user, now(), system_uid=uid),
        _("Ended: nothing that it says counts any longer."),
    )


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


def _acted(
    request: SignedIn, form: Form, act: Callable[[Said], object], done: str, *, shown: OutsideForm | None = None
) -> HttpResponse:
    return acted(request, form, act, done=done, back=to("outside"), again=partial(_page, request, form=shown))


def _form(request: SignedIn) -> OutsideForm:
    data = request.POST if request.method == "POST" and "address" in request.POST else None
    return OutsideForm(data, companies=companies_visible_to(request.user, now()))


def _page(request: SignedIn, *, form: OutsideForm | None = None, said: str = "", status: int = 200) -> HttpResponse:
    may_enter = request.powers.anywhere(Power.SECURITY) and asking.is_chartered()
    shown = {
        "rows": [shown_outside.row(view, request.user) for view in queries.outside_views(request.user, now())],
        "form": (form or _form(request)) if may_enter else None,
        "is_chartered": asking.is_chartered(),
        "may_end": request.powers.anywhere(Power.SECURITY),
        "may_confirm": any(request.powers.anywhere(power) for power in (Power.SECURITY, Power.AUDIT)),
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/outside.html", shown, status=status)
