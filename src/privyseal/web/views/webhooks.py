"""Webhooks: which programs are told, by which key they check it, and what they did not take."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity.rules import Power
from privyseal.notification import actions, queries
from privyseal.web.acting import Said, acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_messages import WebhookForm
from privyseal.web.paging import page_of
from privyseal.web.shown.messages import notice_rows, subscription_rows
from privyseal.web.step_up import proven


@capability("signed-in")
@require_safe
def webhook_list(request: SignedIn) -> HttpResponse:
    return _page(request)


@capability(Power.SYSTEM)
@require_POST
@proven("webhook.subscribe")
def subscribe(request: SignedIn) -> HttpResponse:
    form = WebhookForm(request.POST)

    def act(said: Said) -> object:
        name, address, kinds = said["name"], said["address"], tuple(said["kinds"])
        return actions.subscribe.once(said["command_id"], request.user, now(), name=name, address=address, kinds=kinds)

    return _acted(request, form, act, _("Set up. Give the receiver the public key, then send a test."), shown=form)


@capability(Power.SYSTEM)
@require_POST
def test(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.try_webhook.once(said["command_id"], request.user, now(), subscription_uid=uid),
        _("A test is on its way."),
    )


@capability(Power.SYSTEM)
@require_POST
def resume(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.resume_webhook.once(said["command_id"], request.user, now(), subscription_uid=uid),
        _("Resumed: what waited goes out now."),
    )


@capability(Power.SYSTEM)
@require_POST
def end(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.unsubscribe.once(said["command_id"], request.user, now(), subscription_uid=uid),
        _("Ended: nothing is sent to the program any longer."),
    )


@capability(Power.SYSTEM)
@require_POST
def send_again(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.send_notice_again.once(said["command_id"], request.user, now(), notice_uid=uid),
        _("It is on its way once more."),
    )


def _acted(
    request: SignedIn, form: Form, act: Callable[[Said], object], done: str, *, shown: WebhookForm | None = None
) -> HttpResponse:
    return acted(request, form, act, done=done, back=to("webhooks"), again=partial(_page, request, form=shown))


def _page(request: SignedIn, *, form: WebhookForm | None = None, said: str = "", status: int = 200) -> HttpResponse:
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
        "refusal": said,
    }
    return render(request, "web/webhooks.html", shown, status=status)
