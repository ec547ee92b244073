"""The sockets between our processes: nobody else's is believed, nobody else's place is taken."""

import os
import socket
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from privyseal.approval_page import client as approval_page
from privyseal.approval_page.client import ApprovalPageUnavailable
from privyseal.approval_page.door import Door
from privyseal.approval_page.keeping import Kept
from privyseal.signer.client import Client
from privyseal.signer.sockets import CannotListen, ListenerIsStranger, bind, connect
from tests.signer.test_server import as_a_stranger

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="another account's socket takes root to make")


def put(path: Path) -> socket.socket:
    """Listen there as another account, which may write into the folder for this moment."""
    path.parent.chmod(0o777)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with as_a_stranger():
        listener.bind(os.fspath(path))
        listener.listen()
    path.parent.chmod(0o755)
    return listener


@needs_root
def test_another_accounts_socket_in_the_place_is_told_nothing(socket_path: Path) -> None:
    with put(socket_path) as stranger:
        with pytest.raises(ListenerIsStranger):
            Client(socket_path, timeout_seconds=5).status()
        with pytest.raises(ApprovalPageUnavailable):
            approval_page.Client(socket_path, timeout_seconds=5).status()

        for _ in range(2):
            with stranger.accept()[0] as caller:
                assert caller.recv(1) == b""


@needs_root
def test_a_link_to_another_accounts_socket_is_told_nothing(socket_path: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with put(socket_path):
        link = tmp_path / "signer"
        link.symlink_to(socket_path)
        with pytest.raises(ListenerIsStranger):
            Client(link, timeout_seconds=5).status()


def test_where_others_may_write_nobody_listens(socket_path: Path) -> None:
    socket_path.parent.chmod(0o777)

    with pytest.raises(CannotListen, match=r"Others may write in .*: chmod go-w"):
        bind(socket_path, is_shared=False)

    socket_path.parent.chmod(0o1777)  # as /tmp: others cannot take ours away
    bind(socket_path, is_shared=False).close()


def test_the_approval_page_takes_nobodys_place(socket_path: Path) -> None:
    door = Door(Kept(), lambda: datetime.now(UTC), peer_uids=frozenset({0}), folder=socket_path.parent)
    socket_path.write_text("mine")

    with pytest.raises(CannotListen, match="something else"):
        door.listen(socket_path)
    assert socket_path.read_text() == "mine"

    socket_path.unlink()
    with bind(socket_path, is_shared=False), pytest.raises(CannotListen, match="Another program answers"):
        door.listen(socket_path)


def test_however_many_knock_a_caller_is_let_in(socket_path: Path) -> None:
    knocking = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(3)]
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(os.fspath(socket_path))
        listener.listen(0)
        for one in knocking[:2]:
            one.setblocking(False)
            one.connect_ex(os.fspath(socket_path))
        accepting = threading.Thread(target=lambda: _let_in(listener, 2))
        with closing(knocking[2]) as caller:
            caller.settimeout(5)
            with pytest.raises(BlockingIOError):
                connect(caller, socket_path, seconds=0)
            accepting.start()
            connect(caller, socket_path, seconds=5)
        accepting.join()
    for one in knocking:
        one.close()


def _let_in(listener: socket.socket, many: int) -> None:
    for _ in range(many):
        listener.accept()[0].close()
