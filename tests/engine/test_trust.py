"""Whose a signature is, and whether that still counted when it was made."""

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Judgement, Outcome, Reason, Step
from privyseal.pdf.verifying import certificates, container, der
from privyseal.pdf.verifying.container import NotReadable
from privyseal.pdf.verifying.der import NotDer
from tests.engine.handmade import contents, paper
from tests.engine.honest import contract, signed_elsewhere
from tests.engine.papers import stream
from tests.engine.parties import NOON, Party, root, rsa_key, time_stamping

HOUR = timedelta(hours=1)
LATER = NOON + 365 * 24 * HOUR


@pytest.fixture(scope="session")
def top() -> Party:
    return root("Root")


@pytest.fixture(scope="session")
def below(top: Party) -> Party:
    return top.authority("Below")


@pytest.fixture(scope="session")
def clock(top: Party) -> Party:
    return time_stamping(top)


def signed_by(party: Party) -> bytes:
    return paper().declared("A").signed("A", party.key).data


def reasons(data: bytes, trusted: Party, *, at: datetime = NOON, crls: tuple[bytes, ...] = ()) -> tuple[Reason, ...]:
    return judge(data, trust=[trusted.der], at=at, crls=crls).reasons


def outcome(found: Judgement, step: Step) -> Outcome:
    return next(check.outcome for check in found.signatures[0].checks if check.step is step)


# --- from the certificate to the root


def test_a_chain_leads_to_its_root_and_to_no_other(top: Party, below: Party) -> None:
    data = signed_by(below.party("Leaf"))

    assert reasons(data, top) == ()
    assert reasons(data, below) == ()
    assert reasons(data, root("Root")) == (Reason.ISSUER_NOT_TRUSTED,)


def test_an_issuer_missing_in_the_signature_is_found_in_the_documents_store(top: Party, below: Party) -> None:
    leaf = below.party("Leaf")
    alone = Party(leaf.certificate, leaf.private_key)
    signed = paper().declared("A").signed("A", alone.key)
    stored = signed.revised({1: signed.catalog(b"/DSS<</Certs[16000 0 R]>>"), 16_000: stream(below.der)})

    assert reasons(signed.data, top) == (Reason.ISSUER_NOT_TRUSTED,)
    assert reasons(stored.data, top) == ()


def test_who_may_not_issue_has_issued_nothing(top: Party, below: Party) -> None:
    leaf = top.party("Leaf")
    too_deep = below.authority("Too deep")

    assert reasons(signed_by(leaf.party("Forged")), top) == (Reason.ISSUER_NOT_TRUSTED,)
    assert reasons(signed_by(too_deep.party("Forged")), top) == (Reason.ISSUER_NOT_TRUSTED,)


def test_a_namesake_of_the_issuer_is_not_the_issuer(top: Party) -> None:
    assert reasons(signed_by(root("Root").party("Leaf")), top) == (Reason.ISSUER_NOT_TRUSTED,)


@pytest.mark.parametrize(
    ("usage", "purpose", "found"),
    [
        (("digital_signature",), None, ()),
        (("content_commitment",), None, ()),
        (("key_encipherment",), None, (Reason.CERTIFICATE_PURPOSE,)),
        (("digital_signature",), ExtendedKeyUsageOID.EMAIL_PROTECTION, ()),
        (("digital_signature",), ExtendedKeyUsageOID.SERVER_AUTH, (Reason.CERTIFICATE_PURPOSE,)),
        (("digital_signature",), ExtendedKeyUsageOID.TIME_STAMPING, (Reason.CERTIFICATE_PURPOSE,)),
    ],
)
def test_a_certificate_is_good_for_what_it_was_issued_for(
    usage: tuple[str, ...], purpose: x509.ObjectIdentifier | None, found: tuple[Reason, ...], top: Party
) -> None:
    assert reasons(signed_by(top.party("Leaf", usage=usage, purpose=purpose)), top) == found


def test_a_certificate_of_no_known_version_is_none(top: Party) -> None:
    version = b"\xa0\x03\x02\x01\x02"

    assert certificates.read(top.der.replace(version, version[:-1] + b"\x2e", 1)) is None
    assert certificates.read(top.der) is not None


# --- when


def test_an_expired_certificate_counts_where_a_time_stamp_proves_the_time(top: Party, clock: Party) -> None:
    leaf = top.party("Leaf", until=NOON + HOUR)
    stamped = signed_elsewhere(contract(), leaf, timestamper=clock.stamping(top))
    found = judge(stamped, trust=[top.der], at=LATER)

    assert reasons(signed_by(leaf), top, at=LATER) == (Reason.CERTIFICATE_NOT_IN_FORCE,)
    assert (found.reasons, found.signatures[0].proven_at) == ((), NOON)
    assert outcome(found, Step.TIME) is Outcome.PASSED


def test_a_time_stamp_that_nobody_trusts_proves_nothing(top: Party) -> None:
    stranger = root("Stranger")
    stamped = signed_elsewhere(contract(), top.party("Leaf"), timestamper=time_stamping(stranger).stamping(stranger))

    found = judge(stamped, trust=[top.der], at=NOON)

    assert (found.reasons, found.signatures[0].proven_at) == ((), None)
    assert outcome(found, Step.TIME) is Outcome.UNKNOWN


# --- revocation


