"""How callers of the signer come in, wait, and go: threads, places and ends, seen from inside of it."""

import logging
import os
import socket
from pathlib import Path
from typing import Final

import pytest

from privyseal.kernel.canonical import canonical
from privyseal.pdf.timestamps import TimestampRefused
from privyseal.signer import protocol, server, sockets
from privyseal.signer.callers import Callers
from privyseal.signer.client import Client
from privyseal.signer.operations import Signer
from privyseal.signer.protocol import Frame
from privyseal.signer.server import _AskedBack
from privyseal.signer.sockets import CannotListen, bind
from privyseal.signer.unlocking import Lock
from tests.signer.conftest import serving
from tests.signer.test_server import calling, code_answered

STATUS: Final = Frame({"op": "status"})


def test_a_path_is_as_long_as_a_socket_takes(socket_path: Path) -> None:
    longest = socket_path.parent / ("s" * (107 - len(os.fsencode(socket_path.parent)) - 1))

    bind(longest, is_shared=False).close()
    with pytest.raises(CannotListen, match="107 bytes"):
        bind(longest.with_name(f"{longest.name}s"), is_shared=False)


def test_so_many_are_served_at_once_and_whoever_comes_later_once_another_leaves(
    founded: Signer, socket_path: Path
) -> None:
    with serving(founded, socket_path) as running:
        inside = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(32)]
        for connection in inside:
            connection.settimeout(10)
            connection.connect(os.fspath(socket_path))
            protocol.send(connection, STATUS)
            assert code_answered(connection) == "ok"

        callers = dict(running._callers)  # noqa: SLF001  what only it knows
        assert (len(callers), running._places._places._value) == (32, 0)  # noqa: SLF001  as above
        assert {(thread.name, thread.daemon) for thread in callers.values()} == {("caller", True)}
        assert {connection.gettimeout() for connection in callers} == {60.0}
        with calling(socket_path) as late:
            protocol.send(late, STATUS)
            inside.pop().close()
            assert code_answered(late) == "ok"
        for connection in inside:
            connection.close()


def test_a_signer_that_stops_waits_ten_seconds_for_the_answer_it_owes(
    founded: Signer, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float | None] = []
    with serving(founded, socket_path) as running, calling(socket_path) as connection:
        protocol.send(connection, STATUS)
        assert code_answered(connection) == "ok"
        (caller,) = running._callers.values()  # noqa: SLF001  what only it knows
        monkeypatch.setattr(caller, "join", waited.append)

        running.stop()
        running.stop()  # again, the same

        assert running._listener.fileno() == -1  # noqa: SLF001  as above
        assert protocol.receive(connection) is None
    (seconds,) = waited
    assert 0 < (seconds or 0) <= 10


def test_whoever_runs_the_signer_locks_it_through_the_socket(founded: Signer, socket_path: Path) -> None:
    with serving(founded, socket_path):
        Client(socket_path).lock()

    assert not founded.status().is_open
    assert (server._ROOT, sockets._BACKLOG) == (0, 128)  # noqa: SLF001  of the system


def test_a_token_that_did_not_come_is_no_token() -> None:
    for said in (Frame({"token": "time-stamp"}), None, Frame({"token": "time-stamp"}, b"token")):
        near, far = socket.socketpair()
        with near, far:
            if said is None:
                far.shutdown(socket.SHUT_WR)
            else:
                protocol.send(far, said)
            if said is not None and said.body:
                assert _AskedBack(near, Callers(1)).token(bytes(32)) == b"token"
                assert protocol.receive(far) == protocol.ask_for_stamp(bytes(32))
                continue
            with pytest.raises(TimestampRefused) as refused:
                _AskedBack(near, Callers(1)).token(bytes(32))
            assert refused.value.facts == {"status": None}


def test_each_answer_is_a_line_of_the_log_with_how_long_it_took(
    founded: Signer, socket_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "privyseal.signer"), serving(founded, socket_path):
        Client(socket_path).status()
        Client(socket_path).lock()

    said = [vars(one) for one in caplog.records if one.message == "answered"]
    assert [(one["name"], one["levelname"], one["op"], one["intent"], one["code"]) for one in said] == [
        ("privyseal.signer", "DEBUG", "status", None, "ok"),
        ("privyseal.signer", "INFO", "lock", None, "ok"),
    ]
    assert all(0 <= one["milliseconds"] < 60_000 for one in said)
    assert canonical(Lock().header()) == b'{"op":"lock"}'
