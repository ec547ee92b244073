"""The signer's data directory: its owner's alone, and one signer at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from privyseal.signer.database import CannotStart


@contextmanager
def occupied(data: Path) -> Iterator[Path]:
    """Hold the directory, made if it is missing and closed to others, or say who is in the way.

    The kernel drops the lock with the process, so a killed signer leaves nothing to clean up.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _close_to_others(data)
        lock = os.open(data / "signer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotStart(f"The signer cannot use {data}: {error.strerror}.") from error
    try:
        _lock(lock, data)
        yield data
    finally:
        os.close(lock)


def _lock(lock: int, data: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CannotStart(f"Another signer is running on {data}.") from error


def _close_to_others(data: Path) -> None:
    if data.stat().st_uid != os.geteuid():
        raise CannotStart(f"The signer's data in {data} belong to another user.")
    data.chmod(0o700)
