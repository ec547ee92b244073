"""One's own second factors: enrolling and removing."""

from typing import Any, Final

from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.identity import actions
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.web import passkeys
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import picture
from privyseal.web.forms import CommandForm, PasskeyForm, TotpForm
from privyseal.web.step_up import proven

_PENDING: Final = "totp_pending"
_INVALID: Final = 400
_BOTH: Final = ["GET", "HEAD", "POST"]


@capability("signed-in")
@sensitive_post_parameters("code")
@require_http_methods(_BOTH)
@never_cache
@proven("factor.enrol-totp")
def enrol_totp(request: SignedIn) -> HttpResponse:
    """Show a secret to be scanned, and enrol the app that can say its code."""
    if request.method != "POST":
        request.session[_PENDING] = actions.new_totp_secret_of(request.user)
        return _totp_page(request, TotpForm())
    form, sealed = TotpForm(request.POST), request.session.get(_PENDING, "")
    if not form.is_valid() or not sealed:
        return _totp_page(request, form, status=_INVALID) if sealed else redirect("enrol-totp")
    code = "".join(form.cleaned_data["code"].split())
    try:
        actions.enrol_totp(request.user, now(), sealed_secret=sealed, code=code)
    except Refused as refusal:
        return _totp_page(request, form, refusal=refusal, status=status_of(refusal))
    del request.session[_PENDING]
    messages.success(request, _("The authenticator app is enrolled. Make recovery codes for the day you lose it."))
    return redirect("security")


@capability("signed-in")
@require_safe
@never_cache
def totp_picture(request: SignedIn) -> HttpResponse:
    if _PENDING not in request.session:
        raise Http404
    drawn = get_adapter().build_totp_svg(_totp_url(request))
    answer = picture(drawn.encode(), kind="image/svg+xml", seconds=0)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@capability("signed-in")
@require_http_methods(_BOTH)
@proven("factor.enrol-passkey")
def enrol_passkey(request: SignedIn) -> HttpResponse:
    if request.method != "POST":
        return _passkey_page(request, PasskeyForm())
    form = PasskeyForm(request.POST)
    if not form.is_valid():
        return _passkey_page(request, form, status=_INVALID)
    said = form.cleaned_data
    try:
        credential = passkeys.enrolled(request, said["proof_credential"])
        actions.enrol_passkey(request.user, now(), name=said["name"], credential=credential)
    except Refused as refusal:
        return _passkey_page(request, form, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The passkey is enrolled: next time it signs you in automatically."))
    return redirect("security")


@capability("signed-in")
@require_POST
@proven("factor.enrol-passkey")
def enrol_passkey_options(request: SignedIn) -> HttpResponse:
    return JsonResponse(passkeys.ask_to_enrol(request, request.user))


@capability("signed-in")
@require_POST
@proven("factor.remove")
def remove_factor(request: SignedIn, factor_id: int) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return redirect("security")
    actions.remove_factor.once(form.cleaned_data["command_id"], request.user, now(), factor_id=factor_id)
    messages.success(request, _("Removed: it no longer signs anybody in."))
    return redirect("security")


@capability("signed-in")
@require_POST
@never_cache
@proven("factor.renew-codes")
def renew_codes(request: SignedIn) -> HttpResponse:
    """Make recovery codes and show them this once."""
    actions.renew_recovery_codes(request.user, now())
    codes = [_in_fours(code) for code in actions.recovery_codes_of(request.user)]
    return render(request, "web/recovery_codes.html", {"codes": codes})


def _totp_page(request: SignedIn, form: TotpForm, *, refusal: Refused | None = None, status: int = 200) -> HttpResponse:
    secret = actions.opened_totp_secret_of(request.user, request.session[_PENDING])
    return _shown(request, "web/enrol_totp.html", form, refusal, status, secret=_in_fours(secret))


def _passkey_page(
    request: SignedIn, form: PasskeyForm, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    return _shown(request, "web/enrol_passkey.html", form, refusal, status)


def _shown(
    request: SignedIn,
    template: str,
    form: TotpForm | PasskeyForm,
    refusal: Refused | None,
    status: int,
    **more: Any,  # noqa: ANN401  what a template shows is of every kind
) -> HttpResponse:
    shown = {"form": form, "refusal": words_for(refusal) if refusal else "", **more}
    return render(request, template, shown, status=status)


def _totp_url(request: SignedIn) -> str:
    secret = actions.opened_totp_secret_of(request.user, request.session[_PENDING])
    return str(get_adapter().build_totp_url(request.user, secret))


def _in_fours(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
