"""Where this installation's signer listens, and the key by which the web application gives it its word."""

from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from privyseal.identity.queries import installation
from privyseal.signer.client import Client
from privyseal.signer.epochs import FIRST


@cache
def client() -> Client:
    return Client(Path(settings.SIGNER_SOCKET), epoch=_epoch)


@cache
def _epoch() -> int:
    """Return which signer this process knows; one that began before a restore is refused, and has to start again."""
    founded = installation()
    return FIRST if founded is None else founded.signer_epoch


@cache
def web_key() -> Ed25519PrivateKey:
    """Return the web application's own key, with which it vouches for a signed-in person."""
    key = load_pem_private_key((settings.DATA / "secrets" / "web.key").read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("secrets/web.key is not an Ed25519 key")
    return key
