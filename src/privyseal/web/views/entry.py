"""Codes with which people open their accounts, and passwords."""

import secrets
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from privyseal.identity import actions, queries
from privyseal.identity.models import Person
from privyseal.identity.rules import EntryCodeWrong
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.web import sessions
from privyseal.web.address import address_of
from privyseal.web.answers import refused, status_of
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.limits import check_sign_in, count_failure
from privyseal.web.organisation_forms import OpenAccountForm, PasswordForm
from privyseal.web.step_up import proven

_INVALID: Final = 400
# 32 letters and digits that nobody mistakes for each other; sixteen of them are 80 bits.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS: Final = 4


@capability("signed-in")
@never_cache
@require_POST
@proven("person.make-entry-code")
def make_code(request: SignedIn, pseudonym: str) -> HttpResponse:
    """Make a code and show it, this once."""
    at = now()
    person = queries.person_visible_to(request.user, at, pseudonym)
    if not CommandForm(request.POST).is_valid():
        return redirect("person", pseudonym)
    code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUPS)) for _ in range(_GROUPS))
    try:
        actions.make_entry_code(request.user, at, person_pseudonym=pseudonym, code=code)
    except Refused as refusal:
        return refused(request, refusal)
    made = queries.open_entry_code(request.user, at, pseudonym)
    shown = {"person": person, "code": code, "made": made, "public_url": settings.PUBLIC_URL}
    return render(request, "web/entry_code.html", shown)


@capability("signed-in")
@require_POST
@proven("person.confirm-entry-code")
def confirm_code(request: SignedIn, pseudonym: str, code_id: int) -> HttpResponse:
    form = CommandForm(request.POST)
    if not form.is_valid():
        return redirect("person", pseudonym)
    try:
        actions.confirm_entry_code.once(form.cleaned_data["command_id"], request.user, now(), entry_code_id=code_id)
    except Refused as refusal:
        return refused(request, refusal)
    messages.success(request, _("Confirmed: the code opens the account now."))
    return redirect("person", pseudonym)


@capability("public")
@sensitive_post_parameters("code", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: HttpRequest) -> HttpResponse:
    """Choose a password with a code; a wrong login and a wrong code get the same answer."""
    form = OpenAccountForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _opening(request, form, status=_INVALID if form.is_bound else 200)
    said, at, address = form.cleaned_data, now(), address_of(request)
    try:
        check_sign_in(address=address, login=said["login"], at=at)
        person = Person.objects.filter(login=said["login"].strip(), is_active=True).first()
        if person is None:
            raise EntryCodeWrong
        actions.open_account(person, at, code=said["code"], password=said["password"])
    except Refused as refusal:
        if isinstance(refusal, EntryCodeWrong):
            count_failure(address=address, login=said["login"], at=at)
        return _opening(request, form, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("Your password is set. Sign in with it."))
    return redirect("sign-in")


@capability("signed-in")
@sensitive_post_parameters("current", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: SignedIn) -> HttpResponse:
    form = PasswordForm(request.POST if request.method == "POST" else None)
    refusal: Refused | None = None
    if form.is_valid():
        at, said = now(), form.cleaned_data
        try:
            check_sign_in(address=address_of(request), login=request.user.login, at=at)
            actions.change_password(
                request.user,
                at,
                current=said["current"],
                password=said["password"],
                kept_sha256=sessions.current(request),
            )
        except Refused as refused_for:
            refusal = refused_for
            count_failure(address=address_of(request), login=request.user.login, at=at)
        else:
            request.user.refresh_from_db()
            update_session_auth_hash(request, request.user)
            messages.success(request, _("Your password is changed. All other sessions have ended."))
            return redirect("mine")
    status = status_of(refusal) if refusal else _INVALID if form.is_bound else 200
    said = {"form": form, "refusal": words_for(refusal) if refusal else ""}
    return render(request, "web/password.html", said, status=status)


def _opening(
    request: HttpRequest, form: OpenAccountForm, *, refusal: Refused | None = None, status: int
) -> HttpResponse:
    said = {"form": form, "refusal": words_for(refusal) if refusal else ""}
    return render(request, "web/open_account.html", said, status=status)
