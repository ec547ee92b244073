"""Certificates from an authority outside: asked for, brought, checked, used, and followed by others."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1  # type: ignore[import-untyped]  # the library ships no types
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from privyseal.pdf.judge import Verdict, judge
from privyseal.signer import certificate_requests, outside, requests
from privyseal.signer.authority import uscc_of
from privyseal.signer.certifying import Certify, read_request
from privyseal.signer.checks import SealUnknown
from privyseal.signer.database import Database
from privyseal.signer.denials import ApplicationDenied, Denial, What
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from privyseal.signer.outside import CertificateAwaited, NothingAwaited, Outside
from privyseal.signer.protocol import Frame, SignerRefused
from tests.outside_ca import OutsideCa, named, use_of
from tests.signer.cast import (
    CHANGE,
    CONTRACT,
    FACE,
    FOUNDING,
    MAKE,
    MAKING,
    NOON,
    SEAL,
    USE,
    ZHAO,
    approved,
    to_destroy,
    to_make,
    to_seal,
)
from tests.signer.conftest import Clock
from tests.signer.test_process import Home, home, today
from tests.signer.test_process import seal as seal_at
from tests.signer.test_tokens import Hardware, hardware
from tests.signer.test_tokens import signer as with_hardware

__all__ = ["hardware", "home"]
CODE = (NameOID.ORGANIZATION_IDENTIFIER, f"NTRCN-{MAKING.uscc}")
CHANGED = to_make(approved(CHANGE))


@dataclass
class Case:
    """A founded signer that asks an authority outside for every seal, and that authority."""

    signer: Signer
    ca: OutsideCa
    database: Database

    def asked(self, request: requests.Make | None = None) -> bytes:
        with pytest.raises(CertificateAwaited):
            self.signer.make(request or to_make())
        result = self.signer.answer(Frame({"op": "certificate-request", "seal": SEAL})).header["result"]
        return read_request(result)

    def bring(self, certificate: bytes, between: tuple[bytes, ...] | None = None) -> None:
        self.signer.answer(Frame(Certify(SEAL, certificate, self.ca.between if between is None else between).header()))

    def made(self, request: requests.Make | None = None, *, days: int = 400) -> bytes:
        self.bring(self.ca.issue(self.asked(request), days=days))
        return self.signer.make(request or to_make()).certificate

    def keys(self) -> int:
        row = self.database.one("SELECT (SELECT sum(length(key) > 0) FROM awaited)")
        return int(row[0] or 0) if row else 0


@pytest.fixture
def case(database: Database, clock: Clock, keys: Keys) -> Case:
    ca = OutsideCa(NOON)
    signer = Signer(database, clock, keys, outside=Outside((ca.root,)))
    signer.found(FOUNDING)
    return Case(signer, ca, database)


def pyhanko_says(data: bytes, root: bytes, at: datetime) -> bool:
    context = ValidationContext(trust_roots=[asn1.Certificate.load(root)], moment=at, allow_fetching=False)
    signature = PdfFileReader(BytesIO(data)).embedded_signatures[0]
    status = validate_pdf_signature(signature, signer_validation_context=context)
    return bool(status.bottom_line)


def test_a_sealed_file_carries_the_chain_from_outside_and_every_judge_finds_it_valid(
    case: Case, tmp_path: Path
) -> None:
    certificate = case.made()

    data = CONTRACT + case.signer.seal(to_seal(), CONTRACT).appended

    assert judge(data, trust=[case.ca.root], at=NOON).verdict is Verdict.VALID
    assert judge(data, trust=[case.signer.public().ca], at=NOON).verdict is not Verdict.VALID
    assert pyhanko_says(data, case.ca.root, NOON)
    (tmp_path / "sealed.pdf").write_bytes(data)
    said = subprocess.run(
        ["pdfsig", "-nocert", str(tmp_path / "sealed.pdf")], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid." in said
    embedded = PdfFileReader(BytesIO(data)).embedded_signatures[0]
    assert {one.dump() for one in embedded.other_embedded_certs} == set(case.ca.between)
    assert embedded.signer_cert.dump() == certificate


def test_a_key_in_hardware_signs_its_request_and_seals_under_the_chain(home: Home, hardware: Hardware) -> None:
    now = datetime.now(UTC)
    ca, roots = OutsideCa(now), home.data.parent / "roots.pem"
    roots.write_bytes(outside.pem([ca.root]))
    asked = [approved(today(MAKE))]
    with with_hardware(home, "--token-algorithm", "rsa3072", "--outside-roots", str(roots)) as client:
        client.found(
            public_url=FOUNDING.public_url, origin=FOUNDING.origin, web_key=FOUNDING.web_key, approvals=1, is_demo=True
        )
        with pytest.raises(CertificateAwaited):
            client.make(seal=SEAL, approved=asked, face=FACE, manager=ZHAO)
        request = client.certificate_request(SEAL)
    with with_hardware(home, "--token-algorithm", "rsa3072", "--outside-roots", str(roots)) as client:
        client.certify(seal=SEAL, certificate=ca.issue(request), between=ca.between)
        made = client.make(seal=SEAL, approved=asked, face=FACE, manager=ZHAO)
        data = CONTRACT + seal_at(client, today(USE)).appended

        assert made.chain == (*ca.between, ca.root)
        assert hardware.objects() == 2
        assert judge(data, trust=[ca.root], at=datetime.now(UTC)).verdict is Verdict.VALID


def test_a_request_by_a_key_on_p256_that_is_elsewhere_is_signed_by_it() -> None:
    key = ec.generate_private_key(ec.SECP256R1())

    request = certificate_requests.by_hardware(
        MAKING, key.public_key(), lambda digest32: key.sign(digest32, ec.ECDSA(Prehashed(SHA256())))
    )

    asked = x509.load_der_x509_csr(request)
    assert asked.is_signature_valid
    assert asked.public_key() == key.public_key()
    assert uscc_of(OutsideCa(NOON).issue(request)) == MAKING.uscc


def test_what_is_not_certified_seals_nothing_and_the_version_before_seals_until_its_end(case: Case) -> None:
    request = case.asked()
    with pytest.raises(SealUnknown):
        case.signer.seal(to_seal(), CONTRACT)
    case.bring(case.ca.issue(request))
    first = case.signer.make(to_make()).certificate

    request = case.asked(CHANGED)
    assert case.signer.seal(to_seal(), CONTRACT).appended  # the first version still does
    case.bring(case.ca.issue(request, days=800))
    second = case.signer.make(CHANGED).certificate

    assert second != first
    with pytest.raises(SignerRefused) as refused:
        case.signer.seal(to_seal(intent="intent 2"), CONTRACT)
    assert refused.value.code == "seal-version-differs"
    assert case.signer.make(CHANGED).certificate == second
    assert case.keys() == 0
    # Our own list and answers say nothing of what another authority issued.
    assert len(x509.load_der_x509_crl(case.signer.public().crl)) == 0


def answers(ca: OutsideCa, request: bytes) -> dict[type[SignerRefused], tuple[bytes, tuple[bytes, ...]]]:
    """Every certificate that does not count, by the refusal that it gets."""
    stranger = OutsideCa(NOON)
    organization = (NameOID.ORGANIZATION_NAME, MAKING.organization)
    another = (NameOID.ORGANIZATION_IDENTIFIER, "NTRCN-91310000MA1FL0XX1X")
    issued = ca.issue
    return {
        outside.CertificateUnreadable: (b"no certificate", ca.between),
        outside.CertificateForAnotherKey: (ca.between[0], ca.between),
        outside.CertificateNamesAnother: (issued(request, subject=named("公章", organization, another)), ca.between),
        outside.CertificateNotForSeals: (issued(request, usage=use_of("key_encipherment")), ca.between),
        outside.CertificateNotInForce: (issued(request, since=NOON + timedelta(days=1)), ca.between),
        outside.CertificateNotTrusted: (stranger.issue(request), (*stranger.between, stranger.root)),
    }


def test_a_certificate_that_does_not_count_is_refused_by_its_code_and_changes_nothing(case: Case) -> None:
    request = case.asked()

    for refusal, (certificate, between) in answers(case.ca, request).items():
        with pytest.raises(refusal):
            case.bring(certificate, between)
    for certificate, between, refusal in (
        (case.ca.issue(request, subject=named("公章", CODE)), case.ca.between, outside.CertificateNamesAnother),
        (case.ca.issue(request, is_authority=True), case.ca.between, outside.CertificateNotForSeals),
        (
            case.ca.issue(request, since=NOON - timedelta(days=9), days=5),
            case.ca.between,
            outside.CertificateNotInForce,
        ),
        (case.ca.issue(request), (), outside.CertificateNotTrusted),
    ):
        with pytest.raises(refusal):
            case.bring(certificate, between)

    with pytest.raises(CertificateAwaited):
        case.signer.make(to_make())


def test_a_renewal_neither_takes_the_certificate_before_nor_one_that_ends_sooner_nor_our_own(
    case: Case, database: Database, clock: Clock, keys: Keys
) -> None:
    first = case.made(days=400)
    request = case.asked(CHANGED)

    for certificate, refusal in (
        (first, outside.CertificateForAnotherKey),
        (case.ca.issue(request, days=399), outside.CertificateEndsSooner),
    ):
        with pytest.raises(refusal):
            case.bring(certificate)
    # A signer that is no more told of the authority outside does not fall back to its own.
    case = replace(case, signer=Signer(database, clock, keys))
    with pytest.raises(outside.CertificateNotTrusted):
        case.bring(case.ca.issue(request, days=800))
    with pytest.raises(CertificateAwaited):
        case.signer.make(CHANGED)


def _denied(case: Case) -> None:
    case.signer.deny(requests.Deny(denied=(Denial(What.APPLICATION, CHANGE.application),)))


def _destroyed(case: Case) -> None:
    case.signer.destroy(to_destroy())


@pytest.mark.parametrize("end", [_denied, _destroyed])
def test_a_making_that_was_given_up_leaves_no_key(case: Case, end: Callable[[Case], None]) -> None:
    case.made()
    certificate = case.ca.issue(case.asked(CHANGED), days=800)
    assert case.keys() == 1

    end(case)

    assert case.keys() == 0
    with pytest.raises(NothingAwaited):
        case.bring(certificate)
    with pytest.raises(SignerRefused):
        case.signer.make(CHANGED)


def test_what_was_denied_after_the_certificate_came_is_not_made(case: Case) -> None:
    case.bring(case.ca.issue(case.asked()))
    case.signer.deny(requests.Deny(denied=(Denial(What.APPLICATION, MAKE.application),)))

    with pytest.raises(ApplicationDenied):
        case.signer.make(to_make())


def test_days_may_pass_until_the_certificate_comes(case: Case, clock: Clock) -> None:
    request = case.asked()
    clock.at = NOON + timedelta(days=9)  # what was approved was to be begun within the hour

    case.bring(case.ca.issue(request))

    assert case.signer.make(to_make()).chain[-1] == case.ca.root


def test_only_the_types_that_are_named_are_asked_for_outside(database: Database, clock: Clock, keys: Keys) -> None:
    signer = Signer(database, clock, keys, outside=Outside((OutsideCa(NOON).root,), frozenset({"contract"})))
    signer.found(FOUNDING)

    assert signer.make(to_make()).chain == ()
