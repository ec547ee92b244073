"""Messages: what came, where and when one is reached, and what did not go out."""

from collections.abc import Callable
from functools import partial
from typing import Final

from django.conf import settings
from django.forms import Form
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
from privyseal.notification import actions, queries
from privyseal.notification.push.sender import WebPush
from privyseal.notification.rules import DAILY_AT, REMINDED, TOLD, Channel
from privyseal.web.acting import NotFilledIn, Said, acted, to
from privyseal.web.answers import refused
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_messages import AddressCodeForm, AddressForm, BrowserForm, ReadForm, WishesForm
from privyseal.web.limits import LockedOut, count_code
from privyseal.web.paging import page_of
from privyseal.web.shown.messages import address_rows, delivery_rows, gap_rows, message_rows, tally_rows
from privyseal.web.step_up import proven

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
    return _acted(
        request,
        form,
        lambda said: actions.set_wishes.once(
            said["command_id"],
            request.user,
            now(),
            begins=said["begins"].isoformat("minutes"),
            ends=said["ends"].isoformat("minutes"),
            daily_on_page_only=said["daily_on_page_only"],
        ),
        _("Set. What is urgent comes at any hour."),
        wishes_form=form,
    )


@capability("signed-in")
@require_POST
@proven("address.name")
def name_address(request: SignedIn) -> HttpResponse:
    def act(said: Said) -> object:
        channel = Channel(said["channel"])
        if channel not in settings.SENDERS:
            raise NotFilledIn
        at = now()
        count_code(request.user, said["value"], at)
        return actions.name_address.once(said["command_id"], request.user, at, channel=channel, value=said["value"])

    form = AddressForm(request.POST)
    return _acted(request, form, act, _("A code is on its way there. Enter it here within 30 minutes."))


@capability("signed-in")
@sensitive_post_parameters("code")
@require_POST
def confirm_address(request: SignedIn, uid: str) -> HttpResponse:
    def act(said: Said) -> object:
        at = now()
        if attempts.seen_lately(_CODES, request.user.pseudonym, at) >= settings.SIGN_INS_BEFORE_LOCK_OUT:
            raise LockedOut
        attempts.count(_CODES, request.user.pseudonym, at)
        return actions.confirm_address.once(said["command_id"], request.user, at, address_uid=uid, code=said["code"])

    form = AddressCodeForm(request.POST)
    return _acted(request, form, act, _("Confirmed: messages go there from now on."), code_form=form)


@capability("signed-in")
@require_POST
def remove_address(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.remove_address.once(said["command_id"], request.user, now(), address_uid=uid),
        _("Removed: nothing is sent there any longer."),
    )


@capability("signed-in")
@require_POST
@proven("browser.name")
def name_browser(request: SignedIn) -> HttpResponse:
    agent = request.headers.get("User-Agent", "")

    def act(said: Said) -> object:
        keys = {name: said[name] for name in ("endpoint", "p256dh", "auth")}
        return actions.name_browser.once(said["command_id"], request.user, now(), agent=agent, **keys)

    return _acted(request, BrowserForm(request.POST), act, _("Messages are shown in this browser from now on."))


@capability("signed-in")
@require_POST
def remove_browser(request: SignedIn, uid: str) -> HttpResponse:
    return _acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.remove_browser.once(said["command_id"], request.user, now(), browser_uid=uid),
        _("Removed: nothing is sent there any longer."),
    )


@capability("signed-in")
@require_safe
def deliveries(request: SignedIn) -> HttpResponse:
    return _deliveries_page(request)


@capability(Power.SYSTEM)
@require_POST
def send_again(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.send_again.once(said["command_id"], request.user, now(), delivery_uid=uid),
        done=_("It is on its way once more."),
        back=to("deliveries"),
        again=partial(_deliveries_page, request),
    )


def _acted(
    request: SignedIn,
    form: Form,
    act: Callable[[Said], object],
    done: str,
    *,
    wishes_form: WishesForm | None = None,
    code_form: AddressCodeForm | None = None,
) -> HttpResponse:
    again = partial(_wishes_page, request, wishes_form=wishes_form, code_form=code_form)
    return acted(request, form, act, done=done, back=to("message-wishes"), again=again)


def _wishes_page(
    request: SignedIn,
    *,
    wishes_form: WishesForm | None = None,
    code_form: AddressCodeForm | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    quiet, on_page_only = queries.wishes_of(request.user)
    usual = {"begins": quiet.begins, "ends": quiet.ends, "daily_on_page_only": on_page_only}
    shown = {
        "addresses": address_rows(queries.addresses_visible_to(request.user, now())),
        "address_forms": AddressForm.all_of(settings.SENDERS),
        "browsers": list(queries.browsers_visible_to(request.user, now())),
        "browser_form": BrowserForm() if Channel.PUSH in settings.SENDERS else None,
        "push_key": _push_key(),
        "code_form": code_form or AddressCodeForm(),
        "wishes_form": wishes_form or WishesForm(initial=usual),
        "plain_form": CommandForm(),
        "daily_at": DAILY_AT,
        "refusal": said,
    }
    return render(request, "web/message_wishes.html", shown, status=status)


def _push_key() -> str:
    sender = settings.SENDERS.get(Channel.PUSH)
    return sender.public_key if isinstance(sender, WebPush) else ""


def _deliveries_page(request: SignedIn, *, said: str = "", status: int = 200) -> HttpResponse:
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
        "refusal": said,
    }
    return render(request, "web/deliveries.html", shown, status=status)
