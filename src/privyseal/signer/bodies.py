"""Documents too large for memory: in a file without a name, which is gone with the process or before."""

import mmap
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self, TypeAlias

from privyseal.kernel.disk import write_all
from privyseal.signer.documents import Document

Body: TypeAlias = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class Finished:
    """A document with its revision, what was approved of it, and the field that it was made for; nobody has it yet."""

    document: Body
    revision: bytes
    approved: Document
    field: str


class Spooled(mmap.mmap):
    """A document that lies in a file of the signer's own, which nobody else can open or change."""

    _file: IO[bytes]

    def __new__(cls, file: IO[bytes]) -> Self:
        spooled = super().__new__(cls, file.fileno(), 0, access=mmap.ACCESS_READ)
        spooled._file = file
        return spooled

    def release(self) -> None:
        """Give the file up; what is mapped already can still be read."""
        self._file.close()

    def followed_by(self, appended: bytes) -> "Spooled":
        """Return the document with this behind it; only once, for the file is one and the same."""
        self._file.seek(len(self))
        write_all(self._file, appended)
        return Spooled(self._file)


def file_in(folder: Path) -> IO[bytes]:
    return tempfile.TemporaryFile(dir=folder, buffering=0)  # a full disk is noticed by the write that meets it


def followed_by(document: Body, appended: bytes) -> Body:
    """Return the whole of a document and what is appended to it."""
    return document.followed_by(appended) if isinstance(document, Spooled) else document[:] + appended
