"""Signed frames: JSON in a compact JWS (RFC 7515) by ECDSA on P-256 with SHA-256 (ES256, RFC 7518, 3.4).

The header has exactly three members: the algorithm, what the frame is (``typ``), and whose key it is by (``kid``, the
JWK thumbprint of RFC 7638). A frame says who signed it, and is believed only by whoever expects that key.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from jwt import InvalidSignatureError, PyJWS, PyJWTError
from jwt.utils import base64url_encode

from privyseal.kernel.canonical import Json, NotCanonical, canonical, parse
from privyseal.kernel.errors import Refused

MOST_CHARACTERS: Final = 1 << 18
_HALF: Final = 32
_ES256: Final = "ES256"
_JWS: Final = PyJWS()


class FrameBroken(Refused):
    """What came is no frame of the device protocol."""

    code = "frame-broken"


class FrameForged(Refused):
    """The frame is not signed by the key that it has to be by."""

    code = "frame-forged"


class Frame(StrEnum):
    """What is signed. Only the signer's key opens; the gateway's asks, locks and acknowledges; a device's tells."""

    TICKET = "privyseal-ticket"
    ORDER = "privyseal-order"
    REQUEST = "privyseal-request"
    ACKNOWLEDGEMENT = "privyseal-acknowledgement"
    EVENTS = "privyseal-events"


@dataclass(frozen=True, slots=True)
class FrameKey:
    """A public key on P-256 that frames are by, as its two coordinates of 32 bytes each."""

    x: bytes
    y: bytes

    @classmethod
    def of(cls, public: ec.EllipticCurvePublicKey) -> "FrameKey":
        numbers = public.public_numbers()
        return cls(numbers.x.to_bytes(_HALF, "big"), numbers.y.to_bytes(_HALF, "big"))

    @property
    def kid(self) -> str:
        """Return the thumbprint of RFC 7638 with SHA-256, in base64url."""
        jwk = {"crv": "P-256", "kty": "EC", "x": _text(self.x), "y": _text(self.y)}
        return _text(hashlib.sha256(canonical(jwk)).digest())

    def public(self) -> ec.EllipticCurvePublicKey:
        x, y = int.from_bytes(self.x, "big"), int.from_bytes(self.y, "big")
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def signed(frame: Frame, said: Mapping[str, Json], key: ec.EllipticCurvePrivateKey) -> str:
    """Return a frame that says this, in the characters of base64url and two dots."""
    header = {"typ": frame.value, "kid": FrameKey.of(key.public_key()).kid}
    return _JWS.encode(canonical(said), key, algorithm=_ES256, headers=header)


def opened(text: str, frame: Frame, key: FrameKey) -> dict[str, Any]:
    """Return what a frame of this kind by this key says, or refuse: frame-broken, frame-forged."""
    if len(text) > MOST_CHARACTERS:
        raise FrameBroken
    try:
        found = _JWS.decode_complete(text, key.public(), algorithms=[_ES256])
    except InvalidSignatureError as error:
        raise FrameForged from error
    except (PyJWTError, ValueError, RecursionError) as error:
        raise FrameBroken from error
    if found["header"] != {"alg": _ES256, "kid": key.kid, "typ": frame.value}:
        raise FrameForged
    if not text.endswith("." + _text(found["signature"])):
        raise FrameBroken  # the same signature in other characters
    try:
        return parse(found["payload"])
    except NotCanonical as error:
        raise FrameBroken from error


def claimed(text: str) -> Frame:
    """Return what a frame says it is, which is believed only once it is opened as that; or refuse: frame-broken."""
    if len(text) > MOST_CHARACTERS:
        raise FrameBroken
    try:
        return Frame(_JWS.get_unverified_header(text)["typ"])
    except (PyJWTError, ValueError, KeyError, RecursionError) as error:
        raise FrameBroken from error


def _text(data: bytes) -> str:
    return base64url_encode(data).decode("ascii")
