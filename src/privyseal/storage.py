"""Files by their digest: what is stored under a SHA-256 is what has that SHA-256."""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotFound, Refused

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class StorageFull(Refused):
    code = "storage-full"


class StoredFileChanged(Refused):
    code = "stored-file-changed"


@dataclass(frozen=True, slots=True)
class Folder:
    """A content-addressed folder; a second write of the same bytes changes nothing."""

    root: Path

    def put(self, data: bytes) -> str:
        """Store the bytes durably and return their SHA-256 in hex, or refuse when the disk is full."""
        digest = sha256(data)
        path = self._path(digest)
        if path.exists():
            return digest
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(path, data)
        except OSError as error:
            raise StorageFull(sha256=digest) from error
        return digest

    def get(self, digest: str) -> bytes:
        """Return the bytes whose SHA-256 this is, or refuse: not-found, stored-file-changed."""
        try:
            data = self._path(digest).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(sha256=digest) from error
        if sha256(data) != digest:
            raise StoredFileChanged(sha256=digest)
        return data

    def _path(self, digest: str) -> Path:
        if not _SHA256.fullmatch(digest):
            raise NotFound
        return self.root / digest[:2] / digest

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                Path(file.name).unlink()
                raise
        Path(file.name).replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
