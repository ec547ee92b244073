"""From a first proof to a session: who is half in, who is in, and where they go on."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now

from privyseal.identity import actions
from privyseal.identity.models import Person
from privyseal.identity.queries import has_second_factor
from privyseal.identity.rules import Means
from privyseal.web import sessions

_BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
_YEAR_SECONDS: Final = 365 * 24 * 60 * 60
_HALF: Final = "half_entered"
_HALF_SECONDS: Final = 300


def begin(request: HttpRequest, person: Person, at: datetime, *, means: Means, to: str = "") -> HttpResponse:
    """Let somebody in who has proved one thing, or ask for the second where they have one."""
    request.session.cycle_key()
    request.session[_HALF] = [person.pseudonym, int(at.timestamp()), next_page(request, to)]
    return redirect("second-step") if has_second_factor(person) else enter(request, person, at, means=means)


def half_entered(request: HttpRequest) -> Person | None:
    """Return who has proved the first of two things in this browser, a moment ago."""
    pseudonym, at, _ = request.session.get(_HALF, ("", 0, ""))
    if now().timestamp() - at > _HALF_SECONDS:
        return None
    return Person.objects.filter(pseudonym=pseudonym, is_active=True).first()


def enter(request: HttpRequest, person: Person, at: datetime, *, means: Means) -> HttpResponse:
    """Record first: whoever cannot be recorded does not get in."""
    actions.record_sign_in(person, at, means=means)
    _, _, to = request.session.pop(_HALF, ("", 0, next_page(request)))
    login(request, person, backend=_BACKEND)
    sessions.begin(request, means)
    response = redirect(to)
    return speaking(response, person.language) if person.language else response


def next_page(request: HttpRequest, wanted: str = "") -> str:
    """Return where to go on: only ever a page of ours."""
    wanted = wanted or request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else resolve_url("home")


def speaking(response: HttpResponse, language: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=_YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
