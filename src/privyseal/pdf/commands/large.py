"""Files of any size: read where they lie, copied in parts, with news of how far it is."""

import mmap
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

_PART_BYTES: Final = 8 << 20
_BYTES_BETWEEN_NEWS: Final = 64 << 20


@contextmanager
def mapped(file: Path) -> Iterator[mmap.mmap]:
    """Lend a file as if it were in memory; an empty one is a ValueError."""
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data


def parts_of(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the next ``size`` bytes in parts."""
    while size and (part := stream.read(min(size, _PART_BYTES))):
        size -= len(part)
        yield part


def write_whole(original: Path, revision: bytes, out: Path) -> None:
    """Write original and revision as one file, wholly or not at all; tell how far a large one is."""
    unfinished = out.with_name(f".{out.name}.unfinished")
    with original.open("rb") as stream, unfinished.open("wb") as copy:
        size, done = os.fstat(stream.fileno()).st_size, 0
        for part in parts_of(stream, size):
            copy.write(part)
            before, done = done, done + len(part)
            if done // _BYTES_BETWEEN_NEWS > before // _BYTES_BETWEEN_NEWS:
                sys.stderr.write(f"{done >> 20} of {size >> 20} MB\n")
        copy.write(revision)
        copy.flush()
        os.fdatasync(copy.fileno())
    unfinished.rename(out)
