"""What may be kept by everybody and shown to others: that it is ours, and of when, its signature says."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from privyseal.message_signatures import public_jwk, signed_headers
from privyseal.web.downloads import shared
from privyseal.webhooks import key_for

STATUS: Final = "privyseal-status"
PAPER: Final = "privyseal-paper"
DEVICES: Final = "privyseal-devices"
"""What an answer is for; none signed for one fits the other."""


def signed(request: HttpRequest, data: bytes, *, kind: str, tag: str) -> HttpResponse:
    response = shared(request, data, kind=kind)
    for name, value in signed_headers(data, kind=kind, key=_key(), at=now(), tag=tag).items():
        response.headers[name] = value
    return response


def public_key() -> dict[str, str]:
    """Return the key by which these answers are signed, as a JSON Web Key."""
    return public_jwk(_key().public_key())


def _key() -> Ed25519PrivateKey:
    return key_for(settings.WEBHOOK_KEY, "status", settings.PUBLIC_URL)
