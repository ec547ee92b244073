"""Every field of every certificate, list and answer that the signer signs, as the standards and its readers ask for."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp

from privyseal.device.signed import FrameKey
from privyseal.signer import authority, certificate_requests, device_authority, outside
from privyseal.signer import ocsp as answers
from privyseal.signer.authority import Issued, Revoked
from privyseal.signer.ocsp import _hashes
from privyseal.signer.outside import Outside
from privyseal.signer.paper_codes import _new_key
from tests.signer.cast import MAKING, NOON

AT: Final = NOON.replace(minute=41, second=17, microsecond=999)
SECOND: Final = AT.replace(microsecond=0)
CA: Final = authority.new_authority(is_demo=False, at=AT)
URL: Final = "https://seals.example/pki"
KEY: Final = FrameKey.of(derive_private_key(7, SECP256R1()).public_key())
HOME: Final = device_authority.new_home(at=AT)
SIGNS: Final = {"digital_signature", "content_commitment"}
ISSUES: Final = {"key_cert_sign", "crl_sign"}
USAGES: Final = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign"),
)


def read(der: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(der)


def said(certificate: x509.Certificate, *, by: bytes, key: bytes) -> dict[str, tuple[bool, Any]]:
    """Return each extension with whether it is critical; by these the certificate is signed as it always would be."""
    tbs = certificate.tbs_certificate_bytes
    assert certificate.signature == authority.private_key(key).sign(tbs, ECDSA(SHA256(), deterministic_signing=True))
    assert certificate.issuer == read(by).subject
    return {type(one.value).__name__: (one.critical, plain(one.value, by)) for one in certificate.extensions}


def plain(value: x509.ExtensionType, by: bytes) -> Any:  # noqa: ANN401  a value of every kind
    shown: Any = type(value).__name__
    match value:
        case x509.KeyUsage():
            shown = {name for name in USAGES if getattr(value, name)}
        case x509.BasicConstraints():
            shown = (value.ca, value.path_length)
        case x509.ExtendedKeyUsage():
            shown = [one.dotted_string for one in value]
        case x509.AuthorityKeyIdentifier():
            own = read(by).extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            shown = value == x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)
        case x509.SubjectAlternativeName():
            shown = [str(one.value) for one in value]
        case x509.CRLDistributionPoints():
            shown = [(one.full_name, one.relative_name, one.reasons, one.crl_issuer) for one in value]
        case x509.AuthorityInformationAccess():
            shown = [(one.access_method.dotted_string, one.access_location.value) for one in value]
        case x509.SubjectKeyIdentifier():
            shown = len(value.digest)
        case x509.CRLNumber():
            shown = value.crl_number
    return shown


def lasting(certificate: x509.Certificate) -> timedelta:
    assert certificate.not_valid_before_utc == SECOND
    return certificate.not_valid_after_utc - SECOND


def common(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()


def test_the_authority_of_seals_may_issue_and_nothing_else_for_ten_years() -> None:
    made = authority.new_authority(is_demo=False, at=AT)
    certificate = read(made.certificate)

    assert said(certificate, by=made.certificate, key=made.key) == {
        "SubjectKeyIdentifier": (False, 20),
        "BasicConstraints": (True, (True, 0)),
        "KeyUsage": (True, ISSUES),
    }
    assert (common(certificate), lasting(certificate)) == ("CN=Privyseal CA", timedelta(days=3653))
    assert (made.serial, made.not_after) == (f"{certificate.serial_number:x}", certificate.not_valid_after_utc)


@pytest.mark.parametrize("names_responder", [False, True])
def test_a_seals_certificate_says_this_and_no_more(*, names_responder: bool) -> None:
    made = authority.new_seal(
        MAKING,
        authority_key=CA.key,
        authority=CA.certificate,
        pki_url=URL,
        at=AT,
        names_responder=names_responder,
    )
    where = [x509.UniformResourceIdentifier(f"{URL}/ca.crl")]
    answered = (False, [("1.3.6.1.5.5.7.48.1", f"{URL}/ocsp"), ("1.3.6.1.5.5.7.48.2", f"{URL}/ca.cer")])

    assert said(read(made.certificate), by=CA.certificate, key=CA.key) == {
        "SubjectKeyIdentifier": (False, 20),
        "BasicConstraints": (True, (False, None)),
        "KeyUsage": (True, SIGNS),
        "AuthorityKeyIdentifier": (False, True),
        "CRLDistributionPoints": (False, [(where, None, None, None)]),
        **({"AuthorityInformationAccess": answered} if names_responder else {}),
    }
    assert (lasting(read(made.certificate)), made.not_after) == (timedelta(days=1096), SECOND + timedelta(days=1096))
    assert (authority.uscc_of(made.certificate), authority.uscc_of(b"none")) == (MAKING.uscc, "")
    assert authority.uscc_of(CA.certificate) == ""


def test_the_list_of_revoked_ones_says_since_when_and_why_and_when_the_next_one_comes() -> None:
    ended = [Revoked("7f", NOON, is_superseded=True), Revoked("80", NOON, is_superseded=False)]

    def listed(revoked: list[Revoked], at: datetime) -> x509.CertificateRevocationList:
        der = authority.revocation_list(revoked, authority_key=CA.key, authority=CA.certificate, at=at)
        return x509.load_der_x509_crl(der)

    later = AT + timedelta(hours=3)
    crl, hour = listed(ended, later), NOON + timedelta(hours=3)
    assert (crl.last_update_utc, crl.next_update_utc) == (hour, hour + timedelta(days=7))
    assert {type(one.value).__name__: (one.critical, plain(one.value, CA.certificate)) for one in crl.extensions} == {
        "AuthorityKeyIdentifier": (False, True),
        "CRLNumber": (False, int(hour.timestamp()) // 3600 * 1_000_000 + 2),
    }
    assert crl.issuer == read(CA.certificate).subject
    assert [(one.serial_number, one.revocation_date_utc, *map(_reason, one.extensions)) for one in crl] == [
        (0x7F, NOON, (False, x509.ReasonFlags.superseded)),
        (0x80, NOON, (False, x509.ReasonFlags.cessation_of_operation)),
    ]
    # Not before the authority was there, nor before what it lists.
    assert listed([], AT).last_update_utc == SECOND
    soon = SECOND + timedelta(minutes=5)
    assert listed([Revoked("7f", soon, is_superseded=True)], AT).last_update_utc == soon
    key = authority.private_key(CA.key)
    assert crl.signature == key.sign(crl.tbs_certlist_bytes, ECDSA(SHA256(), deterministic_signing=True))


def _reason(one: x509.Extension[x509.ExtensionType]) -> tuple[bool, x509.ReasonFlags]:
    assert isinstance(one.value, x509.CRLReason)
    return one.critical, one.value.reason


def test_the_authority_of_machines_is_one_of_its_own_for_twenty_years() -> None:
    made = device_authority.new_home(at=AT)
    certificate = read(made.ca)

    assert said(certificate, by=made.ca, key=made.ca_key) == {
        "SubjectKeyIdentifier": (False, 20),
        "BasicConstraints": (True, (True, 0)),
        "KeyUsage": (True, ISSUES),
    }
    assert (common(certificate), lasting(certificate)) == ("CN=Privyseal devices", timedelta(days=7305))
    assert (len(made.master), len({made.ca_key, made.frame_key, HOME.ca_key, HOME.frame_key})) == (32, 4)
    assert authority.private_key(made.frame_key).curve.name == "secp256r1"
    assert (timedelta(days=90), timedelta(days=30)) == (device_authority.DEVICE_VALID, device_authority.RENEWED_BEFORE)


CLIENT, SERVER = "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"


def test_machines_gateways_and_brokers_are_each_known_by_a_certificate_of_their_own() -> None:
    names = ("gate.example", "10.0.0.7")
    made = {
        "device": device_authority.for_device(HOME, "PS-1", KEY, at=AT),
        "gateway": device_authority.for_gateway(HOME, KEY, names, at=AT),
        "broker": device_authority.for_broker(HOME, KEY, names, at=AT),
    }
    common_to_all = {
        "SubjectKeyIdentifier": (False, 20),
        "BasicConstraints": (True, (False, None)),
        "KeyUsage": (True, {"digital_signature"}),
        "AuthorityKeyIdentifier": (False, True),
    }

    assert {name: said(one, by=HOME.ca, key=HOME.ca_key) for name, one in made.items()} == {
        "device": {**common_to_all, "ExtendedKeyUsage": (False, [CLIENT])},
        "gateway": {
            **common_to_all,
            "ExtendedKeyUsage": (False, [SERVER, CLIENT]),
            "SubjectAlternativeName": (False, ["gateway", *names]),
        },
        "broker": {
            **common_to_all,
            "ExtendedKeyUsage": (False, [SERVER]),
            "SubjectAlternativeName": (False, list(names)),
        },
    }
    assert [common(one) for one in made.values()] == ["CN=PS-1", "CN=gateway", "CN=broker"]
    assert {lasting(one) for one in made.values()} == {timedelta(days=90)}
    assert all(one.public_key() == KEY.public() for one in made.values())


def test_who_answers_for_certificates_may_do_nothing_else_and_is_not_asked_about_itself() -> None:
    made = answers.new_responder(authority_key=CA.key, ca=CA.certificate, at=AT)

    assert said(read(made.certificate), by=CA.certificate, key=CA.key) == {
        "SubjectKeyIdentifier": (False, 20),
        "BasicConstraints": (True, (False, None)),
        "ExtendedKeyUsage": (False, ["1.3.6.1.5.5.7.3.9"]),
        "OCSPNoCheck": (False, "OCSPNoCheck"),
        "AuthorityKeyIdentifier": (False, True),
    }
    assert (common(read(made.certificate)), lasting(read(made.certificate))) == (
        "CN=Privyseal OCSP",
        timedelta(days=90),
    )
    assert [made.lasts(made.not_after - timedelta(days=45) + by) for by in (-timedelta(seconds=1), timedelta(0))] == [
        True,
        False,
    ]


def test_the_key_of_codes_on_paper_has_its_own_purpose() -> None:
    made = _new_key(CA.key, CA.certificate, AT)

    assert said(read(made.certificate), by=CA.certificate, key=CA.key) == {
        "SubjectKeyIdentifier": (False, 20),
        "BasicConstraints": (True, (False, None)),
        "KeyUsage": (True, SIGNS),
        "ExtendedKeyUsage": (True, ["2.25.292014371803263046146421530237184262381"]),
        "AuthorityKeyIdentifier": (False, True),
    }
    assert (common(read(made.certificate)), lasting(read(made.certificate))) == (
        "CN=Privyseal codes on paper",
        timedelta(days=1096),
    )


RESPONDER: Final = answers.new_responder(authority_key=CA.key, ca=CA.certificate, at=AT)
SEALS: Final = authority.new_seal(MAKING, authority_key=CA.key, authority=CA.certificate, pki_url=URL, at=AT)


def answered(
    algorithm: HashAlgorithm, *, nonce: int | None = None, about: Issued = SEALS, revoked: Revoked | None = None
) -> ocsp.OCSPResponse:
    asked = ocsp.OCSPRequestBuilder().add_certificate(read(about.certificate), read(CA.certificate), algorithm)
    if nonce is not None:
        asked = asked.add_extension(x509.OCSPNonce(bytes(nonce)), critical=False)
    der = answers.answer(
        asked.build().public_bytes(Encoding.DER),
        ca=CA.certificate,
        responder=RESPONDER,
        standing=lambda serial: answers.Standing(serial == SEALS.serial, revoked),
        at=AT,
    )
    return ocsp.load_der_ocsp_response(der)


@pytest.mark.parametrize("algorithm", [SHA1(), SHA256(), SHA384(), SHA512()])  # noqa: S303  what RFC 5019 asks with
def test_an_answer_is_good_for_an_hour_by_whatever_digest_it_is_asked(algorithm: HashAlgorithm) -> None:
    found = answered(algorithm)

    assert (found.response_status, found.certificate_status) == (
        ocsp.OCSPResponseStatus.SUCCESSFUL,
        ocsp.OCSPCertStatus.GOOD,
    )
    assert (found.this_update_utc, found.next_update_utc) == (SECOND, SECOND + timedelta(hours=1))
    assert (f"{found.serial_number:x}", found.revocation_time_utc) == (SEALS.serial, None)
    assert [one.public_bytes(Encoding.DER) for one in found.certificates] == [RESPONDER.certificate]
    assert (found.responder_name, len(found.responder_key_hash or b"")) == (None, 20)
    assert len(found.extensions) == 0


def test_a_digest_that_nobody_asks_by_is_that_of_no_authority() -> None:
    assert _hashes(read(CA.certificate), "sha224") == (b"", b"")


def test_a_nonce_comes_back_where_it_is_no_longer_than_may_be() -> None:
    found = {
        length: [(one.critical, one.value) for one in answered(SHA256(), nonce=length).extensions]
        for length in (32, 33)
    }

    assert found == {32: [(False, x509.OCSPNonce(bytes(32)))], 33: []}


def test_what_is_not_good_is_said_to_be_unknown_or_revoked() -> None:
    other = authority.new_seal(MAKING, authority_key=CA.key, authority=CA.certificate, pki_url=URL, at=AT)
    revoked = answered(SHA256(), revoked=Revoked(SEALS.serial, NOON, is_superseded=True))

    assert answered(SHA256(), about=other).certificate_status == ocsp.OCSPCertStatus.UNKNOWN
    assert (revoked.certificate_status, revoked.revocation_time_utc, revoked.revocation_reason) == (
        ocsp.OCSPCertStatus.REVOKED,
        NOON,
        x509.ReasonFlags.superseded,
    )
    assert ocsp.load_der_ocsp_response(answers.later()).response_status == ocsp.OCSPResponseStatus.TRY_LATER


def test_a_request_for_a_certificate_says_what_the_key_is_for_and_is_signed_wherever_the_key_is() -> None:
    key, of_rsa = derive_private_key(7, SECP256R1()), rsa.generate_private_key(65_537, 2048)
    kept = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    asked = (
        certificate_requests.by_software(MAKING, kept),
        certificate_requests.by_hardware(
            MAKING, key.public_key(), lambda digest: key.sign(digest, ECDSA(Prehashed(SHA256())))
        ),
        certificate_requests.by_hardware(
            MAKING, of_rsa.public_key(), lambda digest: of_rsa.sign(digest, PKCS1v15(), Prehashed(SHA256()))
        ),
    )

    for der, public in zip(asked, (key.public_key(), key.public_key(), of_rsa.public_key()), strict=True):
        request = x509.load_der_x509_csr(der)
        assert request.is_signature_valid
        assert request.public_key() == public
        assert request.subject == authority.seal_name(MAKING)
        assert [(one.critical, plain(one.value, CA.certificate)) for one in request.extensions] == [(True, SIGNS)]


def test_certificates_from_outside_are_asked_for_where_a_root_is_known_and_the_type_is_meant() -> None:
    cases = [
        (Outside(), False),
        (Outside((b"root",)), True),
        (Outside((b"root",), frozenset({"all"})), True),
        (Outside((b"root",), frozenset({"official"})), True),
        (Outside((b"root",), frozenset({"contract"})), False),
        (Outside((), frozenset({"official"})), False),
    ]

    assert [(policy, policy.takes("official")) for policy, _ in cases] == cases
    chain = (CA.certificate, SEALS.certificate)
    assert (outside.from_pem(outside.pem(chain)), outside.from_pem(b"")) == (chain, ())
