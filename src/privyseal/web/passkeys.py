"""The two ceremonies with a passkey, as the browser plays them: enrolling one, and proving that one has it.

What django-allauth and fido2 verify is challenge, relying party, signature and user verification. Beyond that we want
exactly our own address as origin, no frame in between, and each challenge answered once within minutes.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.timezone import now
from fido2.webauthn import AuthenticationResponse, CollectedClientData, RegistrationResponse

from privyseal.identity.actions import PasskeyNotAccepted
from privyseal.identity.models import Person

_ASKED_AT: Final = "passkey_asked_at"
_ANSWER_SECONDS: Final = 300
_LONGEST_ANSWER: Final = 20_000


@dataclass(frozen=True, slots=True)
class Proved:
    person: Person
    factor_id: int
    counter: int


def ask_to_enrol(request: HttpRequest, person: Person) -> dict[str, Any]:
    """Return what the browser is asked for: a key that it keeps and guards by finger, face or PIN."""
    return _asked(request, auth.begin_registration(person, passwordless=True))


def ask_to_prove(request: HttpRequest, person: Person | None) -> dict[str, Any]:
    """Return what the browser is asked for: any passkey of this address, or one of this person's."""
    return _asked(request, auth.begin_authentication(person))


def enrolled(request: HttpRequest, answer: str) -> dict[str, Any]:
    """Return the verified credential, or refuse: passkey-not-accepted."""
    said = _answered(request, answer)
    try:
        credential = RegistrationResponse.from_dict(said)
        _check_origin(credential.response.client_data)
        binding = auth.complete_registration(said)
    except (ValidationError, ValueError, TypeError, KeyError) as error:
        raise PasskeyNotAccepted from error
    finally:
        auth.clear_state()
    if not binding.is_user_verified():
        raise PasskeyNotAccepted
    return {**said, "id": credential.id}


def proved(request: HttpRequest, answer: str, *, person: Person | None) -> Proved:
    """Return whose passkey answered, or refuse: passkey-not-accepted. Without a person, the passkey says who it is."""
    said = _answered(request, answer)
    try:
        response = AuthenticationResponse.from_dict(said)
        _check_origin(response.response.client_data)
        owner = person or _owner(response)
        factor = auth.complete_authentication(owner, said)
    except (ValidationError, ValueError, TypeError, KeyError) as error:
        raise PasskeyNotAccepted from error
    finally:
        auth.clear_state()
    return Proved(owner, factor.pk, response.response.authenticator_data.counter)


def _asked(request: HttpRequest, options: dict[str, Any]) -> dict[str, Any]:
    request.session[_ASKED_AT] = int(now().timestamp())
    return json.loads(json.dumps(options, default=dict))["publicKey"]  # type: ignore[no-any-return]  # JSON


def _answered(request: HttpRequest, answer: str) -> dict[str, Any]:
    """Return the answer as JSON, if there is a question that it may answer."""
    asked_at = request.session.pop(_ASKED_AT, 0)
    if len(answer) > _LONGEST_ANSWER or now().timestamp() - asked_at > _ANSWER_SECONDS:
        auth.clear_state()
        raise PasskeyNotAccepted
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise PasskeyNotAccepted from error
    if not isinstance(said, dict):
        raise PasskeyNotAccepted
    return said


def _check_origin(client: CollectedClientData) -> None:
    if client.origin != settings.PUBLIC_URL or client.cross_origin:
        raise PasskeyNotAccepted


def _owner(response: AuthenticationResponse) -> Person:
    handle = response.response.user_handle or b""
    owner = Person.objects.filter(pseudonym=handle.decode("ascii", "replace"), is_active=True).first()
    if owner is None:
        raise PasskeyNotAccepted
    return owner
