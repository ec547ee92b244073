"""A ticket by QR code is the frame that would have come by the network, and is believed as little."""

import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.device import scanned
from privyseal.device.parts import Cannot
from privyseal.device.signed import Frame, FrameBroken, FrameForged, signed
from privyseal.device.tickets import Fence, Ticket
from privyseal.device.watched import Watched
from privyseal.kernel.canonical import sha256
from privyseal.simulator.console import code_on
from tests.device.test_frames import TICKET
from tests.device.test_machine import GATEWAY, IDENTITY, NOON, OPERATOR, SIGNER, Parts, frame, ticket

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "device-protocol.md"


def shown(said: Ticket, key: ec.EllipticCurvePrivateKey = SIGNER, kind: Frame = Frame.TICKET) -> str:
    return scanned.digits_of(signed(kind, said.to_json(), key))


def machine() -> Watched:
    parts = Parts()
    return Watched(IDENTITY, parts, parts.save, at=NOON)


def number(data: bytes) -> str:
    return str(int.from_bytes(data, "big"))


def packed(said: bytes) -> bytes:
    packer = zlib.compressobj(zdict=scanned.WORDS)
    return b"\1" + bytes(64) + packer.compress(said) + packer.flush()


@pytest.mark.parametrize(("operators", "version"), [(1, 14), (10, 19)])
def test_a_ticket_is_one_code_that_a_screen_shows(operators: int, version: int) -> None:
    """So many squares a side, at error level M, fit on a screen of 360 dots with more than three dots each."""
    drawn = [sha256(bytes([at])) for at in range(operators + 4)]
    said = replace(
        TICKET,
        uid=drawn[0][:32],
        seal=drawn[1][:32],
        permit=drawn[2][:32],
        document=drawn[3],
        operators=tuple(one[:32] for one in drawn[4:]),
        place=Fence(-31_230_416, 121_473_701, 50_000),
        impressions=100_000,
        epoch=9,
    )
    text = signed(Frame.TICKET, said.to_json(), SIGNER)
    digits = scanned.digits_of(text)

    assert scanned.frame_in(digits) == text
    assert int(segno.make(digits, error="m", micro=False).version) <= version


def test_a_simulated_camera_reads_the_picture_of_a_code(tmp_path: Path) -> None:
    digits, file = shown(ticket()), tmp_path / "screen.png"
    segno.make(digits, error="m", micro=False).save(str(file), scale=3)

    assert code_on(file) == digits


def test_the_words_are_those_of_the_document() -> None:
    assert f"`{scanned.WORDS.decode()}`" in DOCUMENT.read_text(encoding="utf-8")


def test_what_a_ticket_lets_stamp_by_network_or_code_it_lets_stamp_once() -> None:
    device, one = machine(), ticket(impressions=1)
    assert device.scan(shown(one), NOON) == one.uid
    assert [device.open(one.uid, OPERATOR, NOON), device.reserve(NOON), device.fire(NOON), device.commit(NOON)] == [
        *(None, None, None, None)
    ]
    device.close("done", NOON)
    device.take(frame(one), NOON)

    assert device.scan(shown(one), NOON) == one.uid
    assert device.open(one.uid, OPERATOR, NOON) is Cannot.USED_UP


@pytest.mark.parametrize(
    ("digits", "refused"),
    [
        (shown(ticket(), GATEWAY), FrameForged),
        (shown(replace(ticket(), device="D-0010")), FrameForged),
        (shown(ticket(), kind=Frame.ORDER), FrameBroken),
        (shown(ticket())[:-1], FrameBroken),
        *((text, FrameBroken) for text in ("", "0", "1", "256", "x", "٣", "9" * 3_001, number(b"\2" + bytes(90)))),
        (number(packed(b"{}" * 4_000)), FrameBroken),
        (number(packed(b"{}{}") + b"\0"), FrameBroken),
        (number(packed(b"")), FrameBroken),
        (number(b"\1" + bytes(64) + zlib.compress(b"{}{}")), FrameBroken),
    ],
)
def test_a_code_that_is_no_ticket_of_the_signer_for_this_machine_is_refused(
    digits: str, refused: type[FrameBroken | FrameForged]
) -> None:
    device = machine()
    with pytest.raises(refused):
        device.scan(digits, NOON)

    assert not device.kept.tickets


def test_late_and_to_somebody_else_it_opens_nothing() -> None:
    device, one = machine(), ticket()
    device.scan(shown(one), NOON)
    reasons = [device.open(one.uid, "9" * 32, NOON), device.open(one.uid, OPERATOR, one.closes_at + timedelta(1))]

    assert reasons == [Cannot.NOT_THE_OPERATOR, Cannot.LATE]
