"""Whether a certificate is in force, asked of the signer and judged by openssl."""

import subprocess
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from privyseal.signer.authority import new_authority, new_seal
from privyseal.signer.database import Database
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from privyseal.signer.requests import Ocsp
from privyseal.signer.unlocking import Confirm, Entrust, Lock, Open
from tests.signer.cast import (
    CHANGE,
    CONTRACT,
    DESTROY,
    FOUNDING,
    LI,
    MAKE,
    MAKING,
    MASTER,
    NOON,
    USE,
    ZHOU,
    approved,
    to_destroy,
    to_make,
    to_seal,
)
from tests.signer.conftest import Clock
from tests.signer.test_process import today

NEW = bytes(16)


def asked(signer: Signer, certificate: bytes, ca: bytes, algorithm: HashAlgorithm | None = None) -> ocsp.OCSPResponse:
    seal, issuer = x509.load_der_x509_certificate(certificate), x509.load_der_x509_certificate(ca)
    builder = ocsp.OCSPRequestBuilder().add_certificate(seal, issuer, algorithm or SHA1())  # noqa: S303 - what RFC 5019 asks with
    question = builder.add_extension(x509.OCSPNonce(NEW), critical=False).build().public_bytes(Encoding.DER)
    return ocsp.load_der_ocsp_response(signer.ocsp(Ocsp(question)))


def openssl(*words: str | Path) -> str:
    ended = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False)
    return ended.stdout + ended.stderr


def test_openssl_believes_that_a_certificate_is_good_and_that_it_was_revoked(
    sealing: Signer, clock: Clock, tmp_path: Path
) -> None:
    clock.at = datetime.now(UTC)  # openssl has its own clock
    ca, seal = tmp_path / "ca.pem", tmp_path / "seal.pem"
    made = sealing.make(to_make())
    for file, certificate in ((ca, sealing.public().ca), (seal, made.certificate)):
        file.write_bytes(x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM))
    question, answer, crl = tmp_path / "question", tmp_path / "answer", tmp_path / "crl"
    openssl("ocsp", "-no_nonce", "-issuer", ca, "-cert", seal, "-reqout", question)

    def judged() -> str:
        answer.write_bytes(sealing.ocsp(Ocsp(question.read_bytes())))
        crl.write_bytes(sealing.public().crl)
        given = ("-issuer", ca, "-cert", seal, "-CAfile", ca, "-reqin", question, "-respin", answer)
        return openssl("ocsp", "-no_nonce", *given) + openssl(
            "crl", "-inform", "DER", "-in", crl, "-CAfile", ca, "-noout", "-text"
        )

    before = judged()
    sealing.destroy(to_destroy(approved(today(DESTROY), by=(LI, ZHOU))))
    after = judged()

    assert "Response verify OK" in before
    assert f"{seal}: good" in before
    assert "No Revoked Certificates" in before
    assert "Response verify OK" in after
    assert f"{seal}: revoked" in after
    assert "Reason: cessationOfOperation" in after
    assert before.count("verify OK") == after.count("verify OK") == 2


@pytest.mark.parametrize("algorithm", [SHA1(), SHA256()])  # noqa: S303 - as above
def test_an_answer_is_by_a_responder_that_may_do_nothing_else(sealing: Signer, algorithm: HashAlgorithm) -> None:
    ca = sealing.public().ca

    answer = asked(sealing, sealing.make(to_make()).certificate, ca, algorithm)

    (responder,) = answer.certificates
    responder.verify_directly_issued_by(x509.load_der_x509_certificate(ca))
    extensions = responder.extensions
    assert list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.OCSP_SIGNING]
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert x509.OCSPNoCheck() in [extension.value for extension in extensions]
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == NEW
    assert answer.next_update_utc is not None
    assert answer.next_update_utc - answer.this_update_utc == timedelta(hours=1)


