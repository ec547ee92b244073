"""Webhooks: which programs are told, by which key they check it, and what they did not take."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.notification import actions, queries
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_messages import WebhookForm
from privyseal.web.paging import page_of
from privyseal.web.shown.messages import notice_rows, subscription_rows
from privyseal.web.step_up import proven

_INVALID = 400


@capability("signed-in")
@require_safe
def webhook_list(request: SignedIn) -> HttpResponse:
    return _page(request)


@capability(Power.SYSTEM)
@require_POST
@proven("webhook.subscribe")
def subscribe(request: SignedIn) -> HttpResponse:
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=_INVALID)
    said = form.cleaned_data

    def act(key: UUID, at: datetime) -> object:
        name, address, kinds = said["name"], said["address"], tuple(said["kinds"])
        return actions.subscribe.once(key, request.user, at, name=name, address=address, kinds=kinds)

    return _act(
        request, said["command_id"], act, _("Set up. Give the receiver the public key, then send a test."), form
    )


@capability(Power.SYSTEM)
@require_POST
def test(request: SignedIn, uid: str) -> HttpResponse:
    return _do(request, _("A test is on its way."), lambda key, at: _test(request, key, at, uid))


@capability(Power.SYSTEM)
@require_POST
def resume(request: SignedIn, uid: str) -> HttpResponse:
    def act(key: UUID, at: datetime) -> object:
        return actions.resume_webhook.once(key, request.user, at, subscription_uid=uid)

    return _do(request, _("Resumed: what waited goes out now."), act)


@capability(Power.SYSTEM)
@require_POST
def end(request: SignedIn, uid: str) -> HttpResponse:
    def act(key: UUID, at: datetime) -> object:
        return actions.unsubscribe.once(key, request.user, at, subscription_uid=uid)

    return _do(request, _("Ended: the program is told nothing more."), act)


@capability(Power.SYSTEM)
@require_POST
def send_again(request: SignedIn, uid: str) -> HttpResponse:
    def act(key: UUID, at: datetime) -> object:
        return actions.send_notice_again.once(key, request.user, at, notice_uid=uid)

    return _do(request, _("It is on its way once more."), act)


def _test(request: SignedIn, key: UUID, at: datetime, uid: str) -> object:
    return actions.try_webhook.once(key, request.user, at, subscription_uid=uid)


def _do(request: SignedIn, done: str, act: Callable[[UUID, datetime], object]) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return redirect("webhooks")
    return _act(request, form.cleaned_data["command_id"], act, done)


def _act(
    request: SignedIn,
    key: UUID,
    act: Callable[[UUID, datetime], object],
    done: str,
    form: WebhookForm | None = None,
) -> HttpResponse:
    try:
        act(key, now())
    except Refused as refusal:
        return _page(request, form=form, refusal=refusal, status=status_of(refusal))
    messages.success(request, done)
    return redirect("webhooks")


def _page(
    request: SignedIn, *, form: WebhookForm | None = None, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    at = now()
    subscriptions = subscription_rows(queries.subscriptions_visible_to(request.user, at))
    page = page_of(request, queries.troubled_notices(request.user, at), by="-pk")
    may_change = request.powers.anywhere(Power.SYSTEM)
    shown = {
        "subscriptions": subscriptions,
        "page": page,
        "rows": notice_rows(page.rows),
        "form": (form or WebhookForm()) if may_change and settings.WEBHOOK_KEY else None,
        "has_key": bool(settings.WEBHOOK_KEY),
        "command": CommandForm(),
        "may_change": may_change,
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/webhooks.html", shown, status=status)
