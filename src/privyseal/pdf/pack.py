"""Appended parts of many documents in one file: added to, never changed, whole after any crash.

A record is its head, the document's name, the appended bytes, and the SHA-256 of all three. Nothing counts before it is
flushed, so only the last records can be half written; they are cut off when the pack is opened for adding.
"""

import fcntl
import hashlib
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from privyseal.kernel.errors import Refused

_HEAD: Final = struct.Struct(">4sHI32s")
_MAGIC: Final = b"PSP1"
_CHECK_BYTES: Final = 32


class NotAPack(Refused):
    """A file of this name is there, and it is something else."""

    code = "not-a-pack"


class PackInUse(Refused):
    """Another process adds to this pack."""

    code = "pack-in-use"


class PartMissing(Refused):
    """The pack holds nothing for this document, or something for another one of its name."""

    code = "part-missing"


@dataclass(frozen=True, slots=True)
class Part:
    """What is appended to the document of this name and SHA-256."""

    name: str
    original_sha256: bytes
    revision: bytes

    @property
    def record(self) -> bytes:
        name = self.name.encode()
        body = _HEAD.pack(_MAGIC, len(name), len(self.revision), self.original_sha256) + name + self.revision
        return body + hashlib.sha256(body).digest()


class Pack:
    """A pack opened for adding; ``names`` are of the documents it held then."""

    def __init__(self, stream: BinaryIO) -> None:
        self._descriptor = stream.fileno()
        self.names: set[str] = set()
        if stream.read(len(_MAGIC)) not in {b"", _MAGIC}:
            raise NotAPack
        stream.seek(0)
        end = 0
        for part, behind in _records(stream):
            self.names.add(part.name)
            end = behind
        os.ftruncate(self._descriptor, end)
        os.lseek(self._descriptor, end, os.SEEK_SET)

    def add(self, records: int, size: int) -> None:
        """Keep the records with which an open file begins, so many bytes; they are on the disk when this returns."""
        done = 0
        while done < size:
            done += os.sendfile(self._descriptor, records, done, size - done)
        os.fdatasync(self._descriptor)


@contextmanager
def opened(file: Path) -> Iterator[Pack]:
    """Open a pack for adding, made where there is none, or refuse while another process adds to it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as stream:
        try:
            fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)  # of this process: a worker left behind holds nothing
        except OSError as error:
            raise PackInUse(pack=file.name) from error
        yield Pack(stream)


def whole(file: Path, name: str, original: bytes) -> bytes:
    """Return the sealed document: the original and what the pack holds for it, or refuse."""
    digest = hashlib.sha256(original).digest()
    with file.open("rb") as stream:
        for part, _ in _records(stream):
            if (part.name, part.original_sha256) == (name, digest):
                return original + part.revision
    raise PartMissing(document=name)


def _records(stream: BinaryIO) -> Iterator[tuple[Part, int]]:
    """Yield the parts with the place where each ends, up to the first that is not whole."""
    left = os.fstat(stream.fileno()).st_size
    while len(head := stream.read(_HEAD.size)) == _HEAD.size:
        magic, name_length, length, digest = _HEAD.unpack(head)
        size = name_length + length + _CHECK_BYTES
        left -= _HEAD.size + size
        if magic != _MAGIC or left < 0:
            return
        rest = stream.read(size)
        body = rest[:-_CHECK_BYTES]
        if hashlib.sha256(head + body).digest() != rest[-_CHECK_BYTES:]:
            return
        yield Part(body[:name_length].decode(), digest, body[name_length:]), stream.tell()
