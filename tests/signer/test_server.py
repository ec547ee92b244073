import logging
import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from privyseal.pdf.timestamps import TimestampAuthority
from privyseal.signer import answers, protocol, requests
from privyseal.signer.bodies import Body
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.database import Database
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from privyseal.signer.protocol import Frame
from privyseal.signer.server import PeerNotAllowed
from privyseal.signer.sockets import CannotListen, bind
from tests.files_left import no_file_left
from tests.running.served import eventually
from tests.signer.cast import CONTRACT, LI, MAKING, SEAL, WANG, to_seal
from tests.signer.conftest import Clock, serving

NOBODY = 65534


@contextmanager
def calling(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.connect(os.fspath(path))
        yield connection


@contextmanager
def as_a_stranger() -> Iterator[None]:
    """Root lends itself another uid; an ordinary user is a stranger to a signer of root's."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


def framed(header: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">IQ", len(header), len(body)) + header + body


def code_answered(connection: socket.socket) -> str:
    frame = protocol.receive(connection)
    assert frame is not None
    return str(frame.header.get("code", "ok"))


@pytest.mark.usefixtures("client")
def test_one_connection_may_ask_again_and_again(socket_path: Path) -> None:
    with calling(socket_path) as connection:
        for _ in range(3):
            protocol.send(connection, Frame({"op": "status"}))

            assert code_answered(connection) == "ok"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (struct.pack(">IQ", 1_000_001, 0), "frame-too-long"),
        (struct.pack(">IQ", 2, 60_000_001), "frame-too-long"),
        (framed(b'{"op":1.5}'), "header-unreadable"),
        (framed(b"\xff"), "header-unreadable"),
        (framed(b""), "header-unreadable"),
    ],
)
def test_a_broken_frame_is_answered_and_hung_up_on(client: Client, socket_path: Path, sent: bytes, code: str) -> None:
    with calling(socket_path) as connection:
        connection.sendall(sent)

        assert code_answered(connection) == code
        assert protocol.receive(connection) is None
    assert client.status().is_founded


@pytest.mark.parametrize("sent", [b"\x00\x00", struct.pack(">IQ", 9, 9), framed(b'{"op":"status"}', b"12")[:-1]])
def test_half_a_frame_disturbs_nobody(client: Client, socket_path: Path, sent: bytes) -> None:
    with calling(socket_path) as connection:
        connection.sendall(sent)
        assert client.status().is_founded  # while the rest is still awaited
        connection.shutdown(socket.SHUT_WR)

        assert code_answered(connection) == "frame-cut"
    assert client.status().is_founded


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (b'{"op":"sign"}', "operation-unknown"),
        (b"{}", "operation-unknown"),
        (b'{"op":"suspend"}', "request-unreadable"),
        (b'{"op":"status","please":true}', "request-unreadable"),
    ],
)
@pytest.mark.usefixtures("client")
def test_a_request_that_is_refused_leaves_the_line_open(socket_path: Path, header: bytes, code: str) -> None:
    with calling(socket_path) as connection:
        connection.sendall(framed(header) + framed(b'{"op":"status"}'))

        assert [code_answered(connection), code_answered(connection)] == [code, "ok"]


def test_a_stranger_on_the_machine_is_not_answered(founded: Signer, socket_path: Path) -> None:
    with serving(founded, socket_path, peer_uids=frozenset({0})), as_a_stranger(), pytest.raises(PeerNotAllowed):
        Client(socket_path).status()


def test_a_named_user_is_answered(founded: Signer, socket_path: Path) -> None:
    with serving(founded, socket_path, peer_uids=frozenset({NOBODY, os.geteuid()})), as_a_stranger():
        assert Client(socket_path).status().is_founded


def test_many_callers_are_answered_at_once(client: Client) -> None:
    answered: list[answers.Status] = []
    threads = [threading.Thread(target=lambda: answered.append(client.status())) for _ in range(100)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answered) == 100
    assert len(set(answered)) == 1


@pytest.mark.parametrize("sent", [b"", b"\x00", struct.pack(">IQ", 9, 9), framed(b'{"op":"status"}')])
def test_callers_that_dawdle_make_room_for_who_waits(founded: Signer, socket_path: Path, sent: bytes) -> None:
    with serving(founded, socket_path, patience_seconds=0.01), ExitStack() as slow:
        for _ in range(33):
            slow.enter_context(calling(socket_path)).sendall(sent)

        assert Client(socket_path, timeout_seconds=10).status().is_founded


def test_whoever_is_in_time_is_not_hung_up_on_for_others(founded: Signer, socket_path: Path) -> None:
    with serving(founded, socket_path, patience_seconds=60), ExitStack() as knocking, calling(socket_path) as patient:
        protocol.send(patient, Frame({"op": "status"}))
        assert code_answered(patient) == "ok"
        for _ in range(40):
            knocking.enter_context(calling(socket_path))

        protocol.send(patient, Frame({"op": "status"}))
        assert code_answered(patient) == "ok"


@pytest.mark.usefixtures("client")
def test_a_signer_without_a_file_left_for_a_caller_answers_again_once_there_is_one(
    socket_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        with no_file_left(caller.fileno()):
            caller.connect(os.fspath(socket_path))
            eventually(lambda: "cannot accept a caller" in caplog.text)

        assert caplog.text.count("cannot accept a caller") < 5
        Client(socket_path, timeout_seconds=10).status()


def test_a_stopping_signer_finishes_the_answer_it_owes(
    sealing: Signer, database: Database, clock: Clock, keys: Keys, socket_path: Path
) -> None:
    begun = threading.Event()

    class Announcing(Signer):
        def seal(
            self, request: requests.Seal, document: Body, stamps: TimestampAuthority | None = None
        ) -> answers.Sealed:
            begun.set()
            return super().seal(request, document, stamps)

    received: list[Frame | None] = []
    with serving(Announcing(database, clock, keys), socket_path) as server, calling(socket_path) as connection:
        protocol.send(connection, Frame(to_seal().header(), CONTRACT))
        begun.wait(10)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        received = [protocol.receive(connection), protocol.receive(connection)]
        stopping.join()

    assert received[0] is not None
    assert received[0].body == sealing.seal(to_seal(), CONTRACT).appended
    assert received[1] is None


def test_a_fault_ends_one_connection_and_no_other(
    database: Database, clock: Clock, keys: Keys, socket_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Faulty(Signer):
        def public(self) -> answers.Public:
            raise ZeroDivisionError

    with serving(Faulty(database, clock, keys), socket_path):
        client = Client(socket_path)
        with pytest.raises(SignerUnavailable):
            client.public()

        assert not client.status().is_founded
    assert "answer failed" in caplog.messages


def test_the_log_names_no_person_and_no_document(
    client: Client, socket_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    with calling(socket_path) as connection:
        protocol.send(connection, Frame(to_seal().header(), CONTRACT))
        assert code_answered(connection) == "ok"

    [record] = [record for record in caplog.records if record.getMessage() == "answered"]
    assert {name: record.__dict__[name] for name in ("op", "intent", "code")} == {
        "op": "seal",
        "intent": to_seal().intent,
        "code": "ok",
    }
    written = str([vars(record) for record in caplog.records])
    assert not [each for each in (WANG, LI, to_seal().document_sha256, MAKING.organization) if each in written]


def test_a_socket_that_nobody_answers_on_is_replaced(founded: Signer, socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(os.fspath(socket_path))

    with serving(founded, socket_path):
        assert Client(socket_path).status().is_founded


@pytest.mark.usefixtures("client")
def test_a_socket_that_is_answered_on_is_not_replaced(socket_path: Path) -> None:
    with pytest.raises(CannotListen, match="Another program answers"):
        bind(socket_path, is_shared=False)


def test_a_file_in_the_sockets_place_stays(socket_path: Path) -> None:
    socket_path.write_text("mine")

    with pytest.raises(CannotListen, match="something else"):
        bind(socket_path, is_shared=False)

    assert socket_path.read_text() == "mine"


def test_a_path_too_long_for_a_socket_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CannotListen, match="longer than 107 bytes"):
        bind(tmp_path / ("x" * 108), is_shared=False)


def test_a_directory_that_is_missing_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CannotListen, match="cannot listen"):
        bind(tmp_path / "missing" / "socket", is_shared=False)


@pytest.mark.parametrize(("is_shared", "mode"), [(False, 0o600), (True, 0o666)])
def test_only_a_shared_socket_can_be_opened_by_others(socket_path: Path, is_shared: bool, mode: int) -> None:  # noqa: FBT001  a row of the table
    with bind(socket_path, is_shared=is_shared):
        assert socket_path.stat().st_mode & 0o777 == mode


def test_a_suspension_is_answered_while_a_document_is_sealed(
    sealing: Signer, database: Database, clock: Clock, keys: Keys, socket_path: Path
) -> None:
    begun, suspended = threading.Event(), threading.Event()

    class Waiting(Signer):
        def seal(
            self, request: requests.Seal, document: Body, stamps: TimestampAuthority | None = None
        ) -> answers.Sealed:
            begun.set()
            suspended.wait(10)
            return super().seal(request, document, stamps)

    codes: list[str] = []

    def seal() -> None:
        with calling(socket_path) as connection:
            protocol.send(connection, Frame(to_seal().header(), CONTRACT))
            codes.append(code_answered(connection))

    with serving(Waiting(database, clock, keys), socket_path):
        sealing_caller = threading.Thread(target=seal)
        sealing_caller.start()
        begun.wait(10)
        Client(socket_path).suspend(seal=SEAL)
        suspended.set()
        sealing_caller.join()

    assert codes == ["seal-suspended"]
