"""Files by their digest: what is stored under a SHA-256 is what has that SHA-256."""

import hashlib
import mmap
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Final, cast

from privyseal.kernel.canonical import sha256
from privyseal.kernel.disk import flush_file_system, flush_folder, write_all
from privyseal.kernel.errors import NotFound, Refused

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[0-9a-f]{32}")
_ARRIVALS: Final = "arriving"
_PART_BYTES: Final = 1 << 20
_KEPT_APART_BYTES: Final = 8_000_000
"""From this size on what is appended to a file is stored beside it, and the file not a second time."""
_LEFT_FREE_BYTES: Final = 200_000_000
"""So much of the disk what arrives leaves to what is sealed and recorded on it."""


class StorageFull(Refused):
    code = "storage-full"


class StoredFileChanged(Refused):
    code = "stored-file-changed"


@dataclass(frozen=True, slots=True)
class _Piece:
    """The rest of a file from ``start`` on."""

    path: Path
    start: int

    @property
    def size(self) -> int:
        return self.path.stat().st_size - self.start

    def parts(self) -> Iterator[bytes]:
        with self.path.open("rb") as stream:
            if self.start:
                stream.seek(self.start)
            while part := stream.read(_PART_BYTES):
                yield part


@dataclass(frozen=True, slots=True)
class Folder:
    """A content-addressed folder; a second write of the same bytes changes nothing.

    A file is whole under its digest; or, where something was appended to a large one, ``DIGEST.appended`` holds the
    digest of the file before and what was appended. Nobody who reads sees the difference.
    """

    root: Path
    reserve: int = _LEFT_FREE_BYTES

    def put(self, data: bytes) -> str:
        """Store the bytes durably and return their SHA-256 in hex, or refuse when the disk is full."""
        digest = sha256(data)
        if not self._is_stored(digest):
            write_whole(self._path(digest), (data,))
        return digest

    def discard(self, digest: str) -> None:
        """Delete a file to which nothing was appended; a second time changes nothing."""
        self._path(digest).unlink(missing_ok=True)

    def check_room(self, size: int) -> None:
        """Return if so many bytes more can be stored, or refuse."""
        try:
            self._arrivals.mkdir(mode=0o700, parents=True, exist_ok=True)
            free = shutil.disk_usage(self._arrivals).free
        except OSError as error:
            raise StorageFull from error
        if free < size + self.reserve:
            raise StorageFull(size=size, free=free)

    def leave_room(self, file: BinaryIO, size: int) -> None:
        """Return if a file on this disk may grow by so much, or refuse."""
        disk = os.fstatvfs(file.fileno())
        if disk.f_bavail * disk.f_frsize < size + self.reserve:
            raise StorageFull(size=size)

    def arrival(self) -> "Arrival":
        """Begin a file whose digest is not known before its end, or refuse when the disk is full."""
        self.check_room(_PART_BYTES)
        return Arrival(self, self._arrivals)

    @contextmanager
    def arrived(self, name: str) -> Iterator[BinaryIO]:
        """Lend a file that waits under the name it was left with, or refuse one that is gone."""
        try:
            file = self._waiting(name).open("rb")
        except FileNotFoundError as error:
            raise NotFound(arrival=name) from error
        with file:
            yield file

    def forget(self, name: str) -> None:
        """Let go of a file that waits no more."""
        self._waiting(name).unlink(missing_ok=True)

    def forget_arrivals(self, before: float) -> int:
        """Let go of what has not been written to since a POSIX time: nobody came for it. Return of how many files."""
        left = [file for file in self._arrivals.glob("*") if file.stat().st_mtime < before]
        for file in left:
            file.unlink(missing_ok=True)
        return len(left)

    def append(self, digest: str, appended: bytes) -> str:
        """Store a file followed by these bytes and return the whole's SHA-256, or refuse as ``put`` and ``get`` do."""
        pieces, whole = self._checked(digest)
        whole.update(appended)
        after = whole.hexdigest()
        if not self._is_stored(after):
            if sum(piece.size for piece in pieces) < _KEPT_APART_BYTES:
                write_whole(self._path(after), (*_parts(pieces), appended))
            else:
                write_whole(self._appended(after), (digest.encode("ascii"), appended))
        return after

    def append_each(self, appended: Sequence[tuple[str, bytes, bytes]]) -> list[str]:
        """Store what follows on files, named by digest and as ``get`` read them; the disk is waited for twice."""
        after: list[str] = []
        written: list[tuple[Path, Path]] = []
        try:
            for digest, data, more in appended:
                if len(data) >= _KEPT_APART_BYTES:
                    after.append(self.append(digest, more))
                    continue
                whole = hashlib.sha256(data)
                if whole.hexdigest() != digest:
                    raise StoredFileChanged(sha256=digest)
                whole.update(more)
                after.append(whole.hexdigest())
                path = self._path(after[-1])  # not looked for: where it is there, the same bytes take its place
                written.append((_written(path.parent, (data, more)), path))
            if written:
                self._flush()
                for part, path in written:
                    part.replace(path)
                self._flush()
        except OSError as error:
            for part, _ in written:
                part.unlink(missing_ok=True)
            raise StorageFull(files=len(appended)) from error
        return after

    def _flush(self) -> None:
        folder = os.open(self.root, os.O_RDONLY)
        try:
            flush_file_system(folder)
        finally:
            os.close(folder)

    def get(self, digest: str) -> bytes:
        """Return the bytes whose SHA-256 this is, or refuse: not-found, stored-file-changed."""
        try:
            with FileIO(self._path(digest)) as file:
                data = file.readall()
        except FileNotFoundError:
            data = b"".join(_parts(self._pieces(digest)))
        if sha256(data) != digest:
            raise StoredFileChanged(sha256=digest)
        return data

    def check(self, digest: str) -> None:
        """Return if there is a file whose SHA-256 this is, or refuse as ``get`` does."""
        with suppress(FileNotFoundError), FileIO(self._path(digest)) as file:
            if sha256_of(file) != digest:
                raise StoredFileChanged(sha256=digest)
            return
        self._checked(digest)

    def size(self, digest: str) -> int:
        with suppress(FileNotFoundError):
            return self._path(digest).stat().st_size
        return sum(piece.size for piece in self._pieces(digest))

    def parts(self, digest: str) -> Iterator[bytes]:
        """Return a file to be sent part by part, or refuse as ``get`` does before the first."""
        pieces, _ = self._checked(digest)
        return _parts(pieces)

    @contextmanager
    def lent(self, digest: str) -> Iterator[BinaryIO]:
        """Lend a file to read from its beginning, one piece on the disk, or refuse as ``get`` does."""
        pieces = self._pieces(digest)
        with pieces[0].path.open("rb") if len(pieces) == 1 else self._joined(pieces) as file:
            if sha256_of(file) != digest:
                raise StoredFileChanged(sha256=digest)
            file.seek(0)
            yield file

    @contextmanager
    def mapped(self, digest: str) -> Iterator[mmap.mmap]:
        """Lend a file as if it were in memory, or refuse as ``get`` does; an empty one is a ValueError."""
        with self.lent(digest) as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data

    @property
    def _arrivals(self) -> Path:
        return self.root / _ARRIVALS

    def _waiting(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise NotFound
        return self._arrivals / name

    def _adopt(self, file: BinaryIO, name: str) -> str:
        """Store a file that is written whole on the same disk under its digest, and return that."""
        digest = sha256_of(file)
        path = self._path(digest)
        if not self._is_stored(digest):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _link(file, name, path)
        return digest

    def _path(self, digest: str) -> Path:
        return _placed(self.root, digest)

    def _appended(self, digest: str) -> Path:
        return Path(f"{self._path(digest)}.appended")

    def _is_stored(self, digest: str) -> bool:
        return self._path(digest).exists() or self._appended(digest).exists()

    def _pieces(self, digest: str) -> list[_Piece]:
        """Return what a file consists of, or refuse."""
        path = self._path(digest)
        if path.exists():
            return [_Piece(path, 0)]
        appended = self._appended(digest)
        try:
            with appended.open("rb") as stream:
                before = stream.read(len(digest)).decode("ascii", "replace")
        except FileNotFoundError as error:
            raise NotFound(sha256=digest) from error
        if not _SHA256.fullmatch(before) or before == digest:
            raise StoredFileChanged(sha256=digest)
        return [*self._pieces(before), _Piece(appended, len(digest))]

    def _checked(self, digest: str) -> "tuple[list[_Piece], hashlib._Hash]":
        """Return what a file consists of, and its SHA-256 to be gone on with."""
        pieces, found = self._pieces(digest), hashlib.sha256()
        for part in _parts(pieces):
            found.update(part)
        if found.hexdigest() != digest:
            raise StoredFileChanged(sha256=digest)
        return pieces, found

    def _joined(self, pieces: list[_Piece]) -> BinaryIO:
        """Return the pieces as one file without a name, or refuse when the disk is full."""
        try:
            self._arrivals.mkdir(mode=0o700, parents=True, exist_ok=True)
            with ExitStack() as failing:
                file = failing.enter_context(tempfile.TemporaryFile(dir=self._arrivals))
                for part in _parts(pieces):
                    file.write(part)
                file.seek(0)
                failing.pop_all()
        except OSError as error:
            raise StorageFull from error
        return file


class Arrival:
    """A file that is being written. Unless it is left or kept it is gone once it is closed, or nobody holds it."""

    def __init__(self, folder: Folder, place: Path) -> None:
        self._folder = folder
        self._place = place
        self._sha256 = hashlib.sha256()
        self._named = tempfile.NamedTemporaryFile(dir=place, buffering=0)  # noqa: SIM115  closed by close
        self.size = 0

    @property
    def file(self) -> BinaryIO:
        return cast("BinaryIO", self._named.file)

    @property
    def sha256(self) -> str:
        """The digest of what was written so far."""
        return self._sha256.hexdigest()

    def write(self, part: bytes) -> None:
        """Write on, or refuse when the disk is full."""
        try:
            self._folder.leave_room(self.file, len(part))
            write_all(self.file, part)
        except OSError as error:
            raise StorageFull(size=self.size + len(part)) from error
        self._sha256.update(part)
        self.size += len(part)

    def leave(self) -> str:
        """Have the file wait, durably, under the name that is returned; or refuse when the disk is full."""
        name = secrets.token_hex(16)
        try:
            _link(self.file, self._named.name, self._place / name)
        except OSError as error:
            raise StorageFull from error
        return name

    def keep(self) -> str:
        """Store the file, whoever has written it, and return its SHA-256, or refuse when the disk is full."""
        try:
            return self._folder._adopt(self.file, self._named.name)  # noqa: SLF001  two halves of one thing
        except OSError as error:
            raise StorageFull from error

    def close(self) -> None:
        self._named.close()

    def __del__(self) -> None:
        self.close()


@lru_cache(maxsize=1024)
def _placed(root: Path, digest: str) -> Path:
    """Return where a file lies, or refuse. It is asked several times in a row, and to build a path takes longest."""
    if not _SHA256.fullmatch(digest):
        raise NotFound
    return root / digest[:2] / digest


def sha256_of(file: BinaryIO) -> str:
    """Return the digest of a whole file, in hex."""
    found = hashlib.sha256()
    file.seek(0)
    while part := file.read(_PART_BYTES):
        found.update(part)
    return found.hexdigest()


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file durably, whole or not at all, or refuse when the disk is full."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            try:
                for part in parts:
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                Path(file.name).unlink()
                raise
        Path(file.name).replace(path)
        flush_folder(path.parent)
    except OSError as error:
        raise StorageFull(sha256=path.stem) from error


def _written(folder: Path, parts: Iterable[bytes]) -> Path:
    """Write a file that is not waited for yet, and return where it lies, or raise OSError."""
    path = folder / f"tmp{secrets.token_hex(8)}"
    try:
        file = _new(path)
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = _new(path)
    try:
        with file:
            for part in parts:
                file.write(part)
    except OSError:
        path.unlink()
        raise
    return path


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _link(file: BinaryIO, name: str, path: Path) -> None:
    """Give a file that is flushed to the disk one more name, which is flushed as well."""
    os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(name)
    flush_folder(path.parent)


def _parts(pieces: list[_Piece]) -> Iterator[bytes]:
    for piece in pieces:
        yield from piece.parts()
