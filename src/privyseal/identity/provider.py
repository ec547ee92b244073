"""The company's own sign-in service, by OpenID Connect: where to send a browser, and whom it vouches for then.

Authorization code with PKCE; the answer is an ID token whose signature, issuer, audience, time and nonce are checked.
Nothing but the subject is taken from it.
"""

import hmac
import json
import secrets
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import jwt

from privyseal.kernel.errors import Refused

_ALGORITHMS: Final = ("RS256", "PS256", "ES256")
_TIMEOUT_SECONDS: Final = 5.0
_LONGEST_ANSWER: Final = 200_000
_LEEWAY_SECONDS: Final = 60
_OK: Final = 200


class ProviderUnavailable(Refused):
    code = "provider-unavailable"


class ProviderNotBelieved(Refused):
    """What came back does not prove who somebody is."""

    code = "provider-not-believed"


@dataclass(frozen=True, slots=True)
class Provider:
    issuer: str
    client_id: str
    client_secret: str
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """What was sent along with the browser; it stays in the session that asks."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Question":
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


def address_to_ask(provider: Provider, question: Question, *, back: str) -> str:
    """Return where to send the browser, or refuse: provider-unavailable."""
    challenge = urlsafe_b64encode(sha256(question.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": "openid",
        "state": question.state,
        "nonce": question.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{_configuration(provider)['authorization_endpoint']}?{urlencode(asked)}"


def subject_of(provider: Provider, question: Question, *, code: str, state: str, back: str) -> str:
    """Return the subject that the provider vouches for, or refuse.

    (1) the answer belongs to the question; (2) the code is exchanged, with the verifier; (3) the token is signed by the
    provider, for us, now; (4) it answers this very question
    """
    if not hmac.compare_digest(state.encode(), question.state.encode()):  # (1)
        raise ProviderNotBelieved
    configuration = _configuration(provider)
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": question.verifier}
    token = _fetch(configuration["token_endpoint"], sent, provider).get("id_token")  # (2)
    claims = _claims(provider, token, _fetch(configuration["jwks_uri"]))  # (3)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), question.nonce.encode()):  # (4)
        raise ProviderNotBelieved
    return str(claims["sub"])


def _claims(provider: Provider, token: object, keys: dict[str, Any]) -> dict[str, Any]:
    try:
        kid = jwt.get_unverified_header(str(token)).get("kid")
        key = next(key for key in jwt.PyJWKSet.from_dict(keys).keys if key.key_id == kid)
        claims: dict[str, Any] = jwt.decode(
            str(token),
            key=key.key,
            algorithms=_ALGORITHMS,
            issuer=provider.issuer,
            audience=provider.client_id,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "exp", "iat", "sub", "nonce"]},
        )
    except (jwt.PyJWTError, StopIteration, TypeError, AttributeError) as error:
        raise ProviderNotBelieved from error
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise ProviderNotBelieved
    return claims


def _configuration(provider: Provider) -> dict[str, Any]:
    found = _fetch(f"{provider.issuer}/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer or not all(
        isinstance(found.get(name), str) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    ):
        raise ProviderUnavailable
    return found


def _fetch(address: str, sent: dict[str, str] | None = None, provider: Provider | None = None) -> dict[str, Any]:
    """Get or post, following no redirect; return the JSON object that comes back, or refuse."""
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=_TIMEOUT_SECONDS)
    headers = {"Accept": "application/json"}
    if provider is not None:
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        path = parts._replace(scheme="", netloc="", fragment="").geturl()
        connection.request("POST" if sent else "GET", path, urlencode(sent) if sent else None, headers)
        answer = connection.getresponse()
        said = json.loads(answer.read(_LONGEST_ANSWER))
    except (OSError, HTTPException, ValueError, RecursionError) as error:
        raise ProviderUnavailable from error
    finally:
        connection.close()
    if not isinstance(said, dict):
        raise ProviderUnavailable
    if answer.status != _OK:
        raise ProviderNotBelieved if provider else ProviderUnavailable
    return said