def test_a_certificate_revoked_before_sealing_is_found_in_its_issuers_list(top: Party, below: Party) -> None:
    leaf = top.party("Leaf")
    data, before = signed_by(leaf), top.crl((leaf, NOON - HOUR))

    assert reasons(data, top, crls=(before,)) == (Reason.CERTIFICATE_REVOKED,)
    assert reasons(data, top, crls=(top.crl(),)) == ()
    assert reasons(data, top, crls=(below.crl((leaf, NOON - HOUR)),)) == ()
    assert reasons(data, top, crls=(root("Root").crl((leaf, NOON - HOUR)),)) == ()


def test_a_revocation_since_counts_unless_a_time_stamp_proves_that_the_seal_is_older(top: Party, clock: Party) -> None:
    leaf = top.party("Leaf")
    since = (top.crl((leaf, NOON + HOUR)),)
    stamped = signed_elsewhere(contract(), leaf, timestamper=clock.stamping(top))

    assert reasons(signed_by(leaf), top, at=LATER, crls=since) == (Reason.CERTIFICATE_REVOKED,)
    assert reasons(stamped, top, at=LATER, crls=since) == ()


def test_an_outdated_list_says_nothing_of_today(top: Party) -> None:
    leaf = top.party("Leaf")
    old = top.crl(until=NOON - HOUR)
    found = [judge(signed_by(leaf), trust=[top.der], at=NOON, crls=crls) for crls in ([], [old], [top.crl()])]

    assert [outcome(one, Step.REVOCATION) for one in found] == [Outcome.UNKNOWN, Outcome.UNKNOWN, Outcome.PASSED]


def response(leaf: Party, issuer: Party, responder: Party, *, is_revoked: bool) -> bytes:
    status = ocsp.OCSPCertStatus.REVOKED if is_revoked else ocsp.OCSPCertStatus.GOOD
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=leaf.certificate,
        issuer=issuer.certificate,
        algorithm=hashes.SHA256(),
        cert_status=status,
        this_update=NOON - HOUR,
        next_update=NOON + HOUR,
        revocation_time=NOON - HOUR if is_revoked else None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
    if responder is not issuer:
        builder = builder.certificates([responder.certificate])
    return builder.sign(responder.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


def with_response(leaf: Party, answer: bytes) -> bytes:
    signed = paper().declared("A").signed("A", leaf.key)
    return signed.revised({1: signed.catalog(b"/DSS<</OCSPs[16000 0 R]>>"), 16_000: stream(answer)}).data


def test_an_answer_counts_from_the_issuer_and_from_whom_the_issuer_charged_with_it(top: Party) -> None:
    leaf = top.party("Leaf")
    charged = top.party("Responder", usage=("digital_signature",), purpose=ExtendedKeyUsageOID.OCSP_SIGNING)

    for responder in (top, charged):
        for is_revoked, standing in ((False, Outcome.PASSED), (True, Outcome.FAILED)):
            answer = response(leaf, top, responder, is_revoked=is_revoked)
            found = judge(with_response(leaf, answer), trust=[top.der], at=NOON)
            assert outcome(found, Step.REVOCATION) is standing


def test_an_answer_from_anybody_else_or_about_anybody_else_says_nothing(top: Party) -> None:
    leaf, other = top.party("Leaf"), top.party("Other")

    for answer in (
        response(leaf, top, other, is_revoked=True),
        response(other, top, top, is_revoked=True),
        response(leaf, top, root("Root"), is_revoked=True),
    ):
        found = judge(with_response(leaf, answer), trust=[top.der], at=NOON)
        assert outcome(found, Step.REVOCATION) is Outcome.UNKNOWN


# --- how


def test_weak_algorithms_and_keys_prove_nothing(top: Party) -> None:
    short = top.party("Short", rsa_key(1024))
    old = top.party("Old", rsa_key())

    assert reasons(signed_elsewhere(contract(), short), top) == (Reason.ALGORITHM_TOO_WEAK,)
    assert reasons(signed_elsewhere(contract(), old, md_algorithm="sha1"), top) == (Reason.ALGORITHM_TOO_WEAK,)


def test_a_signature_that_names_another_certificate_is_not_that_ones(top: Party) -> None:
    leaf = top.party("Leaf")
    data = signed_by(leaf)
    named = leaf.certificate.fingerprint(hashes.SHA256()).hex().encode()
    assert data.count(named) == 1

    found = reasons(data.replace(named, named[::-1]), top)

    assert found == (Reason.SIGNATURE_BROKEN, Reason.ATTRIBUTES_WRONG)


def test_two_signers_in_one_container_are_not_judged(top: Party) -> None:
    data = signed_by(top.party("Leaf"))
    start, end = contents(data)
    whole = der.first(bytes.fromhex(data[start:end].decode()))
    signers = whole.children()[1].children()[0].children()[-1]

    twice = whole.whole.replace(signers.whole, _set_of(signers.children()[0].whole * 2))

    with pytest.raises(NotReadable):
        container.read(twice)


def _set_of(body: bytes) -> bytes:
    return b"\x31\x82" + len(body).to_bytes(2, "big") + body


# --- DER


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80\x00\x00",  # a length that is not said
        b"\x30\x81\x01\x00",  # one byte too many for the length
        b"\x30\x82\x00\x80" + bytes(128),  # as above
        b"\x30\x02\x05",  # cut short
        b"\x05\x00\x00",  # something left over
        b"\x1f\x01\x00",  # a long tag
    ],
)
def test_what_is_not_der_is_not_read(data: bytes) -> None:
    with pytest.raises(NotDer):
        der.read(data)


@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_container_or_are_refused(data: bytes) -> None:
    with pytest.raises(NotReadable):
        container.read(b"\x30\x81" + bytes((len(data),)) + data if len(data) > 127 else data)
