"""One CA, one company, one seal, and the judges from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from privyseal.pdf.face import Face
from privyseal.pdf.placement import Placement
from privyseal.pdf.seal import Following, Key, seal, software_key
from tests.engine.outside import Outside

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FACE = Face(ring="上海示例贸易有限公司")
SEALED_AT = Placement(page=1, x=150_000, y=60_000)

Sealing = Callable[..., bytes]
"""Returns the sealed file for a document; keywords replace the usual arguments of ``seal``."""


@dataclass(frozen=True, slots=True)
class Authority:
    certificate: x509.Certificate
    private_key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def key(self, name: str = "合同专用章", *, until: int = 2080) -> Key:
        private_key = ec.generate_private_key(ec.SECP256R1())
        return software_key(private_key, self.issue(name, private_key, until=until))

    def rsa_key(self, bits: int) -> Key:
        private_key = rsa.generate_private_key(65537, bits)
        return software_key(private_key, self.issue("合同专用章", private_key))

    def issue(
        self, name: str, private_key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, *, until: int = 2080
    ) -> bytes:
        issued = _certificate(name, private_key, self.certificate.subject, self.private_key, until=until, is_ca=False)
        return issued.public_bytes(Encoding.DER)


def authority_named(name: str) -> Authority:
    private_key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(name)
    return Authority(_certificate(name, private_key, subject, private_key, until=2090, is_ca=True), private_key)


@pytest.fixture(scope="session")
def authority() -> Authority:
    return authority_named("Demo CA")


@pytest.fixture(scope="session")
def key(authority: Authority) -> Key:
    return authority.key()


@pytest.fixture(scope="session")
def outside(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Outside:
    return Outside(tmp_path_factory.mktemp("outside"), authority.pem, authority.der)


@pytest.fixture(scope="session")
def sealing(key: Key) -> Sealing:
    def sealed(document: bytes, **changed: Any) -> bytes:  # noqa: ANN401  any argument of seal
        if "placement" in changed:
            changed["spots"] = (changed.pop("placement"),)
        usual = {
            "face": FACE,
            "spots": (SEALED_AT,),
            "following": Following.NOBODY,
            "key": key,
            "field": "privyseal",
            "at": NOON,
        }
        return document + seal(document, **{**usual, **changed})

    return sealed


def _subject(name: str) -> x509.Name:
    parts = (
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.ORGANIZATION_NAME, "上海示例贸易有限公司"),
        (NameOID.ORGANIZATION_IDENTIFIER, "NTRCN-91310000MA1FL0XX0A"),
        (NameOID.COMMON_NAME, name),
    )
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def _certificate(
    name: str,
    private_key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    until: int,
    is_ca: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not is_ca,
        content_commitment=not is_ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )
    issuer_identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(_subject(name))
        .issuer_name(issuer)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(until, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private_key.public_key()), critical=False)
        .add_extension(issuer_identifier, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
