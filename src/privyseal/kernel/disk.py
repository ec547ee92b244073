"""Waiting for the disk, and files that are made once."""

import ctypes
import os
from contextlib import suppress
from pathlib import Path
from typing import IO


def write_all(file: IO[bytes], data: bytes) -> None:
    """Write the whole of it to an unbuffered file, or raise OSError: a disk that fills up takes a part."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def flush_file_system(descriptor: int) -> None:
    """Wait until all that was written to the file system of this file is on the disk, or raise OSError.

    One wait for a chunk: one for each of its files takes a third longer. Since Linux 5.8 it tells of what failed.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syncfs(descriptor):
        raise OSError(ctypes.get_errno(), "syncfs")


def written_once(path: Path, content: bytes) -> None:
    """Make a file for this account alone, where there is none: nobody reads half of it, nor another later."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}")
    half.touch(mode=0o600)
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # what is pinned elsewhere must not be lost here to a power cut
    with suppress(FileExistsError):
        os.link(half, path)  # whoever links first has made it
    half.unlink()
    flush_folder(path.parent)


def flush_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk, or raise OSError."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
