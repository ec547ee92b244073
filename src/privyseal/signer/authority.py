"""The installation's certificate authority and its log key. Keys come and go as PKCS#8; nothing is kept here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from privyseal.signer.terms import Making
from privyseal.signer.tokens import PublicKey

_AUTHORITY_VALID: Final = timedelta(days=3653)  # ten years
_SEAL_VALID: Final = timedelta(days=1096)  # three years
_CRL_VALID: Final = timedelta(days=7)
_MOST_REVOKED: Final = 1_000_000
# ETSI EN 319 412-1 section 5.1.4: NTR, the country, a hyphen; the number in the national trade register follows.
TRADE_REGISTER: Final = "NTRCN-"


@dataclass(frozen=True, slots=True)
class Issued:
    """A private key in PKCS#8 and its certificate, both in DER."""

    key: bytes
    certificate: bytes
    serial: str
    not_after: datetime


def new_authority(*, is_demo: bool, at: datetime) -> Issued:
    """Make a P-256 key and its self-signed certificate, which may sign certificates of seals and revocations only."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([_attribute(NameOID.COMMON_NAME, "Privyseal demo CA" if is_demo else "Privyseal CA")])
    builder = (
        begun(name, name, key.public_key(), at=at, valid=_AUTHORITY_VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(certificates=True), critical=True)
    )
    return _issued(_pkcs8(key), builder.sign(key, SHA256(), ecdsa_deterministic=True))


def new_seal(
    making: Making,
    *,
    authority_key: bytes,
    authority: bytes,
    pki_url: str,
    at: datetime,
    elsewhere: tuple[bytes, PublicKey] | None = None,
    names_responder: bool = False,
) -> Issued:
    """Make the certificate that ties a seal's key to the organization and the seal's name, and a P-256 key for it.

    It names who answers for it only where that is asked for: readers who cannot reach the address doubt it.
    ``elsewhere`` is what stands for a key that was made in hardware, and its public half.
    """
    issuer = x509.load_der_x509_certificate(authority)
    kept, public = elsewhere or in_software()
    valid = min(_SEAL_VALID, issuer.not_valid_after_utc - at)
    builder = (
        begun(seal_name(making), issuer.subject, public, at=at, valid=valid)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(certificates=False), critical=True)
        .add_extension(identifier_of(issuer), critical=False)
        .add_extension(_crl_distribution(f"{pki_url}/ca.crl"), critical=False)
    )
    if names_responder:
        builder = builder.add_extension(_who_answers(pki_url), critical=False)
    return _issued(kept, builder.sign(private_key(authority_key), SHA256(), ecdsa_deterministic=True))


def in_software() -> tuple[bytes, PublicKey]:
    key = generate_private_key(SECP256R1())
    return _pkcs8(key), key.public_key()


@dataclass(frozen=True, slots=True)
class Revoked:
    """A certificate that is in force no more: its serial number in hex, since when, and whether another followed it."""

    serial: str
    at: datetime
    is_superseded: bool


def revocation_list(revoked: Sequence[Revoked], *, authority_key: bytes, authority: bytes, at: datetime) -> bytes:
    """Return the list of revoked certificates in DER: the same bytes within an hour, unless one is added."""
    issuer = x509.load_der_x509_certificate(authority)
    hour = at.replace(minute=0, second=0, microsecond=0)
    since = max(hour, issuer.not_valid_before_utc, *(entry.at for entry in revoked))
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(since)
        .next_update(since + _CRL_VALID)
        .add_extension(identifier_of(issuer), critical=False)
        .add_extension(x509.CRLNumber(int(hour.timestamp()) // 3600 * _MOST_REVOKED + len(revoked)), critical=False)
    )
    for entry in revoked:
        builder = builder.add_revoked_certificate(_revoked_certificate(entry))
    signed = builder.sign(private_key(authority_key), SHA256(), ecdsa_deterministic=True)
    return signed.public_bytes(Encoding.DER)


def reason_of(entry: Revoked) -> x509.ReasonFlags:
    return x509.ReasonFlags.superseded if entry.is_superseded else x509.ReasonFlags.cessation_of_operation


def _revoked_certificate(entry: Revoked) -> x509.RevokedCertificate:
    return (
        x509.RevokedCertificateBuilder()
        .serial_number(int(entry.serial, 16))
        .revocation_date(entry.at)
        .add_extension(x509.CRLReason(reason_of(entry)), critical=False)
        .build()
    )


def new_log_key() -> bytes:
    return _pkcs8(Ed25519PrivateKey.generate())


def log_key(pkcs8: bytes) -> Ed25519PrivateKey:
    key = load_der_private_key(pkcs8, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("the log key is an Ed25519 key")
    return key


def private_key(pkcs8: bytes) -> EllipticCurvePrivateKey:
    key = load_der_private_key(pkcs8, password=None)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise TypeError("keys of seals and of their authority are P-256 keys")
    return key


def begun(
    subject: x509.Name, issuer: x509.Name, key: PublicKey, *, at: datetime, valid: timedelta
) -> x509.CertificateBuilder:
    # Certificates count whole seconds; a seal is used in the second in which it was made.
    since = at.replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + valid)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def uscc_of(certificate: bytes) -> str:
    """Return the unified social credit code of the company that a seal's certificate names; nothing for another."""
    try:
        names = x509.load_der_x509_certificate(certificate).subject
    except ValueError:
        return ""
    said = names.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
    return str(said[0].value).removeprefix(TRADE_REGISTER) if said else ""


def seal_name(making: Making) -> x509.Name:
    return x509.Name(
        [
            _attribute(NameOID.COUNTRY_NAME, "CN"),
            _attribute(NameOID.ORGANIZATION_NAME, making.organization),
            _attribute(NameOID.ORGANIZATION_IDENTIFIER, f"{TRADE_REGISTER}{making.uscc}"),
            _attribute(NameOID.COMMON_NAME, making.name),
        ]
    )


def _attribute(oid: x509.ObjectIdentifier, value: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(oid, value)


def usage(*, certificates: bool) -> x509.KeyUsage:
    """No extended key usage stands beside it: several viewers refuse a seal for those they do not know."""
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def identifier_of(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _who_answers(url: str) -> x509.AuthorityInformationAccess:
    said = (
        (AuthorityInformationAccessOID.OCSP, f"{url}/ocsp"),
        (AuthorityInformationAccessOID.CA_ISSUERS, f"{url}/ca.cer"),
    )
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(how, x509.UniformResourceIdentifier(where)) for how, where in said]
    )


def _crl_distribution(url: str) -> x509.CRLDistributionPoints:
    location = [x509.UniformResourceIdentifier(url)]
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint(full_name=location, relative_name=None, reasons=None, crl_issuer=None)]
    )


def issued(key: EllipticCurvePrivateKey, builder: x509.CertificateBuilder, *, authority_key: bytes) -> Issued:
    """Return a key with its certificate, signed by the authority."""
    return _issued(_pkcs8(key), builder.sign(private_key(authority_key), SHA256(), ecdsa_deterministic=True))


def _issued(key: bytes, certificate: x509.Certificate) -> Issued:
    return Issued(
        key=key,
        certificate=certificate.public_bytes(Encoding.DER),
        serial=f"{certificate.serial_number:x}",
        not_after=certificate.not_valid_after_utc,
    )


def _pkcs8(key: EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
