"""Messages between programs, signed as Standard Webhooks 1.0 says, with Ed25519 (``v1a``). Pure."""

from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from privyseal.kernel.errors import Refused

TOLERANCE: Final = timedelta(minutes=5)

_SCHEME: Final = "v1a"
_PUBLIC: Final = "whpk_"
_KEY_BYTES: Final = 32
_MOST_NAME: Final = 128


class WebhookNotPossible(Refused):
    """That is no address under https, nor one of a host inside that was named."""

    code = "webhook-not-possible"


class HookUnsigned(Refused):
    """What came is not signed by the key that was given for its sender, or is too old to be from now."""

    code = "hook-unsigned"


class HookKeyUnreadable(Refused):
    """That is no Ed25519 public key as the standard writes it: ``whpk_`` and 32 bytes in base64."""

    code = "hook-key-unreadable"


def check_address(address: str, *, inside: Collection[str]) -> None:
    """Return if a program may be told there: under TLS, or inside the company at a host that was named, or refuse."""
    try:
        parts = urlsplit(address)
        is_whole = bool(parts.hostname) and not (parts.username or parts.fragment) and parts.port != 0
    except ValueError:
        is_whole = False
    is_plain = address.isascii() and address.isprintable() and " " not in address
    if not (is_whole and is_plain):
        raise WebhookNotPossible
    is_inside = parts.scheme == "http" and parts.hostname in inside
    if parts.scheme != "https" and not is_inside:
        raise WebhookNotPossible


def key_for(secret: str, use: str, uid: str) -> Ed25519PrivateKey:
    """Return the key for one receiver, made of the installation's secret: none lies in a database."""
    made = HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"privyseal/{use}/v1\0{uid}".encode()).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(made)


def public_text(key: Ed25519PublicKey) -> str:
    return _PUBLIC + b64encode(key.public_bytes_raw()).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """Return the key that ``public_text`` wrote, or refuse."""
    try:
        raw = b64decode(text.removeprefix(_PUBLIC), validate=True)
        if not text.startswith(_PUBLIC):
            raise HookKeyUnreadable
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise HookKeyUnreadable from error


def headers_for(key: Ed25519PrivateKey, name: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of a JSON body; ``name`` is the same whenever the message is sent again."""
    seconds = int(at.timestamp())
    signature = b64encode(key.sign(_signed(name, str(seconds), body))).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"{_SCHEME},{signature}",
    }


def checked(key: Ed25519PublicKey, headers: Mapping[str, str], body: bytes, at: datetime) -> str:
    """Return the name of a message that came, or refuse one that its sender did not sign within the tolerance.

    Of several signatures, as while a sender changes keys, one has to be good.
    """
    name, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not 0 < len(name) <= _MOST_NAME or not seconds.isascii() or not seconds.isdecimal():
        raise HookUnsigned
    if abs(int(seconds) - at.timestamp()) > TOLERANCE.total_seconds():
        raise HookUnsigned
    given = (each.partition(",") for each in headers.get("webhook-signature", "").split(" "))
    if not any(_is_good(key, text, _signed(name, seconds, body)) for scheme, _, text in given if scheme == _SCHEME):
        raise HookUnsigned
    return name


def _is_good(key: Ed25519PublicKey, signature: str, signed: bytes) -> bool:
    try:
        key.verify(b64decode(signature, validate=True), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed(name: str, seconds: str, body: bytes) -> bytes:
    return f"{name}.{seconds}.".encode() + body
