"""Who is here: sign in, sign out, language."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.timezone import now
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.identity import actions
from privyseal.identity.models import Person
from privyseal.identity.queries import demo_people, grants_in_force, installation
from privyseal.identity.rules import Means, Power
from privyseal.kernel.errors import Refused
from privyseal.language.labels import POWER
from privyseal.language.refusals import words_for
from privyseal.web import entering, passkeys, step_up
from privyseal.web.address import address_of
from privyseal.web.answers import status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import SignInForm
from privyseal.web.limits import check_address, check_sign_in, count_failed_address, count_failure


@dataclass(frozen=True, slots=True)
class DemoPerson:
    login: str
    name: str
    powers: tuple[Promise, ...]


@capability("public")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for login and password; wrong ones get the same answer, whichever was wrong."""
    if request.method != "POST":
        return _sign_in_page(request, SignInForm())
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, status=400)
    address, name, at = address_of(request), form.cleaned_data["login"], now()
    try:
        check_sign_in(address=address, login=name, at=at)
        person = authenticate(request, username=name, password=form.cleaned_data["password"])
        if not isinstance(person, Person):
            count_failure(address=address, login=name, at=at)
            return _sign_in_page(request, form, is_wrong=True, status=403)
        return entering.begin(request, person, at, means=Means.PASSWORD)
    except Refused as refusal:
        return _sign_in_page(request, form, refusal=refusal, status=status_of(refusal))


@capability("public")
@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Enter by a passkey: it says who it is and was unlocked by its owner, so no second step follows."""
    address, at = address_of(request), now()
    try:
        check_address(address, at)
        proved = passkeys.proved(request, request.POST.get(step_up.CREDENTIAL, ""), person=None)
        actions.use_passkey(proved.person, at, factor_id=proved.factor_id, counter=proved.counter)
        return entering.enter(request, proved.person, at, means=Means.PASSKEY)
    except Refused as refusal:
        count_failed_address(address, at)
        return _sign_in_page(request, SignInForm(), refusal=refusal, status=status_of(refusal))


@capability("public")
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Enter as one of a demo's cast; there is nobody to choose anywhere else."""
    person = get_object_or_404(demo_people(), login=request.POST.get("login", ""))
    return entering.enter(request, person, now(), means=Means.DEMO)


@capability("signed-in")
@require_POST
def sign_out(request: SignedIn) -> HttpResponse:
    actions.record_sign_out(request.user, now())
    logout(request)
    return redirect("sign-in")


@capability("public")
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak this language from now on: kept with the person, and in a cookie for whoever is signed out."""
    language = request.POST.get("language", "")
    response = redirect(entering.next_page(request))
    if language not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, Person):
        actions.set_language(request.user, now(), language=language)
    return entering.speaking(response, language)


@capability("signed-in")
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    return render(request, "web/mine.html")


def _sign_in_page(
    request: HttpRequest, form: SignInForm, *, is_wrong: bool = False, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    shown = {
        "form": form,
        "is_wrong": is_wrong,
        "refusal": words_for(refusal) if refusal else "",
        "provider": settings.PROVIDER,
        "next": entering.next_page(request),
        "is_founded": installation() is not None,
        "people": _demo_cast(now()),
    }
    return render(request, "web/sign_in.html", shown, status=status)


def _demo_cast(at: datetime) -> list[DemoPerson]:
    people = list(demo_people())
    held: dict[int, set[Power]] = defaultdict(set)
    for person_id, power in grants_in_force(at).filter(person__in=people).values_list("person_id", "power"):
        held[person_id].add(Power(power))
    return [
        DemoPerson(person.login, person.name, tuple(POWER[power] for power in Power if power in held[person.pk]))
        for person in people
    ]
