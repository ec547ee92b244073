"""A yes that a person's own passkey said, on the approval page and nowhere else. Pure.

An assertion is what a browser returns from ``navigator.credentials.get`` (W3C Web Authentication, section 7.2), without
the parts that only a web server needs.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json
from privyseal.signer.protocol import SignerRefused

PASSKEY: Final = "passkey"
MAX_ID_BYTES: Final = 1023  # Web Authentication, section 4: the longest credential id
MAX_KEY_BYTES: Final = 800  # an RSA key of 4096 bits takes 550

_MAX_CLIENT_DATA: Final = 2_000
_MAX_AUTHENTICATOR_DATA: Final = 500
_MAX_SIGNATURE: Final = 512
_LEAST_AUTHENTICATOR_DATA: Final = 37  # the digest of the RP id, a byte of flags, the counter
_RSA_BITS: Final = range(2048, 4097)
_PRESENT: Final = 0x01
_VERIFIED: Final = 0x04
_MAY_BE_COPIED: Final = 0x08
_IS_COPIED: Final = 0x10
_NEW_CREDENTIAL: Final = 0x40
_EXTENDED: Final = 0x80
_FIELDS: Final = frozenset({"assurance", "approver", "credential", "authenticator_data", "client_data", "signature"})


class AssertionInvalid(SignerRefused):
    """The sign that somebody said yes does not verify, or is not of the agreed form."""

    code = "assertion-invalid"


class AssertionForAnother(SignerRefused):
    """The passkey said yes to something else."""

    code = "assertion-for-another"


class AssertionFromElsewhere(SignerRefused):
    """The passkey said yes on another page than the approval page of this installation."""

    code = "assertion-from-elsewhere"


class PersonNotVerified(SignerRefused):
    """The passkey was touched, but asked neither for finger, face nor PIN."""

    code = "person-not-verified"


class PasskeyUnknown(SignerRefused):
    """No such passkey of this person is on the roster now."""

    code = "passkey-unknown"


class PasskeyCopied(SignerRefused):
    """The passkey's counter did not move on: somebody has a copy of it."""

    code = "passkey-copied"


class PasskeyNotBound(SignerRefused):
    """The passkey can leave its device, where one is asked for that cannot."""

    code = "passkey-not-bound"


class PasskeyInSoftware(SignerRefused):
    """The passkey says of itself that it is software which asks nobody: it counts in demonstrations alone."""

    code = "passkey-in-software"


