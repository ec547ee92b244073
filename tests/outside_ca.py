"""A certificate authority as a company outside runs one: a root, an issuer below it, its list of revoked ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

DAYS: Final = 400
LIST_URL: Final = "https://ca.example/issuing.crl"


@dataclass
class OutsideCa:
    at: datetime
    root_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        root = named("Example Root CA")
        self.root_certificate = self._authority(root, root, self.root_key, self.root_key, depth=1)
        self.certificate = self._authority(named("Example Issuing CA"), root, self.key, self.root_key, depth=0)

    @property
    def root(self) -> bytes:
        return self.root_certificate.public_bytes(Encoding.DER)

    @property
    def between(self) -> tuple[bytes, ...]:
        return (self.certificate.public_bytes(Encoding.DER),)

    def issue(
        self,
        request: bytes,
        *,
        subject: x509.Name | None = None,
        days: int = DAYS,
        since: datetime | None = None,
        usage: x509.KeyUsage | None = None,
        is_authority: bool = False,
        list_url: str = "",
    ) -> bytes:
        """Answer a request (PKCS#10, DER), whose signature is looked at first as every authority does."""
        asked = x509.load_der_x509_csr(request)
        assert asked.is_signature_valid
        builder = (
            self._begun(subject or asked.subject, self.certificate.subject, asked.public_key(), since=since, days=days)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(usage or use_of("digital_signature", "content_commitment"), critical=True)
        )
        if list_url:
            builder = builder.add_extension(_listed_at(list_url), critical=False)
        return builder.sign(self.key, SHA256()).public_bytes(Encoding.DER)

    def crl(
        self,
        revoked: Sequence[bytes] = (),
        *,
        at: datetime | None = None,
        days: int = 7,
        revoked_since: datetime | None = None,
    ) -> bytes:
        since = at or self.at
        until = since + timedelta(days=days)
        return _list_of(self.certificate.subject, self.key, revoked, since, until, revoked_since)

    def root_crl(self, revoked: Sequence[bytes] = ()) -> bytes:
        """Return what the root says of those that it issued."""
        return _list_of(self.root_certificate.subject, self.root_key, revoked, self.at, self.at + timedelta(days=90))

    def ocsp(
        self, certificate: bytes, *, is_revoked: bool = False, at: datetime | None = None, hours: int = 12
    ) -> bytes:
        """Return what the issuer itself answers about a certificate; of no hours, without an end."""
        since = at or self.at
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=x509.load_der_x509_certificate(certificate),
            issuer=self.certificate,
            algorithm=SHA1(),  # noqa: S303  a name, not a protection
            cert_status=ocsp.OCSPCertStatus.REVOKED if is_revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=since,
            next_update=since + timedelta(hours=hours) if hours else None,
            revocation_time=since if is_revoked else None,
            revocation_reason=None,
        )
        said = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.certificate).sign(self.key, SHA256())
        return said.public_bytes(Encoding.DER)

    def _authority(
        self,
        name: x509.Name,
        issuer: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        by: ec.EllipticCurvePrivateKey,
        *,
        depth: int,
    ) -> x509.Certificate:
        return (
            self._begun(name, issuer, key.public_key(), since=None, days=4000)
            .add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
            .add_extension(use_of("key_cert_sign", "crl_sign"), critical=True)
            .sign(by, SHA256())
        )

    def _begun(
        self,
        subject: x509.Name,
        issuer: x509.Name,
        key: CertificatePublicKeyTypes,
        *,
        since: datetime | None,
        days: int,
    ) -> x509.CertificateBuilder:
        begins = (since or self.at - timedelta(days=1)).replace(microsecond=0)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=days))
        )


def named(common: str, *more: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, said) for oid, said in ((NameOID.COMMON_NAME, common), *more)])


def use_of(*uses: str) -> x509.KeyUsage:
    every = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{one: one in uses for one in every})


def _list_of(
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    revoked: Sequence[bytes],
    since: datetime,
    until: datetime,
    revoked_since: datetime | None = None,
) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer).last_update(since).next_update(until)
    for one in revoked:
        serial = x509.load_der_x509_certificate(one).serial_number
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(revoked_since or since)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def _listed_at(url: str) -> x509.CRLDistributionPoints:
    place = [x509.UniformResourceIdentifier(url)]
    return x509.CRLDistributionPoints([x509.DistributionPoint(place, None, None, None)])
