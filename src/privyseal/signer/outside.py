"""Certificates of seals that an authority outside issued: which ones count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from privyseal.kernel import moments
from privyseal.pdf.verifying import algorithms, certificates
from privyseal.pdf.verifying.certificates import Path, Purpose
from privyseal.signer import authority
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.terms import Making

EVERY_TYPE: Final = "all"
_COUNTRY: Final = "CN"


class CertificateAwaited(SignerRefused):
    """The key is made, and its certificate has to come from outside: what was asked is asked again when it is there."""

    code = "certificate-awaited"


class NothingAwaited(SignerRefused):
    """No certificate is awaited for this seal."""

    code = "nothing-awaited"


class CertificateUnreadable(SignerRefused):
    code = "certificate-unreadable"


class CertificateForAnotherKey(SignerRefused):
    """The certificate is for another key than the one in the request: an earlier one, or somebody else's."""

    code = "certificate-for-another-key"


class CertificateNamesAnother(SignerRefused):
    """The certificate does not name the company, or not its unified social credit code, as was approved."""

    code = "certificate-names-another"


class CertificateNotForSeals(SignerRefused):
    """The certificate may not sign documents: its usage says otherwise, or it is an authority's."""

    code = "certificate-not-for-seals"


class CertificateNotInForce(SignerRefused):
    """The certificate, or one above it, is not valid yet or no longer valid."""

    code = "certificate-not-in-force"


class CertificateNotTrusted(SignerRefused):
    """The certificates do not lead to a root that this signer was told of."""

    code = "certificate-not-trusted"


class CertificateTooWeak(SignerRefused):
    code = "certificate-too-weak"


class CertificateAlreadyUsed(SignerRefused):
    code = "certificate-already-used"


class CertificateEndsSooner(SignerRefused):
    """The certificate ends no later than the one that the seal has now."""

    code = "certificate-ends-sooner"


class CertificateRevoked(SignerRefused):
    """The authority outside has revoked the seal's certificate: the seal rests until it has another one."""

    code = "certificate-revoked"


class NotRevoked(SignerRefused):
    """What was brought does not say, by the authority that issued it, that the seal's certificate is revoked."""

    code = "not-revoked"


@dataclass(frozen=True, slots=True)
class Outside:
    """Whose certificates count, and for which types of seals they are asked for; the signer's own options say it."""

    roots: tuple[bytes, ...] = ()
    types: frozenset[str] = frozenset({EVERY_TYPE})

    def takes(self, kind: str) -> bool:
        return bool(self.roots) and (EVERY_TYPE in self.types or kind in self.types)


@dataclass(frozen=True, slots=True)
class Brought:
    """A certificate that may be used, with those above it up to the root, in DER."""

    certificate: bytes
    chain: tuple[bytes, ...]

    @property
    def serial(self) -> str:
        return f"{x509.load_der_x509_certificate(self.certificate).serial_number:x}"

    @property
    def not_after(self) -> datetime:
        return moments.shown(x509.load_der_x509_certificate(self.certificate).not_valid_after_utc)


# (1) read at all  (2) for the key that the request asked for  (3) it names whom the approved making names  (4) it may
# sign documents and issue nothing  (5) it leads to a root that the signer was told of, by strong algorithms
# (6) every one on the way is in force  (7) it ends later than the one before
def checked(
    certificate: bytes,
    between: Sequence[bytes],
    *,
    public: bytes,
    making: Making,
    roots: Sequence[bytes],
    before: datetime | None,
    at: datetime,
) -> Brought:
    """Return the certificate with its chain, or refuse."""
    # (1) read
    leaf = certificates.read(certificate)
    if leaf is None or None in map(certificates.read, between):
        raise CertificateUnreadable
    # (2) this key
    if public_of(certificate) != public:
        raise CertificateForAnotherKey
    # (3) this company
    if not _names(certificate, making):
        raise CertificateNamesAnother
    # (4) for documents
    if leaf.depth is not None or not leaf.serves(Purpose.DOCUMENTS):
        raise CertificateNotForSeals
    # (5) a root of ours
    path = _path(leaf, between, roots)
    # (6) every one in force
    if not all(one.is_in_force(at) for one in path):
        raise CertificateNotInForce
    # (7) no step back
    if before is not None and leaf.until <= before:
        raise CertificateEndsSooner
    return Brought(certificate, tuple(one.der for one in path[1:]))


def public_of(certificate: bytes) -> bytes:
    """Return the public key of a readable certificate, as SubjectPublicKeyInfo in DER; or refuse."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CertificateUnreadable from error
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def pem(chain: Sequence[bytes]) -> bytes:
    return b"".join(x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in chain)


def from_pem(kept: bytes) -> tuple[bytes, ...]:
    """Return the certificates of our own column; none where it is empty."""
    if not kept:
        return ()
    return tuple(one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(kept))


def _path(leaf: certificates.Certificate, between: Sequence[bytes], roots: Sequence[bytes]) -> Path:
    try:
        path = certificates.path(leaf, between, roots)
    except algorithms.TooWeak as error:
        raise CertificateTooWeak from error
    if path is None:
        raise CertificateNotTrusted
    return path


def _names(certificate: bytes, making: Making) -> bool:
    """Tell whether the subject names the company and its code; authorities put them into different attributes."""
    subject = x509.load_der_x509_certificate(certificate).subject
    said = [str(one.value) for one in subject]
    countries = {str(one.value) for one in subject.get_attributes_for_oid(NameOID.COUNTRY_NAME)}
    code = re.compile(rf"(?<![0-9A-Z]){re.escape(making.uscc)}(?![0-9A-Z])")
    is_named = any(making.organization in re.split(r"[@|]", one) for one in said)
    coded = any(code.search(one.removeprefix(authority.TRADE_REGISTER)) for one in said)
    return is_named and coded and countries <= {_COUNTRY}
