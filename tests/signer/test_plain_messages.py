"""What is said on the signer's line, over plain values: each message comes back as it was, a garbled one as none."""

import socket
import struct
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.device.signed import FrameKey
from privyseal.kernel.canonical import Json, utc_text
from privyseal.kernel.cosignature import cosigner_key
from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.kernel.shapes import Misshapen, base64_text
from privyseal.signer import answers, protocol, requests
from privyseal.signer.certifying import Certify
from privyseal.signer.denials import Denial, What
from privyseal.signer.passkeys import Page
from privyseal.signer.protocol import Frame, FrameTooLong
from privyseal.signer.requests import RequestUnreadable, parse_request
from privyseal.signer.unlocking import Confirm, Entrust, Lock, Open, PinCosigners
from tests.signer.cast import NOON, SEAL, to_destroy, uid

COSIGNER: Final = cosigner_key("audit.example", Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))
SIGNER: Final = FrameKey.of(derive_private_key(7, SECP256R1()).public_key())
PIN: Final = PinCosigners(quorum=Quorum((COSIGNER,), Needed.ANY, timedelta(seconds=60)), by=("a", "b"))


@pytest.mark.parametrize(
    "said",
    [
        Open("PS1"),
        Lock(),
        Entrust(needed=2, shares=3, by=("a", "b")),
        Confirm(("a", "b")),
        PIN,
        PinCosigners(quorum=Quorum((), Needed.NONE, timedelta(days=7)), by=()),
        requests.Ocsp(b"question"),
        requests.Cosigned(note="note"),
        requests.PinPage(Page("https://approve.example")),
        requests.AskOwnYes(seal=SEAL, type="personal"),
        requests.Deny(denied=(Denial(What.MANDATE, uid("mandate")),)),
        Certify(SEAL, b"certificate", (b"above",)),
        to_destroy(),
    ],
    ids=lambda said: type(said).__name__,
)
def test_what_is_asked_is_read_as_it_was_meant(said: requests.Request) -> None:
    assert parse_request(said.header()) == said


@pytest.mark.parametrize(
    "garbled",
    [
        {**PIN.header(), "cosigners": []},
        {**PIN.header(), "cosigners": ["no key"]},
        {**PIN.header(), "needed": "most"},
        {**PIN.header(), "within": 59},
        {**PIN.header(), "within": 604_801},
        {**Certify(SEAL, b"certificate", ()).header(), "certificate": ""},
        {"op": "open", "share": ["PS1"]},
    ],
)
def test_what_keepers_did_not_mean_is_not_read(garbled: dict[str, Json]) -> None:
    with pytest.raises(RequestUnreadable):
        parse_request(garbled)


def test_what_is_answered_of_devices_is_read_field_by_field() -> None:
    house = {"ca": base64_text(b"ca"), "certificate": base64_text(b"certificate"), "signer": SIGNER.to_json()}
    told = {"frame": "frame", "epoch": 1, "serial": "7f", "not_after": utc_text(NOON)}
    closed = {"grant": uid("grant"), "sequence": 1, "used": 0, "head": 5}

    assert answers.House.parse(house) == answers.House(b"ca", b"certificate", SIGNER)
    assert answers.EnrolledDevice.parse(told) == answers.EnrolledDevice("frame", 1, "7f", NOON)
    assert answers.Closed.parse(closed) == answers.Closed(uid("grant"), 1, 0, 5)
    assert answers.bits_of_head({"head": 0}) == 0
    assert answers.octets_of("crl")({"crl": base64_text(b"crl")}) == b"crl"
    assert answers.a_text("frame")({"frame": "frame"}) == "frame"
    for wrong in ({**told, "epoch": 0}, {**told, "more": 1}):
        with pytest.raises(Misshapen):
            answers.EnrolledDevice.parse(wrong)


def test_a_certificate_with_its_chain_and_a_status_are_read_as_they_were_said() -> None:
    for made in (answers.Made(b"1", "7f", NOON), answers.Made(b"1", "7f", NOON, (b"2", b"3"))):
        assert answers.Made.parse(made.to_json()) == made
    clock = answers.ClockSet(2, NOON, NOON, 3)
    for status in (
        answers.Status(True, 3, "1.0"),
        answers.Status(True, 3, "1.0", needed=3, missing=2),
        answers.Status(True, 3, "1.0", clock=clock),
    ):
        assert answers.Status.parse(status.to_json()) == status
    assert [answers.Status(True, 3, "1.0").is_open, answers.Status(True, 3, "1.0", 3, 2).is_open] == [True, False]


def test_each_document_of_a_batch_gets_its_own_bytes_and_none_more_than_there_are() -> None:
    one, two = (answers.Sealed(appended, "5" * 64, NOON) for appended in (b"first", b"2nd"))
    nothing = answers.Sealed(b"", "5" * 64, NOON)
    no = protocol.FrameCut()

    def read(said: list[Json], body: bytes) -> list[answers.Outcome]:
        return answers.outcomes({"each": said}, body, refusal=lambda code, _: no if code == no.code else Refused())

    said: list[Json] = [answers.outcome_json(each) for each in (one, no, nothing, two)]
    assert read(said, b"first2nd") == [one, no, nothing, two]
    for short in (b"first2n", b"first"):
        with pytest.raises(Misshapen):
            read(said, short)


def test_a_stamp_is_asked_for_by_its_question_alone() -> None:
    imprint = bytes(range(32))

    assert protocol.imprint_asked(protocol.ask_for_stamp(imprint)) == imprint
    others: list[dict[str, Json]] = [
        {"ask": "password", "imprint": "00"},
        {"ask": "time-stamp", "imprint": 7},
        {"imprint": "00"},
    ]
    for other in others:
        assert protocol.imprint_asked(Frame(other)) == b""


def test_a_body_too_long_for_a_folder_is_refused_by_a_number_that_all_read_alike(tmp_path: Path) -> None:
    near, far = socket.socketpair()
    with near, far:
        far.settimeout(5)
        near.sendall(struct.pack(">IQ", 1_000_000, 2**64 - 1))
        with pytest.raises(FrameTooLong) as refused:
            protocol.receive(far, tmp_path)
        assert refused.value.facts == {"header_bytes": 1_000_000, "body_bytes": 2**53 - 1}
