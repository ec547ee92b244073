"""Asking again who somebody is, before an act that wants to know: the act's fields wait in the page meanwhile."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Final, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import now

from privyseal.identity import actions
from privyseal.identity.actions import WrongCode
from privyseal.identity.models import Person
from privyseal.identity.queries import factors_visible_to, has_second_factor, installation
from privyseal.identity.rules import (
    DANGEROUS,
    ON_DEMAND,
    Least,
    Means,
    ProofTooOld,
    SecondFactorMissing,
    WrongPassword,
    check_proof,
)
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for
from privyseal.ledger.refusals import record_refusal
from privyseal.web import passkeys, sessions
from privyseal.web.address import address_of
from privyseal.web.answers import refused, status_of
from privyseal.web.capabilities import SignedIn
from privyseal.web.limits import check_sign_in, count_failure

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
# Fields of the page that asks, beside those of the act that waits.
CODE: Final = "proof_code"
PASSWORD: Final = "proof_password"  # noqa: S105  not a secret
CREDENTIAL: Final = "proof_credential"
WHERE_TO: Final = "proof_next"
_OWN: Final = frozenset({CODE, PASSWORD, CREDENTIAL, WHERE_TO, "csrfmiddlewaretoken"})
_LEAST: Final = {row.act: row.least for row in (*DANGEROUS, *ON_DEMAND)}
_ON_DEMAND: Final = frozenset(row.act for row in ON_DEMAND)
_ASKED: Final = 403


def proven(act: str) -> Callable[[View], View]:
    """Let the view act only for somebody who has lately proved who they are; ask others first."""
    least = _LEAST[act]

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedIn, *args: object, **kwargs: object) -> HttpResponseBase:
            if act in _ON_DEMAND and act not in settings.PROOF_DEMANDED:
                return view(request, *args, **kwargs)
            try:
                _check(request, least)
            except ProofTooOld:
                return ask(request, to=request.get_full_path())
            except SecondFactorMissing as refusal:
                record_refusal(act, refusal, by=request.user, at=now())
                return refused(request, refusal)
            return view(request, *args, **kwargs)

        guarded.proven = act  # type: ignore[attr-defined]  # the guard test reads it off the view
        return cast("View", guarded)

    return declare


def ask(request: SignedIn, *, to: str, refusal: Refused | None = None) -> HttpResponse:
    """Show the page that asks, with the fields of the act that waits."""
    shown: dict[str, Any] = {
        "waiting": list(_waiting(request)),
        "where_to": to,
        "refusal": words_for(refusal) if refusal else "",
        **ways(request.user),
    }
    return render(request, "web/confirm.html", shown, status=status_of(refusal) if refusal else _ASKED)


def is_waiting(request: HttpRequest) -> bool:
    """Tell whether the page that was sent carries the fields of an act."""
    return any(True for _ in _waiting(request))


def ways(person: Person) -> dict[str, bool]:
    """Return by what this person can prove who they are; the password counts where there is nothing better."""
    means = {factor.means for factor in factors_visible_to(person, now())}
    return {
        "has_passkey": Means.PASSKEY in means,
        "has_code": Means.TOTP in means,
        "has_nothing_better": not means,
    }


def take(request: HttpRequest, person: Person) -> Means:
    """Take what was sent as proof, or refuse: wrong-code, wrong-password, passkey-not-accepted, too many of them."""
    at, address = now(), address_of(request)
    check_sign_in(address=address, login=person.login, at=at)
    try:
        return Means(_taken(request, person))
    except (WrongCode, WrongPassword, actions.PasskeyNotAccepted, actions.FactorNotOurs):
        count_failure(address=address, login=person.login, at=at)
        raise


def _taken(request: HttpRequest, person: Person) -> str:
    sent, at = request.POST, now()
    if sent.get(CREDENTIAL):
        proved = passkeys.proved(request, sent[CREDENTIAL], person=person)
        return actions.use_passkey(person, at, factor_id=proved.factor_id, counter=proved.counter)
    if sent.get(PASSWORD) and not has_second_factor(person):
        return actions.use_password(person, at, password=sent[PASSWORD])
    return actions.use_code(person, at, code=sent.get(CODE, ""))


def _check(request: SignedIn, least: Least) -> None:
    found = installation()
    check_proof(
        least,
        sessions.proof_of(request),
        at=now(),
        has_strong=has_second_factor(request.user),
        is_demo=found is not None and found.is_demo,
    )


def _waiting(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        if name not in _OWN:
            yield from ((name, str(value)) for value in values)
