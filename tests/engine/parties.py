"""Keys and certificates of every kind that may sign: curves, RSA, chains, a time-stamping authority, revocations."""

# pyHanko types its classes only in part.
# mypy: allow-untyped-calls

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped]  # asn1crypto ships no types
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from privyseal.pdf.cms import Key, software_key

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_SINCE: Final = datetime(2020, 1, 1, tzinfo=UTC)
_UNTIL: Final = datetime(2080, 1, 1, tzinfo=UTC)
_AUTHORITY_USAGE: Final = ("key_cert_sign", "crl_sign")
_PARTY_USAGE: Final = ("digital_signature", "content_commitment")


@dataclass(frozen=True, slots=True)
class Party:
    """A certificate, its key, and what stands between it and its root; an authority is one as well."""

    certificate: x509.Certificate
    private_key: PrivateKey
    above: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def key(self) -> Key:
        return software_key(self.private_key, self.der, [one.public_bytes(Encoding.DER) for one in self.above])

    def party(
        self,
        name: str,
        private_key: PrivateKey | None = None,
        *,
        organization: str = "上海示例贸易有限公司",
        since: datetime = _SINCE,
        until: datetime = _UNTIL,
        usage: Sequence[str] = _PARTY_USAGE,
        purpose: x509.ObjectIdentifier | None = None,
    ) -> "Party":
        """Return somebody this authority certifies."""
        private_key = private_key or ec.generate_private_key(ec.SECP256R1())
        subject = _subject(name, organization)
        draft = _draft(subject, private_key, self.certificate.subject, since, until, usage, depth=None)
        if purpose is not None:
            draft = draft.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        above = self.above if self.certificate.issuer == self.certificate.subject else (self.certificate, *self.above)
        return Party(draft.sign(self.private_key, hashes.SHA256()), private_key, above)

    def authority(self, name: str, private_key: PrivateKey | None = None, *, depth: int = 0) -> "Party":
        """Return an authority below this one."""
        private_key = private_key or ec.generate_private_key(ec.SECP256R1())
        issuer = self.certificate.subject
        draft = _draft(_subject(name, "CA"), private_key, issuer, _SINCE, _UNTIL, _AUTHORITY_USAGE, depth=depth)
        above = self.above if self.certificate.issuer == issuer else (self.certificate, *self.above)
        return Party(draft.sign(self.private_key, hashes.SHA256()), private_key, above)

    def crl(self, *revoked: tuple["Party", datetime], since: datetime = _SINCE, until: datetime = _UNTIL) -> bytes:
        """Return this authority's list of those it revoked, and when."""
        draft = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        draft = draft.last_update(since).next_update(until)
        for party, at in revoked:
            serial = party.certificate.serial_number
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
            draft = draft.add_revoked_certificate(entry)
        return draft.sign(self.private_key, hashes.SHA256()).public_bytes(Encoding.DER)

    def elsewhere(self, *, prefer_pss: bool = False) -> SimpleSigner:
        """Return this party as pyHanko knows it."""
        chain = SimpleCertificateStore.from_certs([_as_asn1(one) for one in self.above])
        return SimpleSigner(_as_asn1(self.certificate), self._private_info(), chain, prefer_pss=prefer_pss)

    def stamping(self, root: "Party") -> DummyTimeStamper:
        """Return this party as a time-stamping authority at noon."""
        store = SimpleCertificateStore.from_certs([_as_asn1(one) for one in (*self.above, root.certificate)])
        return DummyTimeStamper(_as_asn1(self.certificate), self._private_info(), certs_to_embed=store, fixed_dt=NOON)

    def _private_info(self) -> asn1_keys.PrivateKeyInfo:
        plain = self.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return asn1_keys.PrivateKeyInfo.load(plain)


def root(name: str, private_key: PrivateKey | None = None) -> Party:
    """Return an authority that certifies itself."""
    private_key = private_key or ec.generate_private_key(ec.SECP256R1())
    subject = _subject(name, "CA")
    draft = _draft(subject, private_key, subject, _SINCE, _UNTIL, _AUTHORITY_USAGE, depth=3)
    return Party(draft.sign(private_key, hashes.SHA256()), private_key)


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def time_stamping(authority: Party) -> Party:
    """Return a time-stamping authority; its key is of the kind pyHanko's own can use."""
    purpose = ExtendedKeyUsageOID.TIME_STAMPING
    return authority.party("TSA", rsa_key(), usage=("digital_signature",), purpose=purpose)


def as_asn1_crl(der: bytes) -> asn1_crl.CertificateList:
    return asn1_crl.CertificateList.load(der)


def as_asn1(party: Party) -> asn1_x509.Certificate:
    return _as_asn1(party.certificate)


def _as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _subject(name: str, organization: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, organization), (NameOID.COMMON_NAME, name))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def _draft(
    subject: x509.Name,
    private_key: PrivateKey,
    issuer: x509.Name,
    since: datetime,
    until: datetime,
    usage: Sequence[str],
    *,
    depth: int | None,
) -> x509.CertificateBuilder:
    every = [name.removeprefix("_") for name in x509.KeyUsage.__init__.__annotations__ if name != "return"]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(depth is not None, depth), critical=True)
        .add_extension(x509.KeyUsage(**{one: one in usage for one in every}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private_key.public_key()), critical=False)
    )
