"""Impressions at machines that others see first, as they wait on a telephone; and emergencies to be reviewed."""

from functools import partial
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.approvals import actions as approvals
from privyseal.approvals import at_machines
from privyseal.custody.rules.photographs import kind_of
from privyseal.devices import actions, queries
from privyseal.devices.confirming import agreed_to, waits_with
from privyseal.devices.models import Confirmation
from privyseal.kernel.errors import NotFound, Refused
from privyseal.language.refusals import words_for, words_of
from privyseal.sealing.signing import client
from privyseal.web import agreeing
from privyseal.web.acting import Said, acted, to
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import picture as shown_picture
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_machines import ConfirmationsForm, SeenForm
from privyseal.web.shown.voices import voice_of
from privyseal.web.step_up import proven

_SECONDS: Final = 300


@capability("signed-in")
@require_safe
def waiting(request: SignedIn) -> HttpResponse:
    """Show what waits at machines for somebody to see it, and the emergencies that nobody reviewed yet."""
    return _list(request)


@capability("signed-in")
@require_safe
def impression(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, uid)


@capability("signed-in")
@require_safe
def picture(request: SignedIn, uid: str, sha256: str) -> HttpResponse:
    """Show what lies under the seal that waits."""
    found = waits_with(queries.use_to_confirm(request.user, now(), uid))
    if found is None or found.sha256 != sha256:
        raise NotFound(picture=sha256)
    data = b"".join(settings.VAULT.parts(found.sha256))
    return shown_picture(data, kind=kind_of(data), seconds=_SECONDS)


@capability("signed-in")
@require_POST
def confirm(request: SignedIn, uid: str) -> HttpResponse:
    """Take the yes to the impression that waits, or lead to the page on which the approver's own passkey gives it."""
    at = now()
    use = queries.use_to_confirm(request.user, at, uid)

    def act(said: Said) -> HttpResponse:
        key, seen = said["command_id"], said["picture"]
        own = at_machines.passkeys_for(request.user, at, at_machines.to_confirm(use))
        if own:
            return redirect(agreeing.lead_to_impression(request.user, own, use, picture_sha256=seen, command_id=key))
        approvals.agree_to_impression.once(key, request.user, at, use_uid=uid, picture_sha256=seen)
        return _told(request, uid)

    again = partial(_page, request, uid)
    return acted(request, SeenForm(request.POST), act, done="", back=lambda there: there, again=again)


@capability("signed-in")
@require_http_methods(["GET"])
@never_cache
def agreed(request: SignedIn, uid: str) -> HttpResponse:
    """Count the yes to an impression that the approver's own passkey gave."""
    queries.use_to_confirm(request.user, now(), uid)
    if not request.GET.get("code"):
        return redirect("impression", uid)
    try:
        agreeing.count(request.user, now(), code=request.GET["code"])
    except Refused as refusal:
        return _page(request, uid, said=words_for(refusal), status=status_of(refusal))
    return _told(request, uid)


@capability("signed-in")
@require_POST
def decline(request: SignedIn, uid: str) -> HttpResponse:
    """Let the machine stamp no more for this use."""
    queries.use_to_confirm(request.user, now(), uid)
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.decline.once(said["command_id"], request.user, now(), use_uid=uid),
        done=_("The machine is told to stamp nothing more for this use."),
        back=to("confirmations"),
        again=partial(_page, request, uid),
    )


@capability("signed-in")
@require_POST
def review(request: SignedIn, uid: str, word: str) -> HttpResponse:
    """Say whether an emergency was one."""
    queries.use_to_confirm(request.user, now(), uid)
    if word not in {"right", "wrong"}:
        raise NotFound(word=word)
    is_right = word == "right"
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.review.once(said["command_id"], request.user, now(), use_uid=uid, is_right=is_right),
        done=_("It is reviewed.") if is_right else _("It is reviewed, and an incident is open."),
        back=to("confirmations"),
        again=partial(_list, request),
    )


@capability("signed-in")
@require_POST
@proven("device.set-confirmations")
def how_many(request: SignedIn, uid: str) -> HttpResponse:
    """Say how many others see each impression at a machine first."""
    queries.device_visible_to(request.user, now(), uid)
    return acted(
        request,
        ConfirmationsForm(request.POST),
        lambda said: actions.set_confirmations.once(
            said["command_id"],
            request.user,
            now(),
            device_uid=uid,
            confirmations=said["confirmations"],
            is_dual=said["is_dual"],
        ),
        done=_("It holds for uses that are opened from now on."),
        back=to("machine", uid),
    )


def _told(request: SignedIn, uid: str) -> HttpResponse:
    """Have the machine told what was agreed to, and go back; or say why the key did not take it."""
    actions.confirm_at_signer(now(), signer=client())
    last = Confirmation.objects.filter(use__uid=uid, by=request.user).order_by("-pk").first()
    if last is not None and last.refused:
        return _page(request, uid, said=words_of(last.refused, {}), status=HTTPStatus.CONFLICT)
    messages.success(request, _("You agreed. The machine is being told."))
    return redirect("impression", uid)


def _list(request: SignedIn, *, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    page = {
        "waiting": queries.uses_to_confirm(request.user, at),
        "emergencies": queries.emergencies_to_review(request.user, at),
        "command": CommandForm,
        "refusal": said,
    }
    return render(request, "web/confirmations.html", page, status=status)


def _page(request: SignedIn, uid: str, *, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    use = queries.use_to_confirm(request.user, at, uid)
    picture = waits_with(use)
    agreed = agreed_to(use, picture)
    page = {
        "use": use,
        "permit": use.turn.use.permit,
        "picture": picture,
        "agreed": agreed,
        "is_mine": request.user.pk in {one.by_id for one in agreed},
        "was_mine": use.confirmed.filter(impression=use.number, refused=None, by=request.user).exists(),
        "voice": voice_of(request.user, at, at_machines.to_confirm(use)),
        "command": CommandForm,
        "refusal": said,
    }
    return render(request, "web/impression.html", page, status=status)