@dataclass(frozen=True, slots=True)
class Page:
    """The approval page: its exact origin. Its RP id is its host, and no part of it."""

    origin: str

    @property
    def rp_id(self) -> str:
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A passkey as it was pinned: whose it is, its public key (SubjectPublicKeyInfo in DER), from when until when."""

    id: bytes
    person: str
    key: bytes
    is_bound: bool
    starts_at: datetime
    ends_at: datetime | None = None

    def is_valid(self, at: datetime) -> bool:
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAssertion:
    """A yes as the passkey of this approver said it, in the bytes that the browser gave."""

    approver: str
    credential: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes

    @property
    def assurance(self) -> str:
        return PASSKEY

    @property
    def is_software(self) -> bool:
        """Tell whether the passkey says of itself that it is software, which asked nobody."""
        return "software" in _client(self.client_data)

    @property
    def counter(self) -> int:
        return int.from_bytes(self.authenticator_data[33:37], "big")

    def to_json(self) -> Mapping[str, Json]:
        return {
            "assurance": PASSKEY,
            "approver": self.approver,
            "credential": web_text(self.credential),
            "authenticator_data": web_text(self.authenticator_data),
            "client_data": web_text(self.client_data),
            "signature": web_text(self.signature),
        }

    @classmethod
    def parse(cls, value: object) -> "PasskeyAssertion":
        """Return a well formed assertion, unchecked, or raise Misshapen."""
        entry = shapes.fields(value, _FIELDS)
        if entry["assurance"] != PASSKEY:
            raise shapes.Misshapen
        return cls(
            approver=shapes.uid(entry["approver"]),
            credential=web_octets(entry["credential"], most=MAX_ID_BYTES),
            authenticator_data=web_octets(entry["authenticator_data"], most=_MAX_AUTHENTICATOR_DATA),
            client_data=web_octets(entry["client_data"], most=_MAX_CLIENT_DATA),
            signature=web_octets(entry["signature"], most=_MAX_SIGNATURE),
        )


def check(
    assertion: PasskeyAssertion,
    challenge: bytes,
    *,
    page: Page,
    credential: Credential | None,
    at: datetime,
    counter_seen: int = 0,
) -> int:
    """Return the passkey's counter if its owner said yes to what this challenge is of, or refuse.

    (1) this passkey is pinned for this person, and valid now; (2) it answered a question for an assertion, with this
    challenge, (3) on the approval page, in no frame, for its own RP id; (4) its owner was there and was verified;
    (5) it is as bound to its device as when it was pinned; (6) its key signed all of that; (7) its counter, where it
    counts, is beyond the one that was seen last.
    """
    # (1) pinned, this person's, valid now
    if credential is None or (credential.id, credential.person) != (assertion.credential, assertion.approver):
        raise PasskeyUnknown(person=assertion.approver)
    if not credential.is_valid(at):
        raise PasskeyUnknown(person=assertion.approver)
    client, flags = _client(assertion.client_data), _flags(assertion.authenticator_data)
    # (2) an assertion, for this challenge
    if client.get("type") != "webauthn.get" or client.get("challenge") != web_text(challenge):
        raise AssertionForAnother(person=assertion.approver)
    # (3) on the approval page
    _check_page(client, assertion.authenticator_data[:32], page, assertion.approver)
    # (4) present and verified
    if not flags & _PRESENT or not flags & _VERIFIED:
        raise PersonNotVerified(person=assertion.approver)
    # (5) as bound as it was
    if bool(flags & _MAY_BE_COPIED) is credential.is_bound:
        raise PasskeyNotBound(person=assertion.approver)
    # (6) signed by its key
    _verify(credential.key, assertion.signature, assertion.authenticator_data + sha256(assertion.client_data).digest())
    # (7) further than before
    if (assertion.counter or counter_seen) and assertion.counter <= counter_seen:
        raise PasskeyCopied(person=assertion.approver)
    return assertion.counter


def said_by_owner(assertion: PasskeyAssertion, challenge: bytes, key: bytes) -> Mapping[str, Any]:
    """Return what the browser says of a yes to this challenge by this key, its owner verified; or refuse.

    For whoever has nothing but the yes and the key: whose it is, and on which page it was, they compare themselves.
    """
    client, flags = _client(assertion.client_data), _flags(assertion.authenticator_data)
    if client.get("type") != "webauthn.get" or client.get("challenge") != web_text(challenge):
        raise AssertionForAnother(person=assertion.approver)
    if not flags & _PRESENT or not flags & _VERIFIED:
        raise PersonNotVerified(person=assertion.approver)
    _verify(key, assertion.signature, assertion.authenticator_data + sha256(assertion.client_data).digest())
    return client


def check_key(key: bytes) -> None:
    """Return if this is a public key that ``check`` can verify with, or refuse."""
    _loaded(key)


def web_text(data: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def web_octets(value: object, *, most: int) -> bytes:
    """Return the bytes of base64url without padding, some but not too many, or raise Misshapen."""
    if not isinstance(value, str) or not 0 < len(value) <= most * 4 // 3 + 2:
        raise shapes.Misshapen
    try:
        read = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise shapes.Misshapen from error
    if web_text(read) != value or len(read) > most:
        raise shapes.Misshapen
    return read


def _client(data: bytes) -> Mapping[str, Any]:
    """Return what the browser says it did; what says something twice says nothing."""
    try:
        said = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise AssertionInvalid from error
    if not isinstance(said, dict) or len(data) > _MAX_CLIENT_DATA:
        raise AssertionInvalid
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise ValueError
    return said


def _flags(data: bytes) -> int:
    """Return the flags of authenticator data that has the form of an assertion's, or refuse."""
    if not _LEAST_AUTHENTICATOR_DATA <= len(data) <= _MAX_AUTHENTICATOR_DATA:
        raise AssertionInvalid
    flags = data[32]
    is_longer = len(data) > _LEAST_AUTHENTICATOR_DATA
    if flags & _NEW_CREDENTIAL or bool(flags & _EXTENDED) != is_longer:
        raise AssertionInvalid
    if flags & _IS_COPIED and not flags & _MAY_BE_COPIED:
        raise AssertionInvalid
    return flags


def _check_page(client: Mapping[str, Any], rp_id_sha256: bytes, page: Page, approver: str) -> None:
    is_here = client.get("origin") == page.origin and not client.get("crossOrigin") and "topOrigin" not in client
    if not is_here or not hmac.compare_digest(rp_id_sha256, sha256(page.rp_id.encode()).digest()):
        raise AssertionFromElsewhere(person=approver)


def _verify(key: bytes, signature: bytes, signed: bytes) -> None:
    loaded = _loaded(key)
    try:
        match loaded:
            case ec.EllipticCurvePublicKey():
                loaded.verify(signature, signed, ec.ECDSA(SHA256()))
            case ed25519.Ed25519PublicKey():
                loaded.verify(signature, signed)
            case rsa.RSAPublicKey():
                loaded.verify(signature, signed, padding.PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise AssertionInvalid from error


def _loaded(key: bytes) -> ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey:
    """Return a key of one of the three kinds that passkeys have: ES256 on P-256, EdDSA on Ed25519, RS256."""
    try:
        loaded = load_der_public_key(key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise AssertionInvalid from error
    match loaded:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()) | ed25519.Ed25519PublicKey():
            return loaded
        case rsa.RSAPublicKey() if loaded.key_size in _RSA_BITS:
            return loaded
    raise AssertionInvalid
