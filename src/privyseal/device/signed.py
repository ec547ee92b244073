"""Signed frames: JSON in a compact JWS (RFC 7515) by ECDSA on P-256 with SHA-256 (ES256, RFC 7518, 3.4).

The header has exactly three members: the algorithm, what the frame is (``typ``), and whose key it is by (``kid``, the
JWK thumbprint of RFC 7638). A frame says who signed it, and is believed only by whoever expects that key.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from jwt import InvalidSignatureError, PyJWS, PyJWTError
from jwt.utils import base64url_decode, base64url_encode

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, NotCanonical, canonical, parse
from privyseal.kernel.errors import Refused

MOST_CHARACTERS: Final = 1 << 18
_HALF: Final = 32
_CURVE: Final = "P-256"
_JWK: Final = frozenset(("crv", "kty", "x", "y"))
_COORDINATE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
ES256: Final = "ES256"
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
    HELLO = "privyseal-hello"
    PICTURE = "privyseal-picture"
    KEPT = "privyseal-kept"
    ENROLMENT = "privyseal-enrolment"
    RENEWAL = "privyseal-renewal"
    ENROLLED = "privyseal-enrolled"


@dataclass(frozen=True, slots=True)
class FrameKey:
    """A public key on P-256 that frames are by, as its two coordinates of 32 bytes each."""

    x: bytes
    y: bytes

    @classmethod
    def of(cls, public: ec.EllipticCurvePublicKey) -> "FrameKey":
        numbers = public.public_numbers()
        return cls(numbers.x.to_bytes(_HALF, "big"), numbers.y.to_bytes(_HALF, "big"))

    @classmethod
    def read(cls, value: object) -> "FrameKey":
        """Return the key of a JWK that has its four members and no other, or raise Misshapen."""
        jwk = shapes.fields(value, _JWK)
        if (jwk["crv"], jwk["kty"]) != (_CURVE, "EC"):
            raise shapes.Misshapen
        key = cls(_coordinate(jwk["x"]), _coordinate(jwk["y"]))
        try:
            key.public()
        except ValueError as error:
            raise shapes.Misshapen from error
        return key

    def to_json(self) -> dict[str, Json]:
        return {"crv": _CURVE, "kty": "EC", "x": _text(self.x), "y": _text(self.y)}

    @property
    def kid(self) -> str:
        """Return the thumbprint of RFC 7638 with SHA-256, in base64url."""
        return _text(hashlib.sha256(canonical(self.to_json())).digest())

    def public(self) -> ec.EllipticCurvePublicKey:
        x, y = int.from_bytes(self.x, "big"), int.from_bytes(self.y, "big")
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def signed(frame: Frame, said: Mapping[str, Json], key: ec.EllipticCurvePrivateKey) -> str:
    """Return a frame that says this, in the characters of base64url and two dots."""
    header = {"typ": frame.value, "kid": FrameKey.of(key.public_key()).kid}
    return _JWS.encode(canonical(said), key, algorithm=ES256, headers=header)


def opened(text: str, frame: Frame, key: FrameKey) -> dict[str, Any]:
    """Return what a frame of this kind by this key says, or refuse: frame-broken, frame-forged."""
    if len(text) > MOST_CHARACTERS:
        raise FrameBroken
    try:
        found = _JWS.decode_complete(text, key.public(), algorithms=[ES256])
    except InvalidSignatureError as error:
        raise FrameForged from error
    except (PyJWTError, ValueError, RecursionError) as error:
        raise FrameBroken from error
    if found["header"] != {"alg": ES256, "kid": key.kid, "typ": frame.value}:
        raise FrameForged
    if not text.endswith("." + _text(found["signature"])):
        raise FrameBroken  # the same signature in other characters
    try:
        return parse(found["payload"])
    except NotCanonical as error:
        raise FrameBroken from error


def said_by_itself(text: str, frame: Frame) -> dict[str, Any]:
    """Return what a frame says that names its own key; it is believed only once it is opened by that key."""
    if len(text) > MOST_CHARACTERS or claimed(text) is not frame:
        raise FrameBroken
    try:
        return parse(_JWS.decode_complete(text, options={"verify_signature": False})["payload"])
    except (PyJWTError, ValueError) as error:
        raise FrameBroken from error


def device_in(text: str) -> str:
    """Return whose frame it says it is, to look its key up by; it is believed only once it is opened by that key."""
    serial = said_by_itself(text, claimed(text)).get("device")
    if not isinstance(serial, str):
        raise FrameBroken
    return serial


def claimed(text: str) -> Frame:
    """Return what a frame says it is, which is believed only once it is opened as that; or refuse: frame-broken."""
    try:
        return Frame(_header(text)["typ"])
    except (PyJWTError, ValueError, KeyError, RecursionError) as error:
        raise FrameBroken from error


def key_claimed(text: str) -> str:
    """Return the thumbprint of the key that a frame says it is by, which chooses among keys that are known anyway."""
    claimed(text)
    return str(_header(text).get("kid"))


def _header(text: str) -> Mapping[str, Any]:
    """Return the header alone: the rest is read once, by whoever opens the frame."""
    if len(text) > MOST_CHARACTERS:
        raise FrameBroken
    return _JWS.get_unverified_header(text.partition(".")[0] + "..")


def _coordinate(value: object) -> bytes:
    text = shapes.word(value, _COORDINATE)
    read = base64url_decode(text)
    if len(read) != _HALF or _text(read) != text:
        raise shapes.Misshapen
    return read


def _text(data: bytes) -> str:
    return base64url_encode(data).decode("ascii")
