"""Time stamps, kept evidence and archiving, in the eyes of pyHanko's AdES validation and of OpenSSL."""

import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from asn1crypto import tsp  # type: ignore[import-untyped]  # asn1crypto ships no types
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from privyseal.pdf import timestamps
from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.longterm import add_evidence, archive, protected_until
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.seal import Following
from privyseal.pdf.timestamps import StampedKey, TimestampRefused
from privyseal.pdf.verifying.der import first
from tests.engine.ades import ades_says
from tests.engine.conftest import NOON, Sealing
from tests.engine.outside import Outside, output_of
from tests.engine.papers import contract
from tests.engine.pki import Pki, Stamper

HOUR: Final = timedelta(hours=1)
IMPRINT: Final = bytes(range(32))


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki.made_in(tmp_path_factory.mktemp("pki"))


@pytest.fixture(params=Following)
def stamped(request: pytest.FixtureRequest, pki: Pki, sealing: Sealing) -> bytes:
    """A document sealed with a time stamp at noon."""
    return sealing(contract(), key=StampedKey(pki.key(), Stamper(pki, NOON)), following=request.param)


def check_with_openssl(token: bytes, imprint: bytes, pki: Pki, folder: Path) -> str:
    file, root = folder / "token.der", folder / "root.pem"
    file.write_bytes(token)
    root.write_text(ssl.DER_cert_to_PEM_cert(pki.certificate("root").dump()))
    options = ("-attime", str(int((NOON + HOUR).timestamp())), "-CAfile", str(root))
    return output_of("openssl", "ts", "-verify", "-digest", imprint.hex(), "-token_in", "-in", file, *options)


def test_a_seal_carries_the_time_its_authority_saw_it(stamped: bytes, pki: Pki, outside: Outside) -> None:
    context = ValidationContext(trust_roots=[pki.certificate("root")], moment=NOON, allow_fetching=False)

    status = validate_pdf_signature(PdfFileReader(BytesIO(stamped)).embedded_signatures[0], context)

    assert status.bottom_line
    assert status.timestamp_validity is not None
    assert (status.timestamp_validity.timestamp, status.timestamp_validity.trusted) == (NOON, True)
    assert outside.pdfsig(stamped)[0].signature == "Signature is Valid."
    assert "No syntax or stream encoding errors" in outside.qpdf(stamped)


def test_openssl_accepts_the_tokens(stamped: bytes, pki: Pki, tmp_path: Path) -> None:
    revision = archive(stamped, pki.evidence("tsa", at=NOON), authority=Stamper(pki, NOON), field="archive")
    reader = PdfFileReader(BytesIO(stamped + revision))
    of_seal, of_document = reader.embedded_regular_signatures[0].signer_info, reader.embedded_timestamp_signatures[0]

    token = of_seal["unsigned_attrs"][0]["values"][0].dump()
    seen = hashlib.sha256(of_seal["signature"].native).digest()

    assert "Verification: OK" in check_with_openssl(token, seen, pki, tmp_path)
    of_document.compute_integrity_info()
    covered = of_document.compute_digest()
    assert "Verification: OK" in check_with_openssl(first(of_document.pkcs7_content).whole, covered, pki, tmp_path)


def test_the_evidence_makes_a_seal_checkable_without_asking_anybody(stamped: bytes, pki: Pki) -> None:
    kept = stamped + add_evidence(stamped, pki.evidence("seal", "tsa", at=NOON + HOUR))
    reader = PdfFileReader(BytesIO(kept))
    rules: dict[str, Any] = {
        "trust_roots": [pki.certificate("root")],
        "moment": NOON + HOUR,
        "allow_fetching": False,
        "revocation_mode": "require",
    }
    knowing = DocumentSecurityStore.read_dss(reader).as_validation_context(rules)

    knows = validate_pdf_signature(reader.embedded_signatures[0], knowing)
    asks = validate_pdf_signature(reader.embedded_signatures[0], ValidationContext(**rules, crls=[], ocsps=[]))

    assert knows.bottom_line
    assert not asks.bottom_line


