"""The file of a backup: a tar archive in the age format, for at least two holders of keys, and its list of contents.

The last entry lists the others with their digests; an archive without it is half of one.
"""

import fcntl
import hashlib
import json
import os
import tarfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, cast

import pyrage

from privyseal.config.failures import CannotStart

LEAST_RECIPIENTS: Final = 2
FORMAT: Final = 1
_LIST: Final = "contents.json"
_PART_BYTES: Final = 1 << 20
_MODE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive: bytes, or a file on the disk."""

    name: str
    content: bytes | Path


def recipients(texts: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Return the keys to encrypt to, or say why they will not do: one holder alone would be a single point of loss."""
    if len(set(texts)) < LEAST_RECIPIENTS:
        raise CannotStart("A backup is encrypted to two different recipients at least: give --recipient twice.")
    try:
        return [pyrage.x25519.Recipient.from_str(text) for text in dict.fromkeys(texts)]
    except pyrage.RecipientError as error:
        raise CannotStart("A recipient is an age key (age1...): make one by `privyseal backup --key FILE`.") from error


def identity(path: Path) -> pyrage.x25519.Identity:
    """Return the key to decrypt with, from a file as age-keygen writes it."""
    try:
        lines = path.read_text(encoding="utf-8").split()
        return pyrage.x25519.Identity.from_str(next(line for line in lines if line.startswith("AGE-SECRET-KEY-")))
    except (OSError, UnicodeError, StopIteration, pyrage.IdentityError) as error:
        raise CannotStart(f"{path} holds no age identity (AGE-SECRET-KEY-...).") from error


def write(
    target: Path, entries: Iterable[Entry], about: Mapping[str, Any], to: Sequence[pyrage.x25519.Recipient]
) -> str:
    """Write an archive whole or not at all; return the SHA-256 of the file, or say why it cannot be written."""
    try:
        with in_place_of(target) as file:
            _encrypt(file, entries, about, to)
    except (OSError, pyrage.EncryptError) as error:
        raise CannotStart(f"The backup {target} cannot be written: {error}. What was there is as it was.") from error
    return digest_of(target)


@contextmanager
def in_place_of(target: Path) -> Iterator[BinaryIO]:
    """Give a file that takes the target's place once the block has ended well; one of two at once is refused.

    What a killed one left is written over, and nobody's link is followed.
    """
    half = target.with_name(target.name + ".half")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, _MODE), "wb") as file:
        if not _is_ours(file, half):
            raise CannotStart(f"{target} is being written by another one just now.")
        try:
            file.truncate()
            yield file
            file.flush()
            os.fsync(file.fileno())
            half.replace(target)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _is_ours(file: BinaryIO, half: Path) -> bool:
    """Lock the file, if it still bears its passing name: another may have finished it between opening and locking."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), half.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


def _encrypt(
    file: BinaryIO, entries: Iterable[Entry], about: Mapping[str, Any], to: Sequence[pyrage.x25519.Recipient]
) -> None:
    failed: list[BaseException] = []
    reading, writing = os.pipe()

    def pack() -> None:
        try:
            with os.fdopen(writing, "wb") as pipe:
                _pack(pipe, entries, about)
        except BaseException as error:  # noqa: BLE001  the outermost of a thread: it is raised on by its maker
            failed.append(error)

    packing = threading.Thread(target=pack, name="pack")
    packing.start()
    try:
        with os.fdopen(reading, "rb") as pipe:
            pyrage.encrypt_io(pipe, file, to)
    finally:
        packing.join()  # whose pipe is closed by now
    if failed:
        raise failed[0]


def unpack(source: Path, key: pyrage.x25519.Identity, folder: Path) -> dict[str, Any]:
    """Lay the archive out in this folder and return what it says about itself, or say what is wrong with it."""
    with _decrypted(source, key) as stream:
        try:
            found = dict(_laid_out(stream, folder))
        except (tarfile.TarError, OSError) as error:
            raise CannotStart(f"The backup {source} cannot be read: {error}.") from error
    listed = folder / _LIST
    if not listed.exists():
        raise CannotStart(f"The backup {source} ends too early: it has no list of its contents.")
    about: dict[str, Any] = json.loads(listed.read_text("utf-8"))
    listed.unlink()
    del found[_LIST]
    if about["format"] != FORMAT or about["contents"] != found:
        raise CannotStart(f"The backup {source} does not hold what it lists.")
    return about


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(stream: BinaryIO, entries: Iterable[Entry], about: Mapping[str, Any]) -> None:
    contents: dict[str, str] = {}
    with tarfile.open(fileobj=stream, mode="w|") as tar:
        for entry in entries:
            contents[entry.name] = _add(tar, entry)
        said = json.dumps({**about, "format": FORMAT, "contents": contents}, indent=1).encode()
        _add(tar, Entry(_LIST, said))


def _add(tar: tarfile.TarFile, entry: Entry) -> str:
    """Add a file as it is at this moment and return its digest; one that grows meanwhile is taken as far as it was."""
    member, hashed = tarfile.TarInfo(entry.name), hashlib.sha256()
    member.mode = _MODE
    with BytesIO(entry.content) if isinstance(entry.content, bytes) else entry.content.open("rb") as file:
        member.size = len(entry.content) if isinstance(entry.content, bytes) else os.fstat(file.fileno()).st_size
        tar.addfile(member, cast("BinaryIO", _Hashing(file, hashed)))
    return hashed.hexdigest()


class _Hashing:
    """What tarfile reads from, noting a digest of what it read."""

    def __init__(self, file: BinaryIO, hashed: Any) -> None:  # noqa: ANN401  hashlib's own type has no name
        self._file, self._hashed = file, hashed

    def read(self, size: int) -> bytes:
        part = self._file.read(size)
        self._hashed.update(part)
        return part


@contextmanager
def _decrypted(source: Path, key: pyrage.x25519.Identity) -> Iterator[BinaryIO]:
    """Give what was encrypted as a stream: nothing of it lies on the disk but in its own place."""
    reading, writing = os.pipe()
    failed: list[Exception] = []

    def decrypt() -> None:
        try:
            with os.fdopen(writing, "wb") as pipe, source.open("rb") as file:
                pyrage.decrypt_io(file, pipe, [key])
        except (OSError, pyrage.DecryptError) as error:
            failed.append(error)

    thread = threading.Thread(target=decrypt, name="decrypt")
    thread.start()
    try:
        with os.fdopen(reading, "rb") as pipe:
            yield pipe
    except CannotStart as error:
        thread.join()
        raise CannotStart(f"The backup {source} cannot be opened: {failed[0]}.") if failed else error from error
    thread.join()
    if failed:
        raise CannotStart(f"The backup {source} cannot be opened: {failed[0]}.")


def _laid_out(stream: BinaryIO, folder: Path) -> Iterator[tuple[str, str]]:
    """Write each member to its place below the folder, for this account's eyes only; yield its name and digest."""
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            path = folder / PurePosixPath(member.name)
            if not member.isreg() or not path.resolve().is_relative_to(folder.resolve()):
                raise tarfile.TarError(f"{member.name} has no place below the folder")
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            content, hashed = tar.extractfile(member), hashlib.sha256()
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "wb") as file:
                while content is not None and (part := content.read(_PART_BYTES)):
                    hashed.update(part)
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            yield member.name, hashed.hexdigest()
