"""Passkeys for approvals: made by their owner, confirmed by two others, removed by one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from privyseal.approvals import actions
from privyseal.approvals.queries.passkeys import confirmable, passkeys_visible_to
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.web import changing, own_passkeys
from privyseal.web.acting import Said, acted, to
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm, OwnPasskeyForm
from privyseal.web.step_up import proven


@capability("signed-in")
@require_GET
def passkeys(request: SignedIn) -> HttpResponse:
    return _page(request, OwnPasskeyForm())


@capability("signed-in")
@require_POST
@proven("passkey.offer")
def make(request: SignedIn) -> HttpResponse:
    """Lead to the page on which the passkey is made."""
    form = OwnPasskeyForm(request.POST)
    return acted(
        request,
        form,
        lambda said: own_passkeys.lead(request.user, now(), name=said["name"], command_id=said["command_id"]),
        done="",
        back=redirect,
        again=lambda *, said, status: _page(request, form, said=said, status=status),
    )


@capability("signed-in")
@require_http_methods(["GET"])
@never_cache
def made(request: SignedIn) -> HttpResponse:
    """Offer what was made there to those who confirm it."""
    if not request.GET.get("code"):
        return redirect("approval-passkeys")
    try:
        own_passkeys.offer(request.user, now(), code=request.GET["code"])
    except Refused as refusal:
        return _page(request, OwnPasskeyForm(), said=words_for(refusal), status=status_of(refusal))
    messages.success(request, _("The passkey is made. It counts once two people have confirmed it."))
    return redirect("approval-passkeys")


@capability("signed-in")
@require_POST
@proven("passkey.confirm")
def confirm(request: SignedIn, uid: str) -> HttpResponse:
    """Take the confirmation here, or lead to the page on which security's own passkey gives it."""
    at = now()
    is_led = changing.has_voice(request.user, at)

    def act(said: Said) -> str:
        if is_led:
            return changing.lead(request.user, at, passkey_uid=uid, command_id=said["command_id"])
        actions.confirm_passkey.once(said["command_id"], request.user, at, passkey_uid=uid)
        return reverse("approval-passkeys")

    return acted(
        request,
        CommandForm(request.POST),
        act,
        done="" if is_led else _("Your confirmation is recorded."),
        back=redirect,
        again=lambda *, said, status: _page(request, OwnPasskeyForm(), said=said, status=status),
    )


@capability("signed-in")
@require_http_methods(["GET"])
@never_cache
def confirmed(request: SignedIn) -> HttpResponse:
    """Count the confirmation that security's own passkey gave."""
    if not request.GET.get("code"):
        return redirect("approval-passkeys")
    try:
        changing.count(request.user, now(), code=request.GET["code"])
    except Refused as refusal:
        return _page(request, OwnPasskeyForm(), said=words_for(refusal), status=status_of(refusal))
    messages.success(request, _("Your confirmation is recorded."))
    return redirect("approval-passkeys")


@capability("signed-in")
@require_POST
def remove(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.remove_passkey.once(said["command_id"], request.user, now(), passkey_uid=uid),
        done=_("The passkey no longer counts."),
        back=to("approval-passkeys"),
        again=lambda *, said, status: _page(request, OwnPasskeyForm(), said=said, status=status),
    )


def _page(request: SignedIn, form: OwnPasskeyForm, *, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    passkeys = list(passkeys_visible_to(request.user, at))
    shown = {
        "form": form,
        "command": CommandForm(),
        "passkeys": passkeys,
        "confirmable": confirmable(request.user, at, passkeys),
        "may_remove": request.powers.has(Power.SECURITY, None),
        "refusal": said,
    }
    return render(request, "web/approval_passkeys.html", shown, status=status)
