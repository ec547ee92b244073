import socket
import struct
from collections.abc import Iterator

import pytest

from privyseal.signer import protocol, requests
from privyseal.signer.protocol import Frame, FrameCut, FrameTooLong, HeaderUnreadable
from privyseal.signer.requests import OperationUnknown, RequestUnreadable, parse_request
from tests.signer.cast import FOUNDING, to_make, to_resume, to_seal, uid

LINE = tuple[socket.socket, socket.socket]


@pytest.fixture
def line() -> Iterator[LINE]:
    near, far = socket.socketpair()
    near.settimeout(5)
    far.settimeout(5)
    with near, far:
        yield near, far


def lengths(header_bytes: int, body_bytes: int) -> bytes:
    return struct.pack(">IQ", header_bytes, body_bytes)


@pytest.mark.parametrize("body", [b"", b"\x00\xff", bytes(100_000)])
def test_a_frame_survives_the_line(line: LINE, body: bytes) -> None:
    near, far = line

    protocol.send(near, Frame({"op": "status"}, body))

    assert protocol.receive(far) == Frame({"op": "status"}, body)


def test_a_closed_line_ends_the_frames(line: LINE) -> None:
    near, far = line
    near.close()

    assert protocol.receive(far) is None


@pytest.mark.parametrize(
    "announced",
    [lengths(1_000_001, 0), lengths(0, 60_000_001), lengths(2**32 - 1, 2**64 - 1)],
)
def test_a_frame_that_is_too_long_is_refused_before_it_is_read(line: LINE, announced: bytes) -> None:
    near, far = line
    near.sendall(announced)

    with pytest.raises(FrameTooLong):
        protocol.receive(far)


def test_a_frame_that_is_too_long_is_not_sent(line: LINE) -> None:
    near, _ = line

    with pytest.raises(FrameTooLong):
        protocol.send(near, Frame({"op": "status", "padding": "x" * 1_000_000}))


@pytest.mark.parametrize(
    "sent",
    [
        lengths(2, 0)[:5],
        lengths(2, 0),
        lengths(2, 0) + b"{",
        lengths(2, 3) + b"{}",
        lengths(2, 3) + b"{}12",
    ],
)
def test_half_a_frame_is_refused(line: LINE, sent: bytes) -> None:
    near, far = line
    near.sendall(sent)
    near.close()

    with pytest.raises(FrameCut):
        protocol.receive(far)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"[]",
        b'"op"',
        b'{"size":1.0}',
        b'{"size":1e3}',
        b'{"size":NaN}',
        b'{"size":9007199254740992}',
        b'{"op":"status","op":"status"}',
        b'{"b":1,"a":2}',
        b'{ "op":"status"}',
        b"\xff\xfe",
        b'{"\\ud800":1}',
        b'{"a":' * 10_000,
    ],
)
def test_a_header_that_is_not_canonical_is_refused(line: LINE, header: bytes) -> None:
    near, far = line
    near.sendall(lengths(len(header), 0) + header)

    with pytest.raises(HeaderUnreadable):
        protocol.receive(far)


@pytest.mark.parametrize(
    "request_",
    [
        requests.Status(),
        requests.Public(),
        FOUNDING,
        to_make(),
        to_seal(),
        requests.Suspend(seal=uid("official seal")),
        to_resume(),
        requests.Checkpoint(size=2, root=bytes(32), old_size=1, proof=(bytes(32),)),
    ],
    ids=lambda request: type(request).__name__,
)
def test_a_request_survives_its_header(line: LINE, request_: requests.Request) -> None:
    near, far = line
    protocol.send(near, Frame(request_.header()))
    received = protocol.receive(far)

    assert received is not None
    assert parse_request(received.header) == request_


@pytest.mark.parametrize(
    "header", [{}, {"op": "sign"}, {"op": 1}, {"op": None}, {"op": ["status"]}, {"op": "__init__"}]
)
def test_an_unknown_operation_is_refused(header: dict[str, str]) -> None:
    with pytest.raises(OperationUnknown):
        parse_request(header)


@pytest.mark.parametrize(
    "header",
    [
        {"op": "status", "please": True},
        {"op": "suspend"},
        {"op": "suspend", "seal": 7},
        {"op": "suspend", "seal": "../../etc/passwd"},
        {**to_seal().header(), "digest": "0" * 64},
        {**to_seal().header(), "field": "Seal.1"},
        {**to_seal().header(), "statements": []},
        {**to_seal().header(), "statements": [{"statement": 1, "assertions": []}]},
        {**to_seal().header(), "statements": [{"statement": "{}", "assertions": [{"assurance": "none"}]}]},
        {**to_seal().header(), "document_sha256": "0" * 63},
        {**to_make().header(), "face": "round"},
        {**FOUNDING.header(), "public_url": "https://seals.example/"},
        {**FOUNDING.header(), "public_url": "https://seals.example/?q=1"},
        {**FOUNDING.header(), "public_url": "https://admin@seals.example"},
        {**FOUNDING.header(), "public_url": "ftp://seals.example"},
        {**FOUNDING.header(), "public_url": "https://[seals"},
        {**FOUNDING.header(), "public_url": "https://印章.example"},
        {**FOUNDING.header(), "origin": "two words"},
        {**FOUNDING.header(), "web_key": "AAAA"},
        {**FOUNDING.header(), "web_key": "?"},
        {**FOUNDING.header(), "web_key": 1},
        {**FOUNDING.header(), "is_demo": 1},
        {**FOUNDING.header(), "charter": {"approvals": 0, "assurance": "session"}},
        {**FOUNDING.header(), "charter": {"approvals": 1, "assurance": "none"}},
        {**FOUNDING.header(), "charter": {"approvals": 1, "assurance": "session", "except": "on Fridays"}},
        {"op": "checkpoint", "size": -1, "root": "0" * 64, "old_size": 0, "proof": []},
        {"op": "checkpoint", "size": 1, "root": "0" * 64, "old_size": 0, "proof": ["0" * 64] * 129},
    ],
)
def test_a_misshapen_request_is_refused(header: dict[str, str]) -> None:
    with pytest.raises(RequestUnreadable):
        parse_request(header)
