import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from privyseal.signer import authority
from privyseal.signer.authority import Issued
from tests.signer.cast import MAKING, NOON

PKI_URL = "https://seals.example/pki"


@pytest.fixture
def ca() -> Issued:
    return authority.new_authority(is_demo=True, at=NOON)


@pytest.fixture
def seal(ca: Issued) -> Issued:
    return authority.new_seal(
        MAKING, authority_key=ca.key, authority=ca.certificate, pki_url=PKI_URL, at=NOON.replace(microsecond=999)
    )


def test_the_demo_says_what_it_is(ca: Issued) -> None:
    real = authority.new_authority(is_demo=False, at=NOON)

    assert [x509.load_der_x509_certificate(each.certificate).subject.rfc4514_string() for each in (ca, real)] == [
        "CN=Privyseal demo CA",
        "CN=Privyseal CA",
    ]


def test_the_authority_signs_seals_and_revocations_only_for_ten_years(ca: Issued) -> None:
    certificate = x509.load_der_x509_certificate(ca.certificate)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)

    assert (usage.critical, usage.value.key_cert_sign, usage.value.crl_sign) == (True, True, True)
    assert not usage.value.digital_signature
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)
    assert timedelta(days=3652) <= ca.not_after - NOON <= timedelta(days=3654)


def test_a_seals_certificate_names_organization_number_and_seal(seal: Issued) -> None:
    subject = x509.load_der_x509_certificate(seal.certificate).subject

    assert [(each.oid, each.value) for each in subject] == [
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.ORGANIZATION_NAME, "上海示例贸易有限公司"),
        (NameOID.ORGANIZATION_IDENTIFIER, "NTRCN-91310000MA1FL0XX0A"),
        (NameOID.COMMON_NAME, "公章"),
    ]


def test_a_seals_certificate_may_sign_documents_and_nothing_else(ca: Issued, seal: Issued) -> None:
    certificate = x509.load_der_x509_certificate(seal.certificate)
    extensions = certificate.extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    issuer = x509.load_der_x509_certificate(ca.certificate).extensions
    points = extensions.get_extension_for_class(x509.CRLDistributionPoints).value

    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert [point.full_name for point in points] == [[x509.UniformResourceIdentifier(f"{PKI_URL}/ca.crl")]]
    assert (
        extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        == issuer.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    )
    with pytest.raises(x509.ExtensionNotFound):
        extensions.get_extension_for_class(x509.ExtendedKeyUsage)


def test_a_seals_certificate_is_valid_from_the_second_it_is_made_for_three_years(seal: Issued) -> None:
    certificate = x509.load_der_x509_certificate(seal.certificate)

    assert certificate.not_valid_before_utc == NOON
    assert seal.not_after == NOON + timedelta(days=1096)


def test_a_seals_certificate_does_not_outlive_its_authority(ca: Issued) -> None:
    late = authority.new_seal(
        MAKING,
        authority_key=ca.key,
        authority=ca.certificate,
        pki_url=PKI_URL,
        at=ca.not_after - timedelta(days=30),
    )

    assert late.not_after == ca.not_after


def test_openssl_accepts_chain_and_revocation_list(ca: Issued, seal: Issued, tmp_path: Path) -> None:
    crl = authority.revocation_list([], authority_key=ca.key, authority=ca.certificate, at=NOON + timedelta(minutes=5))
    _pem(tmp_path / "ca.pem", x509.load_der_x509_certificate(ca.certificate))
    _pem(tmp_path / "seal.pem", x509.load_der_x509_certificate(seal.certificate))
    _pem(tmp_path / "crl.pem", x509.load_der_x509_crl(crl))

    judged = subprocess.run(
        [
            *("openssl", "verify", "-x509_strict", "-crl_check", "-attime", str(int(NOON.timestamp()) + 600)),
            *("-CAfile", "ca.pem", "-CRLfile", "crl.pem", "seal.pem"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (judged.returncode, judged.stdout.strip()) == (0, "seal.pem: OK"), judged.stderr


def test_the_revocation_list_is_the_same_within_an_hour(ca: Issued) -> None:
    lists = [
        authority.revocation_list(
            [], authority_key=ca.key, authority=ca.certificate, at=NOON + timedelta(minutes=minutes)
        )
        for minutes in (61, 119, 120)
    ]

    assert lists[0] == lists[1] != lists[2]


def test_keys_are_of_their_kind(ca: Issued) -> None:
    log_key = authority.new_log_key()

    with pytest.raises(TypeError, match="P-256"):
        authority.private_key(log_key)
    with pytest.raises(TypeError, match="Ed25519"):
        authority.log_key(ca.key)


def _pem(path: Path, thing: x509.Certificate | x509.CertificateRevocationList) -> None:
    path.write_bytes(thing.public_bytes(Encoding.PEM))
