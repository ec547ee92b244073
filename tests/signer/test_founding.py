import threading
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from privyseal.kernel.errors import Refused
from privyseal.kernel.note import VerifierKey
from privyseal.signer import answers, requests
from privyseal.signer.charters import Charter
from privyseal.signer.database import ClockRunsBackwards
from privyseal.signer.operations import AlreadyFounded, Signer
from privyseal.signer.protocol import Frame
from privyseal.signer.requests import RequestUnreadable
from privyseal.signer.store import NotFounded
from tests.signer.cast import FOUNDING, SEAL, STRANGERS_KEY, to_make, to_resume, to_seal
from tests.signer.conftest import Clock


def test_a_new_signer_has_no_keys(signer: Signer) -> None:
    status = signer.status()

    assert (status.is_founded, status.log_size) == (False, 0)


@pytest.mark.parametrize(
    "request_",
    [
        requests.Public(),
        to_make(),
        to_seal(),
        to_resume(),
        requests.Checkpoint(size=0, root=bytes(32), old_size=0, proof=()),
    ],
    ids=lambda request: type(request).__name__,
)
def test_before_the_founding_nothing_is_done(signer: Signer, request_: requests.Request) -> None:
    with pytest.raises(NotFounded):
        signer.answer(Frame(request_.header()))


def test_the_founding_makes_what_a_stranger_needs(signer: Signer) -> None:
    public = signer.found(FOUNDING)
    crl = x509.load_der_x509_crl(public.crl)

    assert signer.status().is_founded
    assert public.origin == "seals.example/ledger"
    assert VerifierKey.parse(public.log_key).name == "seals.example/ledger"
    assert (len(crl), crl.issuer.rfc4514_string()) == (0, "CN=Privyseal demo CA")
    key = x509.load_der_x509_certificate(public.ca).public_key()
    assert isinstance(key, EllipticCurvePublicKey)
    assert crl.is_signature_valid(key)


def test_found_twice_with_the_same_values_gives_the_same_answer(signer: Signer) -> None:
    assert signer.found(FOUNDING) == signer.found(FOUNDING) == signer.public()


@pytest.mark.parametrize(
    "other",
    [
        replace(FOUNDING, public_url="https://other.example"),
        replace(FOUNDING, origin="other.example/ledger"),
        replace(FOUNDING, web_key=STRANGERS_KEY.public_key().public_bytes_raw()),
        replace(FOUNDING, charter=Charter(approvals=2, assurance="session")),
        replace(FOUNDING, charter=Charter(approvals=1, assurance="external")),
        replace(FOUNDING, is_demo=False),
    ],
)
def test_found_twice_with_other_values_is_refused(founded: Signer, other: requests.Found) -> None:
    before = founded.public()

    with pytest.raises(AlreadyFounded):
        founded.found(other)

    assert founded.public() == before


def test_founded_by_two_at_once_there_is_one_authority(signer: Signer) -> None:
    answered: list[answers.Public] = []
    threads = [threading.Thread(target=lambda: answered.append(signer.found(FOUNDING))) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answered) == 4
    assert len({each.ca for each in answered}) == 1


def test_a_clock_that_runs_backwards_stops_the_signer_but_not_a_suspension(founded: Signer, clock: Clock) -> None:
    clock.at = clock.at.replace(year=2025)

    for request in (to_make(), to_seal(), to_resume()):
        with pytest.raises(ClockRunsBackwards):
            founded.answer(Frame(request.header()))
    with pytest.raises(Refused, match="seal-unknown"):
        founded.answer(Frame(requests.Suspend(seal=SEAL).header()))


def test_bytes_beside_a_request_that_takes_none_are_refused(signer: Signer) -> None:
    with pytest.raises(RequestUnreadable):
        signer.answer(Frame(requests.Status().header(), b"document"))
