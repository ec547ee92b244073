"""Sockets of the file system between our processes: who may put one in a place, and whom a caller believes there."""

import os
import socket
import stat
import struct
import time
from pathlib import Path
from typing import Final

from privyseal.signer.protocol import SignerUnavailable

_BACKLOG: Final = 128
_MAX_PATH_BYTES: Final = 107  # struct sockaddr_un
_PEER: Final = struct.Struct("3i")  # struct ucred: pid, uid, gid
_ROOT: Final = 0
_LOOK_SECONDS: Final = 0.01


class CannotListen(Exception):
    """No socket is put there; the message is one sentence for a person."""


class ListenerIsStranger(SignerUnavailable):
    """Who answers at the socket is neither root, nor the caller, nor the owner of the socket's folder."""

    code = "listener-is-stranger"


def bind(path: Path, *, is_shared: bool, what: str = "The signer") -> socket.socket:
    """Return a listening socket, in the place of one that a dead process left; or say why not.

    A shared one can be opened by everybody and is guarded by the peer's uid alone.
    """
    if len(os.fsencode(path)) > _MAX_PATH_BYTES:
        raise CannotListen(f"The socket's path is longer than {_MAX_PATH_BYTES} bytes: {path}.")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _refuse_open_folder(path.absolute().parent)
        _clear(path, what)
        listener.bind(os.fspath(path))
        path.chmod(0o666 if is_shared else 0o600)
        listener.listen(_BACKLOG)
    except CannotListen:
        listener.close()
        raise
    except OSError as error:
        listener.close()
        raise CannotListen(f"{what} cannot listen on {path}: {error.strerror}.") from error
    return listener


def connect(connection: socket.socket, path: Path, *, seconds: float) -> None:
    """Reach whoever listens there, however many others knock; or refuse one that somebody else put in the place."""
    until = time.monotonic() + seconds
    while True:
        try:
            connection.connect(os.fspath(path))
            break
        except BlockingIOError:  # as many wait to be let in as may
            if time.monotonic() >= until:
                raise
            time.sleep(_LOOK_SECONDS)
    if peer_of(connection) not in {_ROOT, os.geteuid(), path.absolute().parent.stat().st_uid}:
        raise ListenerIsStranger


def peer_of(connection: socket.socket) -> int:
    """Return the user id of the other end, as the kernel gives it."""
    return int(_PEER.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))[1])


def _refuse_open_folder(folder: Path) -> None:
    """Say so where others may take our socket away and put theirs in its place."""
    mode = folder.stat().st_mode
    if mode & 0o022 and not mode & stat.S_ISVTX:
        raise CannotListen(f"Others may write in {folder}, and put a socket of theirs there: chmod go-w {folder}.")


def _clear(path: Path, what: str) -> None:
    """Remove a socket that nobody answers on; anything else in its place stays."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise CannotListen(f"There is something else where the socket should be: {path}. {what} does not start.")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise CannotListen(f"Another program answers on {path}.")
