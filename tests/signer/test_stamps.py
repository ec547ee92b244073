"""Time stamps on seals: the signer has no network and asks its caller, who fetches."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPRequestBuilder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from privyseal.pdf import longterm
from privyseal.pdf.timestamps import TimestampRefused
from privyseal.signer import requests
from privyseal.signer.answers import Sealed
from privyseal.signer.checks import SealedFileInvalid
from privyseal.signer.client import Client
from privyseal.signer.database import Database
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from tests.engine.ades import ades_says
from tests.engine.pki import Pki, Stamper
from tests.signer.cast import CONTRACT, FOUNDING, NOON, USE, WANG, approved, to_make, to_seal, uid
from tests.signer.conftest import Clock


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki.made_in(tmp_path_factory.mktemp("pki"))


def seal(client: Client, stamp: object = None) -> Sealed:
    return client.seal(
        intent=uid("intent"),
        operator=WANG,
        approved=[approved(USE)],
        document=CONTRACT,
        field="Seal1",
        stamp=stamp,  # type: ignore[arg-type]  # a function, or none
    )


def test_a_seal_gets_the_time_stamp_that_its_caller_fetched(client: Client, pki: Pki) -> None:
    sealed = seal(client, Stamper(pki, NOON).token)

    context = ValidationContext(trust_roots=[pki.certificate("root")], moment=NOON, allow_fetching=False)
    (signature,) = PdfFileReader(BytesIO(CONTRACT + sealed.appended)).embedded_signatures
    stamped = validate_pdf_signature(signature, context, ts_validation_context=context).timestamp_validity
    assert stamped is not None
    assert (stamped.timestamp, stamped.trusted) == (NOON, True)


def test_asked_again_the_same_bytes_come_back_and_no_time_stamp_is_fetched(client: Client, pki: Pki) -> None:
    first = seal(client, Stamper(pki, NOON).token)

    assert seal(client, refuses) == first
    assert seal(client) == first


def test_without_its_time_stamp_nothing_is_sealed_and_the_impression_is_left(client: Client, pki: Pki) -> None:
    with pytest.raises(TimestampRefused):
        seal(client, refuses)

    assert seal(client, Stamper(pki, NOON).token).appended


def test_a_time_stamp_of_something_else_is_not_released(client: Client, pki: Pki) -> None:
    with pytest.raises(SealedFileInvalid):
        seal(client, lambda _: Stamper(pki, NOON).token(bytes(32)))


def refuses(_imprint: bytes) -> bytes:
    raise TimestampRefused(status=None)


@pytest.mark.parametrize("says", ["list", "answer"])
def test_with_our_own_list_or_answer_in_the_file_it_is_checked_long_after_by_nothing_else(
    database: Database, clock: Clock, keys: Keys, pki: Pki, says: str
) -> None:
    signer = Signer(database, clock, keys, names_responder=says == "answer")  # no reader asks who is not named
    signer.found(FOUNDING)
    signer.make(to_make())
    data = CONTRACT + signer.seal(replace(to_seal(), time_stamp=True), CONTRACT, Stamper(pki, NOON)).appended
    clock.at = NOON + timedelta(hours=1)
    public, (certificate,) = signer.public(), longterm.sealing_certificates(data)
    issued, authority = (x509.load_der_x509_certificate(one) for one in (certificate, public.ca))
    query = _question(issued, authority)
    of_stamps = pki.evidence("tsa", at=clock.at)
    of_stamps = replace(of_stamps, certificates=[public.ca, *of_stamps.certificates])
    ours = {
        "list": replace(of_stamps, crls=[*of_stamps.crls, public.crl]),
        "answer": replace(of_stamps, ocsp_answers=[*of_stamps.ocsp_answers, signer.ocsp(requests.Ocsp(query))]),
    }
    # A day later our answer has been stale for long; years later the list is as well, and the certificate over.
    stamper = Stamper(pki, NOON + timedelta(hours=2))
    roots, years = [public.ca, pki.certificate("root").dump()], NOON + timedelta(days=1500)

    once = data + longterm.archive(data, ours[says], authority=stamper, field="Archive")
    without = data + longterm.archive(data, of_stamps, authority=stamper, field="Archive")
    fresh = pki.evidence("tsa", at=years)
    again = once + longterm.archive(once, fresh, authority=Stamper(pki, years), field="Archive-2")

    assert ades_says(once, roots, NOON + timedelta(days=1)) is AdESPassed.OK
    assert ades_says(again, roots, years + timedelta(hours=1)) is AdESPassed.OK
    assert ades_says(without, roots, NOON + timedelta(days=1)) is not AdESPassed.OK


def _question(issued: x509.Certificate, authority: x509.Certificate) -> bytes:
    builder = OCSPRequestBuilder().add_certificate(issued, authority, SHA1())  # noqa: S303  a name, not a protection
    return builder.build().public_bytes(Encoding.DER)
