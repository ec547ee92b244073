"""What else of the signer would change unnoticed: certificates from outside, cosigners, replays, codes on paper."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from privyseal.kernel import merkle, note
from privyseal.kernel.canonical import utc_text
from privyseal.kernel.cosignature import cosigner_key
from privyseal.kernel.note import Checkpoint
from privyseal.kernel.quorum import CosignersStale, Needed, Quorum
from privyseal.signer import authority, certificate_requests
from privyseal.signer.certifying import Certify, read_request
from privyseal.signer.copying import CannotContinue
from privyseal.signer.cosigned import Cosigned
from privyseal.signer.database import Database
from privyseal.signer.denials import What
from privyseal.signer.impressions import Impressions
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from privyseal.signer.outside import (
    Brought,
    CertificateEndsSooner,
    CertificateForAnotherKey,
    CertificateNamesAnother,
    CertificateNotForSeals,
    CertificateNotInForce,
    CertificateNotTrusted,
    CertificateUnreadable,
    Outside,
    checked,
)
from privyseal.signer.paper_codes import PaperCodes
from privyseal.signer.paper_codes import Use as UseOfPaper
from privyseal.signer.protocol import Frame, SignerRefused
from privyseal.signer.replaying import Later, _head
from privyseal.signer.store import SignedCheckpoint, Store
from tests.outside_ca import OutsideCa, use_of
from tests.signer.cast import CONTRACT, FOUNDING, MAKE, MAKING, NOON, SEAL, document, to_make
from tests.signer.conftest import Clock
from tests.signer.test_paper_codes import CODE

KEY: Final = derive_private_key(7, SECP256R1())
PUBLIC: Final = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
CA: Final = OutsideCa(NOON)
ASKED: Final = certificate_requests.by_software(MAKING, authority._pkcs8(KEY))  # noqa: SLF001  as keys are kept
GOOD: Final = CA.issue(ASKED)
END: Final = x509.load_der_x509_certificate(GOOD).not_valid_after_utc


def named(*said: tuple[x509.ObjectIdentifier, str]) -> bytes:
    return CA.issue(ASKED, subject=x509.Name([x509.NameAttribute(oid, value) for oid, value in said]))


def looked_at(certificate: bytes = GOOD, **otherwise: object) -> Brought:
    said: dict[str, object] = {"between": CA.between, "public": PUBLIC, "roots": (CA.root,), "before": None, "at": NOON}
    return checked(certificate, making=MAKING, **{**said, **otherwise})  # type: ignore[arg-type]  # each as it is named


def test_a_certificate_from_outside_counts_with_its_chain() -> None:
    found = looked_at(before=END - timedelta(seconds=1))

    assert (found.certificate, found.chain, found.not_after) == (GOOD, (*CA.between, CA.root), END)
    assert found.serial == f"{x509.load_der_x509_certificate(GOOD).serial_number:x}"
    code, name = (NameOID.ORGANIZATION_IDENTIFIER, MAKING.uscc), MAKING.organization
    for said in (
        ((NameOID.ORGANIZATION_NAME, name), code),
        (
            (NameOID.COMMON_NAME, f"041@{name}@1"),
            (NameOID.ORGANIZATIONAL_UNIT_NAME, f"N{MAKING.uscc.lower()}|{MAKING.uscc}"),
        ),
        ((NameOID.COUNTRY_NAME, "CN"), (NameOID.COMMON_NAME, f"{name}|x"), code),
    ):
        assert looked_at(named(*said)).chain


@pytest.mark.parametrize(
    ("certificate", "otherwise", "refusal"),
    [
        (b"garbage", {}, CertificateUnreadable),
        (GOOD, {"between": (*CA.between, b"garbage")}, CertificateUnreadable),
        (GOOD, {"public": b"another"}, CertificateForAnotherKey),
        (named((NameOID.ORGANIZATION_NAME, MAKING.organization)), {}, CertificateNamesAnother),
        (named((NameOID.ORGANIZATION_IDENTIFIER, MAKING.uscc)), {}, CertificateNamesAnother),
        (
            named(
                (NameOID.COUNTRY_NAME, "DE"),
                (NameOID.ORGANIZATION_NAME, MAKING.organization),
                (NameOID.ORGANIZATION_IDENTIFIER, MAKING.uscc),
            ),
            {},
            CertificateNamesAnother,
        ),
        (CA.issue(ASKED, usage=use_of("key_agreement")), {}, CertificateNotForSeals),
        (CA.issue(ASKED, is_authority=True), {}, CertificateNotForSeals),
        (GOOD, {"roots": ()}, CertificateNotTrusted),
        (GOOD, {"between": ()}, CertificateNotTrusted),
        (GOOD, {"at": END + timedelta(seconds=1)}, CertificateNotInForce),
        (GOOD, {"before": END}, CertificateEndsSooner),
    ],
)
def test_any_other_certificate_is_refused_for_what_is_wrong_with_it(
    certificate: bytes, otherwise: dict[str, object], refusal: type[SignerRefused]
) -> None:
    with pytest.raises(refusal):
        looked_at(certificate, **otherwise)


def test_what_awaits_a_certificate_is_answered_and_given_up_with_its_application(
    database: Database, clock: Clock, keys: Keys
) -> None:
    signer = Signer(database, clock, keys, outside=Outside((CA.root,)))
    signer.found(FOUNDING)
    with pytest.raises(SignerRefused, match="nothing-awaited"):
        signer.answer(Frame({"op": "certificate-request", "seal": SEAL}))
    for _ in range(2):  # asked again before there is one, it is the same that is awaited
        with pytest.raises(SignerRefused, match="certificate-awaited"):
            signer.make(to_make())
    request = outside_request(signer)
    assert signer.answer(Frame(Certify(SEAL, CA.issue(request), CA.between).header())) == Frame(
        {"ok": True, "result": {}}
    )
    assert outside_request(signer) == request

    with database.writing() as connection:
        said = (What.APPLICATION.value, MAKE.application, "", utc_text(NOON))
        connection.execute("INSERT INTO denial VALUES (?, ?, ?, ?)", said)
    assert database.one("SELECT count(*) FROM awaited WHERE length(key) > 0") == (1,)
    Signer(database, clock, keys)  # a start takes away what nobody took away before
    assert database.one("SELECT count(*) FROM awaited WHERE length(key) > 0") == (0,)


def outside_request(signer: Signer) -> bytes:
    return read_request(signer.answer(Frame({"op": "certificate-request", "seal": SEAL})).header["result"])


def test_cosigners_are_behind_what_was_there_ten_minutes_ago_and_not_behind_what_came_since(
    database: Database,
) -> None:
    key = cosigner_key("audit.example", Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))
    known = Cosigned(database, Quorum((key,), Needed.ALL, timedelta(minutes=10)))
    for size, seconds in ((1, 0), (2, 59), (3, 60), (4, 119), (5, 120)):
        known.remember(size, at=NOON + timedelta(seconds=seconds))
    assert database.every("SELECT size FROM head ORDER BY size") == [(1,), (3,), (5,)]
    with database.writing() as connection:
        connection.execute("INSERT INTO cosigner VALUES (?, 1, ?)", (key.name, int(NOON.timestamp()) + 600))

    known.check(at=NOON + timedelta(seconds=659))
    with pytest.raises(CosignersStale):
        known.check(at=NOON + timedelta(seconds=660))
    known.remember(6, at=NOON + timedelta(seconds=720))
    assert database.every("SELECT size FROM head ORDER BY size") == [(5,), (6,)]


def test_a_record_has_to_continue_even_a_head_over_one_fact(founded: Signer, database: Database, keys: Keys) -> None:
    store, leaves = Store(database, keys), [merkle.leaf_hash(bytes([number])) for number in range(3)]
    founded.public()
    store.follow(store.checkpoint(), SignedCheckpoint(1, leaves[0], ""))
    name, log = FOUNDING.origin, authority.log_key(store.log_key())

    def head(size: int, root: bytes) -> str:
        return note.sign_note(Checkpoint(name, size, root).text, name, log)

    honest, forged = merkle.root(leaves[:2]), merkle.root(leaves[1:])
    assert _head(store, Later(None, [leaves[1]]), head(2, honest)).root == honest
    assert _head(store, Later(None, ()), head(1, leaves[0])).size == 1
    for proof, said in (
        ([leaves[1]], head(2, forged)),
        ((), head(2, honest)),
        ((), head(1, leaves[1])),
        ((), head(0, merkle.EMPTY_ROOT)),
        ([leaves[1]], "no note"),
    ):
        with pytest.raises(CannotContinue):
            _head(store, Later(None, proof), said)


def test_a_code_on_paper_is_signed_once_and_whatever_has_none_stays_as_it_is(
    sealing: Signer, database: Database, keys: Keys
) -> None:
    codes = PaperCodes(database, keys, Store(database, keys))
    use = UseOfPaper(Store(database, keys).founded().ca_certificate, MAKING.uscc, "", 1, NOON)
    plain = document(CONTRACT)

    assert codes.signed(plain, use) is plain
    assert codes.certificates() == ()
    (signed, bare) = codes.signed(replace(plain, codes=(CODE, replace(CODE, is_signed=False))), use).codes
    assert (signed.is_signed, len(signed.text) > len(CODE.text)) == (False, True)
    assert (bare, len(codes.certificates())) == (replace(CODE, is_signed=False), 1)
    days = x509.load_der_x509_certificate(codes.certificates()[0]).not_valid_after_utc - timedelta(days=366)
    for at, made in ((days - timedelta(seconds=1), 1), (days, 2)):
        codes.signed(replace(plain, codes=(CODE,)), replace(use, at=at))
        assert len(codes.certificates()) == made


def test_what_is_held_is_let_go_and_what_was_never_counted_is_nothing(database: Database) -> None:
    counts = Impressions(database)
    for _ in range(2):
        with counts.holding("one", "two"):
            assert counts._held == {"one", "two"}  # noqa: SLF001  or the next caller would wait for ever
        assert counts._held == set()  # noqa: SLF001  as above
    assert (counts.sealed("one", request_sha256="5" * 64), counts.origin("5" * 64)) == (None, None)
