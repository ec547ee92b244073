"""A certificate as a reader sees it: whose, from whom, how long, whether revoked, and where that is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.kernel import moments

_TRADE_REGISTER: Final = "NTRCN-"
_REASONS: Final = {
    x509.ReasonFlags.superseded: _("A newer version of the seal took its place"),
    x509.ReasonFlags.cessation_of_operation: _("The seal was destroyed or declared void"),
}


@dataclass(frozen=True, slots=True)
class Revocation:
    at: datetime
    reason: Promise | str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateShown:
    """``revocation`` is None where the list of the authority does not name it."""

    organization: str
    uscc: str
    name: str
    serial: str
    issuer: str
    starts_at: datetime
    ends_at: datetime
    fingerprint: str
    lists: Sequence[str]
    responders: Sequence[str]
    revocation: Revocation | None


def show(certificate: bytes, crl: bytes) -> CertificateShown:
    """Return a certificate in words, as the authority's list stands."""
    read = x509.load_der_x509_certificate(certificate)
    return CertificateShown(
        organization=_said(read.subject, NameOID.ORGANIZATION_NAME),
        uscc=_said(read.subject, NameOID.ORGANIZATION_IDENTIFIER).removeprefix(_TRADE_REGISTER),
        name=_said(read.subject, NameOID.COMMON_NAME),
        serial=f"{read.serial_number:x}",
        issuer=_said(read.issuer, NameOID.COMMON_NAME),
        starts_at=moments.shown(read.not_valid_before_utc),
        ends_at=moments.shown(read.not_valid_after_utc),
        fingerprint=read.fingerprint(SHA256()).hex(),
        lists=_lists(read),
        responders=_responders(read),
        revocation=_revocation(read.serial_number, x509.load_der_x509_crl(crl)),
    )


def _said(name: x509.Name, attribute: x509.ObjectIdentifier) -> str:
    return next((str(one.value) for one in name.get_attributes_for_oid(attribute)), "")


def _lists(read: x509.Certificate) -> list[str]:
    try:
        points = read.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for point in points for name in point.full_name or ()]


def _responders(read: x509.Certificate) -> list[str]:
    try:
        access = read.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    return [str(one.access_location.value) for one in access if one.access_method == AuthorityInformationAccessOID.OCSP]


def _revocation(serial: int, crl: x509.CertificateRevocationList) -> Revocation | None:
    entry = crl.get_revoked_certificate_by_serial_number(serial)
    if entry is None:
        return None
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return Revocation(entry.revocation_date_utc, "")
    return Revocation(entry.revocation_date_utc, _REASONS.get(reason, ""))
