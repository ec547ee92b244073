"""Files that nobody reads off the disk: stored under the SHA-256 of what they say, encrypted by keys kept elsewhere."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from privyseal.kernel.errors import NotFound, Refused
from privyseal.storage import StoredFileChanged, sha256_of, write_whole

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_HEAD: Final = b"PSVAULT1"
_KEY_BYTES: Final = 32
_WRAPPED_BYTES: Final = 40
_PART_BYTES: Final = 1 << 20
_TAG_BYTES: Final = 16
_NUMBER_BYTES: Final = 11


class VaultKeyMissing(Refused):
    """There is no key, or another one than the file was encrypted by."""

    code = "vault-key-missing"


@dataclass(frozen=True, slots=True)
class Vault:
    """A folder of encrypted files; ``keys`` are the present one, by which files are stored, and those before it.

    A file begins with a key of its own, wrapped by that of the vault (RFC 3394). Its parts of 1 MiB follow, each under
    AES-256-GCM with its number, whether it is the last one, and the digest of the whole: none can be left out, moved,
    or taken from another file.
    """

    root: Path
    keys: tuple[str, ...]

    def put(self, file: BinaryIO) -> str:
        """Store what a file says, which is read twice, and return its SHA-256, or refuse: no key, a full disk."""
        wrapping = self._wrapping()
        digest = sha256_of(file)
        path = self._path(digest)
        if not path.exists():
            file.seek(0)
            own = secrets.token_bytes(_KEY_BYTES)
            write_whole(path, chain((_HEAD + aes_key_wrap(wrapping[0], own),), _sealed(file, own, digest)))
        return digest

    def parts(self, digest: str) -> Iterator[bytes]:
        """Return what a file says to be sent part by part, or refuse before the first part."""
        own = self._own_key(digest)
        for _ in self._opened(digest, own):
            pass
        return self._opened(digest, own)

    def size(self, digest: str) -> int:
        """Return how long what a file says is."""
        stored = self._file(digest).stat().st_size - len(_HEAD) - _WRAPPED_BYTES
        return stored - _TAG_BYTES * -(-stored // (_PART_BYTES + _TAG_BYTES))

    def discard(self, digest: str) -> None:
        """Delete what is stored under a digest, with its key; a second time changes nothing."""
        self._path(digest).unlink(missing_ok=True)

    def _opened(self, digest: str, own: bytes) -> Iterator[bytes]:
        box = AESGCM(own)
        with self._file(digest).open("rb") as file:
            file.seek(len(_HEAD) + _WRAPPED_BYTES)
            part = file.read(_PART_BYTES + _TAG_BYTES)
            for number in count():
                following = file.read(_PART_BYTES + _TAG_BYTES)
                try:
                    yield box.decrypt(_nonce(number, is_last=not following), part, digest.encode("ascii"))
                except InvalidTag as error:
                    raise StoredFileChanged(sha256=digest) from error
                if not following:
                    return
                part = following

    def _own_key(self, digest: str) -> bytes:
        with self._file(digest).open("rb") as file:
            head, wrapped = file.read(len(_HEAD)), file.read(_WRAPPED_BYTES)
        if head != _HEAD or len(wrapped) < _WRAPPED_BYTES:
            raise StoredFileChanged(sha256=digest)
        for wrapping in self._wrapping():
            try:
                return aes_key_unwrap(wrapping, wrapped)
            except InvalidUnwrap:
                continue
        raise VaultKeyMissing(sha256=digest)

    def _wrapping(self) -> list[bytes]:
        if not self.keys:
            raise VaultKeyMissing
        return [HKDF(SHA256(), _KEY_BYTES, None, b"privyseal/vault/v1").derive(key.encode()) for key in self.keys]

    def _file(self, digest: str) -> Path:
        path = self._path(digest)
        if not path.exists():
            raise NotFound(sha256=digest)
        return path

    def _path(self, digest: str) -> Path:
        if not _SHA256.fullmatch(digest):
            raise NotFound
        return self.root / digest[:2] / digest


def _sealed(file: BinaryIO, own: bytes, digest: str) -> Iterator[bytes]:
    box, part = AESGCM(own), file.read(_PART_BYTES)
    for number in count():
        following = file.read(_PART_BYTES)
        yield box.encrypt(_nonce(number, is_last=not following), part, digest.encode("ascii"))
        if not following:
            return
        part = following


def _nonce(number: int, *, is_last: bool) -> bytes:
    """Return what no two parts of a file share: its key is its own, so that the number is enough."""
    return number.to_bytes(_NUMBER_BYTES, "big") + bytes([is_last])
