"""Short, private folders for sockets, whose whole path has room for 107 bytes."""

import os
import socket
import stat
import struct
from hashlib import sha256
from pathlib import Path
from typing import Final

from privyseal.config.accounts import Account
from privyseal.config.failures import CannotStart

_LONGEST: Final = 90
_PEER: Final = struct.Struct("3i")  # struct ucred: pid, uid, gid


def digest(data: Path) -> str:
    """Return a short name for the data folder, the same at every start."""
    return sha256(os.fsencode(data)).hexdigest()[:12]


def place(account: Account, data: Path) -> Path:
    name = f"privyseal-{account.user_id}-{digest(data)}"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "") if account.is_current else ""
    if runtime and os.access(runtime, os.W_OK) and len(os.fsencode(runtime)) + 1 + len(name) <= _LONGEST:
        return Path(runtime) / name
    return Path("/tmp") / name  # noqa: S108 - made with mode 0700 and checked to be ours before use


def listener(path: Path) -> int | None:
    """Return the process that listens on a socket of ours, or nothing."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return None
        return int(_PEER.unpack(probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))[0])


def make_private(folder: Path, account: Account) -> None:
    """Make the folder that only the account can enter, or refuse what somebody else put there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    marks = folder.lstat()
    if marks.st_uid == os.geteuid() and not account.is_current:
        os.chown(folder, account.user_id, account.group_id, follow_symlinks=False)
        marks = folder.lstat()
    if not stat.S_ISDIR(marks.st_mode) or marks.st_uid != account.user_id or marks.st_mode & 0o077:
        raise CannotStart(f"{folder} is not a private folder of {account.name}: remove it and start again.")
