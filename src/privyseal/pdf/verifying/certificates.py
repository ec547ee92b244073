"""From a certificate to a trusted root: who issued whom, what each may do, and when each is in force."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from privyseal.pdf.verifying import algorithms

_LONGEST: Final = 8
_CLOCKS_APART: Final = timedelta(minutes=1)
"""A certificate may be used the moment it is issued, on a machine whose clock is behind the issuer's."""
_MOST_TRIED: Final = 64
_UNDERSTOOD: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,  # any policy will do
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.CRL_DISTRIBUTION_POINTS,
    }
)
_FOR_DOCUMENTS: Final = frozenset(
    {
        "1.3.6.1.5.5.7.3.36",  # document signing, RFC 9336
        "1.2.840.113583.1.1.5",  # Adobe's
        "1.3.6.1.4.1.311.10.3.12",  # Microsoft's
        ExtendedKeyUsageOID.EMAIL_PROTECTION.dotted_string,
        ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE.dotted_string,
    }
)


class Purpose(Enum):
    """What a certificate at the beginning of a path is to be good for."""

    DOCUMENTS = _FOR_DOCUMENTS
    TIME = frozenset({ExtendedKeyUsageOID.TIME_STAMPING.dotted_string})
    REVOCATION = frozenset({ExtendedKeyUsageOID.OCSP_SIGNING.dotted_string})


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is asked of a certificate. ``depth`` is how many authorities may stand below; None where it is none."""

    der: bytes
    subject: bytes
    issuer: bytes
    serial: int
    since: datetime
    until: datetime
    depth: int | None
    may_sign: bool
    may_issue: bool
    may_list: bool
    purposes: frozenset[str] | None
    is_understood: bool

    def is_in_force(self, at: datetime) -> bool:
        return self.since - _CLOCKS_APART <= at <= self.until

    def serves(self, purpose: Purpose) -> bool:
        """Tell whether its extensions let it sign for this purpose; only documents may be signed without one."""
        if not self.is_understood or not self.may_sign:
            return False
        if self.purposes is None:
            return purpose is Purpose.DOCUMENTS
        return bool(self.purposes & purpose.value)


Path = tuple[Certificate, ...]
"""A certificate, its issuer, and so on up to the root."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a certificate names."""

    name: str
    organization: str
    organization_identifier: str


@lru_cache(maxsize=512)
def read(der: bytes) -> Certificate | None:
    """Return the certificate, None where it cannot be read."""
    try:
        return _read(der)
    except Exception:  # noqa: BLE001  a parser on a hostile file
        return None


@lru_cache(maxsize=64)
def holder(der: bytes) -> Holder:
    """Return whom a readable certificate names; several values of a kind stand side by side."""
    subject = x509.load_der_x509_certificate(der).subject
    kinds = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATION_IDENTIFIER)
    return Holder(*(", ".join(str(one.value) for one in subject.get_attributes_for_oid(kind)) for kind in kinds))


def path(leaf: Certificate, others: Iterable[bytes], roots: Sequence[bytes]) -> Path | None:
    """Return a path from the leaf to one of the roots, whenever its certificates are in force; None without one.

    May raise algorithms.TooWeak where a path is broken by nothing else.
    """
    trusted = [found for root in roots if (found := read(root))]
    between = [found for one in dict.fromkeys(others) if (found := read(one)) and found.depth is not None]
    weak: algorithms.TooWeak | None = None
    waiting: list[Path] = [(leaf,)]
    for _ in range(_MOST_TRIED):
        if not waiting:
            break
        so_far = waiting.pop()
        try:
            if ended := _to_root(so_far, trusted):
                return ended
            waiting.extend(_longer(so_far, between))
        except algorithms.TooWeak as error:
            weak = error
    if weak:
        raise weak
    return None


def _to_root(so_far: Path, trusted: Sequence[Certificate]) -> Path | None:
    last = so_far[-1]
    for root in trusted:
        if root.der == last.der:
            return so_far
        if _issued(last, root, so_far):
            return (*so_far, root)
    return None


def _longer(so_far: Path, between: Sequence[Certificate]) -> Iterator[Path]:
    if len(so_far) < _LONGEST:
        yield from ((*so_far, one) for one in between if one not in so_far and _issued(so_far[-1], one, so_far))


def _issued(certificate: Certificate, issuer: Certificate, below: Path) -> bool:
    if certificate.issuer != issuer.subject or issuer.depth is None or not issuer.may_issue:
        return False
    if not issuer.is_understood or issuer.depth < len(below) - 1:
        return False
    try:
        return algorithms.is_issued_by(certificate.der, issuer.der)
    except (algorithms.NotKnown, ValueError, IndexError):
        return False


def _read(der: bytes) -> Certificate:
    certificate = x509.load_der_x509_certificate(der)
    found = {extension.oid: extension for extension in certificate.extensions}
    constraints, usage, purposes = (
        found[kind].value if kind in found else None
        for kind in (ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE, ExtensionOID.EXTENDED_KEY_USAGE)
    )
    is_authority = isinstance(constraints, x509.BasicConstraints) and constraints.ca
    length = constraints.path_length if isinstance(constraints, x509.BasicConstraints) else None
    known = usage if isinstance(usage, x509.KeyUsage) else None
    return Certificate(
        der=der,
        subject=certificate.subject.public_bytes(),
        issuer=certificate.issuer.public_bytes(),
        serial=certificate.serial_number,
        since=certificate.not_valid_before_utc,
        until=certificate.not_valid_after_utc,
        depth=(_LONGEST if length is None else length) if is_authority else None,
        may_sign=known is None or known.digital_signature or known.content_commitment,
        may_issue=known is None or known.key_cert_sign,
        may_list=known is None or known.crl_sign,
        purposes=frozenset(one.dotted_string for one in purposes)
        if isinstance(purposes, x509.ExtendedKeyUsage)
        else None,
        is_understood=all(kind in _UNDERSTOOD or not extension.critical for kind, extension in found.items()),
    )
