"""What somebody sees and settles about their own signing in."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity import actions, queries
from privyseal.identity.queries import Factor
from privyseal.identity.rules import Means
from privyseal.kernel.errors import Refused
from privyseal.language.labels import MEANS
from privyseal.language.refusals import words_for
from privyseal.web import sessions
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm

_INVALID = 400


@dataclass(frozen=True, slots=True)
class FactorRow:
    id: int
    title: str
    kind: Promise
    enrolled_at: datetime
    used_at: datetime | None


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
    this_one, at = sessions.current(request), now()
    factors = queries.factors_visible_to(request.user, at)
    shown = {
        "factors": [_factor(factor) for factor in factors],
        "provider": settings.PROVIDER,
        "is_linked": settings.PROVIDER is not None and queries.is_linked_to_provider(request.user),
        "may_enrol_totp": all(factor.means is not Means.TOTP for factor in factors),
        "refusal": words_for(refusal) if refusal else "",
        "form": CommandForm(),
        "sessions": [
            SessionRow(row.pk, row.agent, row.address, row.began_at, row.seen_at, row.pk == this_one)
            for row in queries.sessions_visible_to(request.user, at)
        ],
    }
    return render(request, "web/security.html", shown, status=status)


def _factor(factor: Factor) -> FactorRow:
    kind = MEANS[factor.means]
    return FactorRow(factor.id, factor.name or str(kind), kind, factor.enrolled_at, factor.used_at)
