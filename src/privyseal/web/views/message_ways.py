"""By which ways one is told of what, and of which seals on the page alone."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from privyseal.notification import actions, queries
from privyseal.web.acting import Said, acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms_of_messages import MuteForm, WaysForm
from privyseal.web.shown.messages import mute_rows, way_rows


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def ways(request: SignedIn) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    channels = list(settings.SENDERS)
    form = WaysForm(request.POST, channels=channels)
    names = [channel.value for channel in channels]
    return _acted(
        request,
        form,
        lambda said: actions.choose_ways.once(
            said["command_id"], request.user, now(), channels=names, unwanted=form.unwanted()
        ),
    )


@capability("signed-in")
@require_POST
def mute(request: SignedIn) -> HttpResponse:
    return _acted(
        request,
        MuteForm(request.POST),
        lambda said: actions.mute.once(
            said["command_id"],
            request.user,
            now(),
            seal_uid=said["seal"],
            is_unit=said["is_unit"],
            is_muted=said["is_muted"],
        ),
    )


def _acted(request: SignedIn, form: Form, act: Callable[[Said], object]) -> HttpResponse:
    done = _("Set. It stays on the page of your messages.")
    return acted(request, form, act, done=done, back=to("message-ways"), again=partial(_page, request))


def _page(request: SignedIn, *, said: str = "", status: int = 200) -> HttpResponse:
    channels = list(settings.SENDERS)
    shown = {
        "form": WaysForm(channels=channels),
        "rows": way_rows(queries.unwanted_by(request.user), channels),
        "seals": mute_rows(queries.lately_told_of(request.user, now())),
        "mute_form": MuteForm(),
        "refusal": said,
    }
    return render(request, "web/message_ways.html", shown, status=status)