def test_a_certificate_that_was_replaced_is_revoked_as_superseded(sealing: Signer) -> None:
    first = sealing.make(to_make()).certificate
    second = sealing.make(to_make(approved(CHANGE))).certificate

    old, new = (asked(sealing, one, sealing.public().ca) for one in (first, second))

    assert (old.certificate_status, old.revocation_reason) == (
        ocsp.OCSPCertStatus.REVOKED,
        x509.ReasonFlags.superseded,
    )
    assert new.certificate_status is ocsp.OCSPCertStatus.GOOD


def test_what_this_authority_never_gave_out_is_unknown_and_what_is_anothers_is_not_answered(sealing: Signer) -> None:
    other = new_authority(is_demo=True, at=NOON)
    stranger = new_seal(
        MAKING, authority_key=other.key, authority=other.certificate, pki_url="https://x.example", at=NOON
    )

    assert asked(sealing, stranger.certificate, sealing.public().ca).certificate_status is ocsp.OCSPCertStatus.UNKNOWN
    elsewhere = asked(sealing, stranger.certificate, other.certificate)
    assert elsewhere.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


@pytest.mark.parametrize("question", [b"", b"?", b"\x30\x80", bytes(1000)])
def test_what_is_no_question_is_malformed(sealing: Signer, question: bytes) -> None:
    answer = ocsp.load_der_ocsp_response(sealing.ocsp(Ocsp(question)))

    assert answer.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_a_responder_serves_until_half_its_time_is_over_and_through_a_new_master_key(
    sealing: Signer, clock: Clock
) -> None:
    made, ca = sealing.make(to_make()).certificate, sealing.public().ca
    first = asked(sealing, made, ca).certificates
    sealing.unlock(Confirm(_shares(sealing)))
    again = asked(sealing, made, ca).certificates
    clock.at += timedelta(days=46)

    assert first == again
    assert asked(sealing, made, ca).certificates != first


def test_a_sealed_signer_asks_for_patience(sealing: Signer) -> None:
    made, ca = sealing.make(to_make()).certificate, sealing.public().ca
    sealing.unlock(Lock())

    assert asked(sealing, made, ca).response_status is ocsp.OCSPResponseStatus.TRY_LATER
    sealing.unlock(Open(MASTER.hex()))
    assert asked(sealing, made, ca).certificate_status is ocsp.OCSPCertStatus.GOOD


def _shares(signer: Signer) -> tuple[str, ...]:
    shares = signer.unlock(Entrust(needed=2, shares=3, by=()))["shares"]
    assert isinstance(shares, list)
    return tuple(map(str, shares))


def test_pdfsig_asks_by_itself_and_learns_at_once_of_a_destruction(
    database: Database, keys: Keys, tmp_path: Path
) -> None:
    signer = Signer(database, lambda: datetime.now(UTC), keys, names_responder=True)
    with answering(signer) as address:
        signer.found(replace(FOUNDING, public_url=address))
        signer.make(to_make(approved(today(MAKE))))
        file, trust = tmp_path / "sealed.pdf", tmp_path / "trust"
        file.write_bytes(CONTRACT + signer.seal(to_seal(approved(today(USE))), CONTRACT).appended)
        trust.mkdir()
        authority = tmp_path / "ca.pem"
        authority.write_bytes(x509.load_der_x509_certificate(signer.public().ca).public_bytes(Encoding.PEM))
        certutil = ("certutil", "-d", f"sql:{trust}")
        said(*certutil, "-N", "--empty-password")
        said(*certutil, "-A", "-n", "ours", "-t", "CT,C,C", "-i", str(authority))

        before = said("pdfsig", "-nssdir", f"sql:{trust}", str(file))
        signer.destroy(to_destroy(approved(today(DESTROY), by=(LI, ZHOU))))
        after = said("pdfsig", "-nssdir", f"sql:{trust}", str(file))

    assert "Certificate is Trusted." in before
    assert "Certificate has been Revoked." in after


@contextmanager
def answering(signer: Signer) -> Iterator[str]:
    """Answer questions in addresses, as the page does, until the block ends; yield the public address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            question = b64decode(unquote(self.path.partition("/pki/ocsp/")[2]))
            answer = signer.ocsp(Ocsp(question))
            self.send_response(200)
            self.send_header("Content-Type", "application/ocsp-response")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


def said(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout
