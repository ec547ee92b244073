"""Folders in memory, and a disk that is full as this process sees it."""

import os
import resource
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_MEMORY: Final = Path("/dev/shm")  # noqa: S108  each folder in it gets a name of its own
_ROOM_BYTES: Final = 1_500_000_000


def quick_folder(prefix: str) -> Path:
    """Make a folder that every account may pass through: in memory where the machine has room, else on disk."""
    _forget_the_dead(prefix)
    has_room = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES
    folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=_MEMORY if has_room else None))
    folder.chmod(0o755)
    return folder


def _forget_the_dead(prefix: str) -> None:
    """Give back the memory of runs that were killed: a folder bears the number of the process that made it."""
    for folder in _MEMORY.glob(f"{prefix}*-*"):
        maker = folder.name.removeprefix(prefix).partition("-")[0]
        if maker.isdigit() and not Path("/proc", maker).exists():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """Let no file grow beyond this size: a write past it fails as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
