"""What somebody sees and settles about their own signing in."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity import actions, queries
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.web import sessions
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm

_INVALID = 400


@dataclass(frozen=True, slots=True)
class SessionRow:
    sha256: str
    agent: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this_one: bool


@capability("signed-in")
@require_safe
def security(request: SignedIn) -> HttpResponse:
    return _page(request)


@capability("signed-in")
@require_POST
def end_session(request: SignedIn, sha256: str) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return _page(request, status=_INVALID)
    try:
        actions.end_session.once(form.cleaned_data["command_id"], request.user, now(), session_sha256=sha256)
    except Refused as refusal:
        return _page(request, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("The session has ended: nobody is signed in there any more."))
    return redirect("security")


@capability("signed-in")
@require_POST
def end_other_sessions(request: SignedIn) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return _page(request, status=_INVALID)
    ended = actions.end_other_sessions.once(
        form.cleaned_data["command_id"], request.user, now(), kept_sha256=sessions.current(request)
    )
    said = ngettext("%(count)s other session has ended.", "%(count)s other sessions have ended.", ended)
    messages.success(request, said % {"count": ended})
    return redirect("security")


def _page(request: SignedIn, *, refusal: Refused | None = None, status: int = 200) -> HttpResponse:
    this_one = sessions.current(request)
    shown = {
        "refusal": words_for(refusal) if refusal else "",
        "form": CommandForm(),
        "sessions": [
            SessionRow(row.pk, row.agent, row.address, row.began_at, row.seen_at, row.pk == this_one)
            for row in queries.sessions_visible_to(request.user, now())
        ],
    }
    return render(request, "web/security.html", shown, status=status)
