"""By which ways one is told of what, and of which seals on the page alone."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.notification import actions, queries
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_messages import MuteForm, WaysForm
from privyseal.web.shown.messages import mute_rows, way_rows

_INVALID = 400


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def ways(request: SignedIn) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    channels = list(settings.SENDERS)
    form = WaysForm(request.POST, channels=channels)
    if not form.is_valid():
        return _page(request, status=_INVALID)
    said = form.cleaned_data
    names = [channel.value for channel in channels]
    try:
        actions.choose_ways.once(said["command_id"], request.user, now(), channels=names, unwanted=form.unwanted())
    except Refused as refusal:
        return _page(request, refusal=refusal, status=status_of(refusal))
    return _done(request)


@capability("signed-in")
@require_POST
def mute(request: SignedIn) -> HttpResponse:
    form = MuteForm(request.POST)
    if not form.is_valid():
        return _page(request, status=_INVALID)
    said = form.cleaned_data
    what = {"seal_uid": said["seal"], "is_unit": said["is_unit"], "is_muted": said["is_muted"]}
    try:
        actions.mute.once(said["command_id"], request.user, now(), **what)
    except Refused as refusal:
        return _page(request, refusal=refusal, status=status_of(refusal))
    return _done(request)


def _done(request: SignedIn) -> HttpResponse:
    messages.success(request, _("Set. It stays on the page of your messages."))
    return redirect("message-ways")


def _page(request: SignedIn, *, refusal: Refused | None = None, status: int = 200) -> HttpResponse:
    channels = list(settings.SENDERS)
    shown = {
        "form": WaysForm(channels=channels),
        "rows": way_rows(queries.unwanted_by(request.user), channels),
        "seals": mute_rows(queries.lately_told_of(request.user, now())),
        "mute_form": MuteForm(),
        "refusal": words_for(refusal) if refusal else "",
    }
    return render(request, "web/message_ways.html", shown, status=status)
