"""A cosigner's folder: its key and the last head it cosigned, which are made together and kept through a power cut."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from privyseal.kernel.cosignature import CosignerKey, cosigner_key
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import Checkpoint, NoteBroken, VerifierKey, open_checkpoint

KEY: Final = "cosigner.key"
_NAME: Final = "name"
_LAST: Final = "checkpoint"


class CosignerCannotStart(Refused):
    """The folder is not one that a cosigner can answer from; ``reason`` says why in a sentence."""

    code = "cosigner-cannot-start"

    def __str__(self) -> str:
        return str(self.facts["reason"])


def make(folder: Path, name: str) -> CosignerKey:
    """Return the key of the cosigner in this folder, made now where there is none.

    The record of what it cosigned comes first: a key without one has forgotten what it saw, and is used no more.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / KEY).exists():
        key = Ed25519PrivateKey.generate()
        cosigner_key(name, key)  # the name will do
        _write(folder / _LAST, b"")
        _write(folder / _NAME, name.encode())
        _write(folder / KEY, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Home(folder).public


@contextmanager
def occupied(folder: Path) -> Iterator["Home"]:
    """Hold the folder for one cosigner, or say who is in the way; the kernel lets go of it with the process."""
    home = Home(folder)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(lock, folder)
        yield home
    finally:
        os.close(lock)


class Home:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            pem = (folder / KEY).read_bytes()
            self.name = (folder / _NAME).read_text(encoding="utf-8")
        except OSError as error:
            raise CosignerCannotStart(reason=f"There is no cosigner in {folder}: make one first.") from error
        key = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise CosignerCannotStart(reason=f"The key in {folder} is not an Ed25519 key.")
        self.key = key

    @property
    def public(self) -> CosignerKey:
        return cosigner_key(self.name, self.key)

    def last(self, log: VerifierKey) -> Checkpoint | None:
        """Return the last head that was cosigned, None before the first; raise where that cannot be known."""
        if log.name in self._ended():
            raise CosignerCannotStart(reason=f"What was called {log.name} has ended here, and is cosigned no more.")
        try:
            kept = (self._folder / _LAST).read_text(encoding="utf-8")
            return open_checkpoint(kept, log) if kept else None
        except (OSError, UnicodeError, NoteBroken) as error:
            reason = f"What was cosigned last cannot be read in {self._folder}: begin anew, with a new key."
            raise CosignerCannotStart(reason=reason) from error

    def keep(self, note: str) -> None:
        """Remember this head as the last one; when it returns, a power cut does not undo it."""
        _write(self._folder / _LAST, note.encode())

    def follow(self, log: VerifierKey) -> str:
        """Cosign another name of the log from here on, and the one before never again; return that one's last head.

        What was cosigned stays beside it: whoever looks can hold it against what the log says was lost.
        """
        kept = (self._folder / _LAST).read_text(encoding="utf-8")
        if log.name in self._ended():
            raise CosignerCannotStart(reason=f"What was called {log.name} has ended here, and is cosigned no more.")
        if not kept or kept.startswith(f"{log.name}\n"):
            raise CosignerCannotStart(reason=f"There is nothing to end before {log.name}: serve with its key.")
        _write(self._folder / f"{_LAST}.{len(self._ended()) + 1}", kept.encode())
        _write(self._folder / _LAST, b"")
        return kept

    def _ended(self) -> set[str]:
        """Return the names under which this cosigner follows the log no more."""
        return {path.read_text(encoding="utf-8").partition("\n")[0] for path in self._folder.glob(f"{_LAST}.[0-9]*")}


def _lock(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CosignerCannotStart(reason=f"Another cosigner is running on {folder}.") from error


def _write(path: Path, data: bytes) -> None:
    """Put the file there whole and for good, or leave the one before."""
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
