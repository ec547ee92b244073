"""Time stamps on seals: the signer has no network and asks its caller, who fetches."""

from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from privyseal.pdf.timestamps import TimestampRefused
from privyseal.signer.answers import Sealed
from privyseal.signer.checks import SealedFileInvalid
from privyseal.signer.client import Client
from tests.engine.pki import Pki, Stamper
from tests.signer.cast import CONTRACT, NOON, USE, WANG, approved, uid


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
