"""Lost second factors: asked for by one, agreed to by another, and stopped by their owner."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from privyseal.identity import actions
from privyseal.kernel.errors import Refused
from privyseal.web.answers import refused
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.step_up import proven


@capability("signed-in")
@require_POST
@proven("factor.ask-reset")
def ask(request: SignedIn, pseudonym: str) -> HttpResponse:
    def act(key: UUID, at: datetime) -> object:
        return actions.ask_factor_reset.once(key, request.user, at, person_pseudonym=pseudonym)

    return _act(request, act, _("Asked for. A second person has to agree; the owner is told and can stop it."))


@capability("signed-in")
@require_POST
@proven("factor.confirm-reset")
def confirm(request: SignedIn, uid: str) -> HttpResponse:
    def act(key: UUID, at: datetime) -> object:
        return actions.confirm_factor_reset.once(key, request.user, at, reset_uid=uid)

    return _act(request, act, _("The second factors are taken away. Their owner signs in and enrols new ones."))


@capability("signed-in")
@require_POST
def stop(request: SignedIn, uid: str) -> HttpResponse:
    def act(key: UUID, at: datetime) -> object:
        return actions.stop_factor_reset.once(key, request.user, at, reset_uid=uid)

    return _act(request, act, _("Stopped: the second factors stay as they are."))


def _act(request: SignedIn, act: Callable[[UUID, datetime], object], done: str) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return redirect("home")
    try:
        act(form.cleaned_data["command_id"], now())
    except Refused as refusal:
        return refused(request, refusal)
    messages.success(request, done)
    return redirect("home")
