"""The answer to whether a certificate of our authority is in force now (RFC 6960, in the profile of RFC 5019). Pure."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from privyseal.signer import authority
from privyseal.signer.authority import Revoked

MOST_BYTES: Final = 2_000
"""How long a question may be: one certificate and a nonce take less than 200 bytes."""

_VALID_FOR: Final = timedelta(hours=1)
_RESPONDER_VALID: Final = timedelta(days=90)
_MOST_NONCE: Final = 32  # RFC 8954
_HASHES: Final[Mapping[str, Callable[[bytes], "hashlib._Hash"]]] = {
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}


@dataclass(frozen=True, slots=True)
class Responder:
    """Who answers in the authority's place: a certificate that allows nothing else, and its key in PKCS#8."""

    key: bytes
    certificate: bytes
    not_after: datetime

    def lasts(self, at: datetime) -> bool:
        return self.not_after - at > _RESPONDER_VALID / 2


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a serial number: whether it was given out here, and since when it is in force no more."""

    is_known: bool
    revoked: Revoked | None = None


def new_responder(*, authority_key: bytes, ca: bytes, at: datetime) -> Responder:
    """Make the key and certificate of a responder; whoever trusts it need not ask whether it is revoked itself."""
    issuer = x509.load_der_x509_certificate(ca)
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Privyseal OCSP")])
    valid = min(_RESPONDER_VALID, issuer.not_valid_after_utc - at)
    builder = (
        authority.begun(name, issuer.subject, key.public_key(), at=at, valid=valid)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .add_extension(authority.identifier_of(issuer), critical=False)
    )
    made = authority.issued(key, builder, authority_key=authority_key)
    return Responder(made.key, made.certificate, made.not_after)


def answer(
    question: bytes, *, ca: bytes, responder: Responder, standing: Callable[[str], Standing], at: datetime
) -> bytes:
    """Return the signed answer to a question, or the unsigned one that says why there is none."""
    # (1) one question that can be read, about a certificate of this authority
    try:
        asked = ocsp.load_der_ocsp_request(question)
        algorithm, serial = asked.hash_algorithm, asked.serial_number
    except (ValueError, RuntimeError, UnsupportedAlgorithm):  # the library's words for: several at once, or no hash
        return _refused(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    issuer = x509.load_der_x509_certificate(ca)
    if (asked.issuer_name_hash, asked.issuer_key_hash) != _hashes(issuer, algorithm.name):
        return _refused(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    # (2) what is known of it now
    known = standing(f"{serial:x}")
    is_revoked = known.revoked is not None
    good = ocsp.OCSPCertStatus.GOOD if known.is_known else ocsp.OCSPCertStatus.UNKNOWN
    since = at.replace(microsecond=0)
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=asked.issuer_name_hash,
        issuer_key_hash=asked.issuer_key_hash,
        serial_number=serial,
        algorithm=algorithm,
        cert_status=ocsp.OCSPCertStatus.REVOKED if is_revoked else good,
        this_update=since,
        next_update=since + _VALID_FOR,
        revocation_time=known.revoked.at if known.revoked else None,
        revocation_reason=authority.reason_of(known.revoked) if known.revoked else None,
    )
    # (3) signed by whom the authority has delegated it to
    certificate = x509.load_der_x509_certificate(responder.certificate)
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, certificate).certificates([certificate])
    nonce = _nonce(asked)
    if nonce is not None:
        builder = builder.add_extension(nonce, critical=False)
    return builder.sign(authority.private_key(responder.key), SHA256()).public_bytes(Encoding.DER)


def later() -> bytes:
    """Return the answer of a signer that can sign none now."""
    return _refused(ocsp.OCSPResponseStatus.TRY_LATER)


def _refused(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


def _hashes(issuer: x509.Certificate, algorithm: str) -> tuple[bytes, bytes]:
    """Return the digests of the issuer's name and of its key without what is around it, as a question holds them."""
    hashed, key = _HASHES.get(algorithm), issuer.public_key()
    if hashed is None or not isinstance(key, EllipticCurvePublicKey):
        return b"", b""
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return hashed(issuer.subject.public_bytes()).digest(), hashed(point).digest()


def _nonce(asked: ocsp.OCSPRequest) -> x509.OCSPNonce | None:
    try:
        nonce = asked.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return None
    return nonce if len(nonce.nonce) <= _MOST_NONCE else None
