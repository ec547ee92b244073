"""Messages: what came, where and when one is reached, and what did not go out."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity import attempts
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.language.messages import CODE_KIND
from privyseal.language.refusals import words_for
from privyseal.notification import actions, queries
from privyseal.notification.rules import DAILY_AT, REMINDED, TOLD, Channel
from privyseal.web.answers import refused, status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_messages import AddressCodeForm, AddressForm, ReadForm, WishesForm
from privyseal.web.limits import LockedOut
from privyseal.web.paging import page_of
from privyseal.web.shown.messages import address_rows, delivery_rows, gap_rows, message_rows, tally_rows
from privyseal.web.step_up import proven

_INVALID: Final = 400
_CODES: Final = "address-code-of"


@capability("signed-in")
@require_safe
def message_list(request: SignedIn) -> HttpResponse:
    at = now()
    page = page_of(request, queries.messages_visible_to(request.user, at).prefetch_related("deliveries"), by="-pk")
    newest = page.rows[0] if page.rows and page.is_first else None
    has_unread = newest is not None and queries.unread(request.user, at, most=1) > 0
    shown = {
        "page": page,
        "rows": message_rows(page.rows),
        "form": ReadForm(initial={"up_to_uid": newest.uid}) if newest is not None and has_unread else None,
        "may_look_after": request.powers.anywhere(Power.SYSTEM) or request.powers.reads_everything,
    }
    return render(request, "web/messages.html", shown)


@capability("signed-in")
@require_POST
def read_all(request: SignedIn) -> HttpResponse:
    form = ReadForm(request.POST)
    if not form.is_valid():
        return redirect("messages")
    said = form.cleaned_data
    try:
        actions.read_all.once(said["command_id"], request.user, now(), up_to_uid=said["up_to_uid"])
    except Refused as refusal:
        return refused(request, refusal)
    return redirect("messages")


@capability("signed-in")
@require_safe
def wishes(request: SignedIn) -> HttpResponse:
    return _wishes_page(request)


@capability("signed-in")
@require_POST
def set_wishes(request: SignedIn) -> HttpResponse:
    form = WishesForm(request.POST)
    if not form.is_valid():
        return _wishes_page(request, wishes_form=form, status=_INVALID)
    said = form.cleaned_data
    actions.set_wishes.once(
        said["command_id"],
        request.user,
        now(),
        begins=said["begins"].isoformat("minutes"),
        ends=said["ends"].isoformat("minutes"),
        daily_on_page_only=said["daily_on_page_only"],
    )
    messages.success(request, _("Set. What is urgent comes at any hour."))
    return redirect("message-wishes")


@capability("signed-in")
@require_POST
@proven("address.name")
def name_address(request: SignedIn) -> HttpResponse:
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _wishes_page(request, refusal=actions.AddressNotPossible(), status=_INVALID)
    said = form.cleaned_data
    channel = Channel(said["channel"])
    if channel not in settings.SENDERS:
        return _wishes_page(request, status=_INVALID)

    def act(key: UUID, at: datetime) -> object:
        return actions.name_address.once(key, request.user, at, channel=channel, value=said["value"])

    return _act(request, said["command_id"], act, _("A code is on its way there. Enter it here within 30 minutes."))


@capability("signed-in")
@sensitive_post_parameters("code")
@require_POST
def confirm_address(request: SignedIn, uid: str) -> HttpResponse:
    form = AddressCodeForm(request.POST)
    if not form.is_valid():
        return _wishes_page(request, code_form=form, status=_INVALID)
    said, at = form.cleaned_data, now()
    if attempts.seen_lately(_CODES, request.user.pseudonym, at) >= settings.SIGN_INS_BEFORE_LOCK_OUT:
        return _wishes_page(request, refusal=LockedOut(), status=status_of(LockedOut()))
    attempts.count(_CODES, request.user.pseudonym, at)

    def act(key: UUID, at: datetime) -> object:
        return actions.confirm_address.once(key, request.user, at, address_uid=uid, code=said["code"])

    return _act(request, said["command_id"], act, _("Confirmed: messages go there from now on."))


@capability("signed-in")
@require_POST
def remove_address(request: SignedIn, uid: str) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return redirect("message-wishes")

    def act(key: UUID, at: datetime) -> object:
        return actions.remove_address.once(key, request.user, at, address_uid=uid)

    return _act(request, form.cleaned_data["command_id"], act, _("Removed: nothing goes there any more."))


@capability("signed-in")
@require_safe
def deliveries(request: SignedIn) -> HttpResponse:
    return _deliveries_page(request)


@capability(Power.SYSTEM)
@require_POST
def send_again(request: SignedIn, uid: str) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return redirect("deliveries")
    try:
        actions.send_again.once(form.cleaned_data["command_id"], request.user, now(), delivery_uid=uid)
    except Refused as refusal:
        return _deliveries_page(request, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("It is on its way once more."))
    return redirect("deliveries")


def _act(request: SignedIn, key: UUID, act: Callable[[UUID, datetime], object], done: str) -> HttpResponse:
    try:
        act(key, now())
    except Refused as refusal:
        return _wishes_page(request, refusal=refusal, status=status_of(refusal))
    messages.success(request, done)
    return redirect("message-wishes")


def _wishes_page(
    request: SignedIn,
    *,
    wishes_form: WishesForm | None = None,
    code_form: AddressCodeForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    quiet, on_page_only = queries.wishes_of(request.user)
    usual = {"begins": quiet.begins, "ends": quiet.ends, "daily_on_page_only": on_page_only}
    shown = {
        "addresses": address_rows(queries.addresses_visible_to(request.user, now())),
        "address_forms": [AddressForm.by(channel) for channel in settings.SENDERS],
        "code_form": code_form or AddressCodeForm(),
        "wishes_form": wishes_form or WishesForm(initial=usual),
        "plain_form": CommandForm(),
        "daily_at": DAILY_AT,
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/message_wishes.html", shown, status=status)


def _deliveries_page(request: SignedIn, *, refusal: Refused | None = None, status: int = 200) -> HttpResponse:
    at = now()
    page = page_of(request, queries.troubled_deliveries(request.user, at), by="-pk")
    shown = {
        "page": page,
        "rows": delivery_rows(page.rows),
        "tallies": tally_rows(queries.tallies(request.user, at)),
        "form": CommandForm(),
        "may_send_again": request.powers.anywhere(Power.SYSTEM),
        "has_channels": bool(settings.SENDERS),
        "gaps": gap_rows(
            gap
            for sender in settings.SENDERS.values()
            for gap in sender.gaps(
                [*(row.kind for row in (*TOLD, *REMINDED)), CODE_KIND], [code for code, _ in settings.LANGUAGES]
            )
        ),
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/deliveries.html", shown, status=status)