def test_an_archived_seal_outlives_its_certificate(stamped: bytes, pki: Pki, outside: Outside) -> None:
    later, expired = datetime(2029, 6, 1, tzinfo=UTC), datetime(2030, 6, 1, tzinfo=UTC)
    evidence = pki.evidence("seal", "tsa", at=NOON + HOUR)

    once = stamped + archive(stamped, evidence, authority=Stamper(pki, NOON + 2 * HOUR), field="archive")
    again = once + archive(once, pki.evidence("tsa", at=later), authority=Stamper(pki, later + HOUR), field="archive-2")
    # whoever checks must know today's word on the newest time stamp's authority: the file cannot hold it
    today = again + add_evidence(again, pki.evidence("tsa", at=expired))

    assert ades_says(once, [pki.certificate("root").dump()], NOON + 24 * HOUR) is AdESPassed.OK
    assert ades_says(again, [pki.certificate("root").dump()], later + 24 * HOUR) is AdESPassed.OK
    assert ades_says(today, [pki.certificate("root").dump()], expired + HOUR) is AdESPassed.OK
    assert ades_says(again, [pki.certificate("root").dump()], expired + HOUR) is not AdESPassed.OK
    assert "No syntax or stream encoding errors" in outside.qpdf(today)


def test_a_file_says_how_long_its_newest_time_stamp_protects_it(stamped: bytes, pki: Pki) -> None:
    once = stamped + archive(stamped, pki.evidence("seal", at=NOON), authority=Stamper(pki, NOON, "old-tsa"), field="a")
    again = once + archive(once, pki.evidence("old-tsa", at=NOON), authority=Stamper(pki, NOON + HOUR), field="b")

    ends = [protected_until(data) for data in (stamped, once, again)]

    assert ends == [None, datetime(2030, 1, 1, tzinfo=UTC), datetime(2080, 1, 1, tzinfo=UTC)]


def test_evidence_is_kept_once(stamped: bytes, pki: Pki) -> None:
    evidence = pki.evidence("seal", "tsa", at=NOON + HOUR)
    kept = stamped + add_evidence(stamped, evidence)

    again = kept + add_evidence(kept, evidence)

    assert PdfFile.open(again).catalog == PdfFile.open(kept).catalog


def test_an_archive_takes_a_field_of_its_own(stamped: bytes, pki: Pki) -> None:
    with pytest.raises(NotSealable):
        archive(stamped, pki.evidence(at=NOON), authority=Stamper(pki, NOON), field="privyseal")


def test_a_query_is_one_that_authorities_read() -> None:
    query = tsp.TimeStampReq.load(timestamps.query(IMPRINT, nonce=2**63))

    assert query["message_imprint"].native == {
        "hash_algorithm": {"algorithm": "sha256", "parameters": None},
        "hashed_message": IMPRINT,
    }
    assert (query["nonce"].native, query["cert_req"].native) == (2**63, True)


def test_an_answer_to_another_question_is_refused(pki: Pki) -> None:
    answer = Stamper(pki, NOON).answer(timestamps.query(IMPRINT, nonce=1))

    assert timestamps.token_in(answer, imprint=IMPRINT, nonce=1)
    for imprint, nonce in ((bytes(32), 1), (IMPRINT, 2)):
        with pytest.raises(TimestampRefused):
            timestamps.token_in(answer, imprint=imprint, nonce=nonce)


@pytest.mark.parametrize("answer", [b"", b"\x30\x00", b"\x30\x05\x30\x03\x02\x01\x02", b"\x30\x84\xff", bytes(40)])
def test_an_answer_that_is_none_is_refused(answer: bytes) -> None:
    with pytest.raises(TimestampRefused):
        timestamps.token_in(answer, imprint=IMPRINT, nonce=1)
