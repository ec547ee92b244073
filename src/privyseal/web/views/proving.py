"""Proving who one is: the second step of signing in, and once more before a dangerous act."""

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.web import entering, passkeys, sessions, step_up
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability

_BOTH: Final = ["GET", "HEAD", "POST"]


@capability("public")
@sensitive_post_parameters(step_up.CODE)
@require_http_methods(_BOTH)
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask whoever has proved one thing for the second; without the first there is nobody to ask."""
    person = entering.half_entered(request)
    if person is None:
        return redirect("sign-in")
    if request.method != "POST":
        return _second_page(request, person)
    try:
        means = step_up.take(request, person)
        return entering.enter(request, person, now(), means=means)
    except Refused as refusal:
        return _second_page(request, person, refusal=refusal, status=status_of(refusal))


@capability("public")
@require_POST
def second_step_options(request: HttpRequest) -> HttpResponse:
    person = entering.half_entered(request)
    if person is None:
        return JsonResponse({}, status=403)
    return JsonResponse(passkeys.ask_to_prove(request, person))


@capability("public")
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """Ask for any passkey of this address: who it is, the passkey says."""
    return JsonResponse(passkeys.ask_to_prove(request, None))


@capability("signed-in")
@sensitive_post_parameters(step_up.CODE, step_up.PASSWORD)
@require_http_methods(_BOTH)
def confirm(request: SignedIn) -> HttpResponse:
    """Take the proof and go on to the act that waits, with its fields; every proof gives the session a new key."""
    to = entering.next_page(request, request.POST.get(step_up.WHERE_TO) or request.GET.get("next", ""))
    if request.method != "POST":
        return step_up.ask(request, to=to)
    try:
        means = step_up.take(request, request.user)
    except Refused as refusal:
        return step_up.ask(request, to=to, refusal=refusal)
    sessions.prove(request, means)
    return HttpResponseRedirect(to, preserve_request=step_up.is_waiting(request))


@capability("signed-in")
@require_POST
def confirm_options(request: SignedIn) -> HttpResponse:
    return JsonResponse(passkeys.ask_to_prove(request, request.user))


def _second_page(
    request: HttpRequest, person: Person, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    shown = {"refusal": words_for(refusal) if refusal else "", **step_up.ways(person)}
    return render(request, "web/second_step.html", shown, status=status)
