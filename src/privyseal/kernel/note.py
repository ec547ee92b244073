"""Signed notes and checkpoints: C2SP signed-note v1.0.0 and tlog-checkpoint v1.0.0, Ed25519 keys."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from privyseal.kernel.errors import Refused

_ED25519: Final = b"\x01"
_NAME: Final = re.compile(r"[^\s+]+")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_DASH: Final = "\u2014"


class NoteBroken(Refused):
    code = "note-broken"


class KeyUnreadable(Refused):
    code = "key-unreadable"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A note's verification key: a name and 32 bytes of Ed25519 public key."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes: SHA-256(name || LF || 0x01 || key)[:4]."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """Return name+hex key id+base64(0x01 || key), one line."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not _NAME.fullmatch(parts[0]):  # noqa: PLR2004  name, id, key
            raise KeyUnreadable
        try:
            raw = base64.b64decode(parts[2], validate=True)
        except binascii.Error as error:
            raise KeyUnreadable from error
        key = cls(name=parts[0], public=raw[1:])
        if raw[:1] != _ED25519 or len(key.public) != 32 or parts[1] != key.key_id.hex():  # noqa: PLR2004  RFC 8032
            raise KeyUnreadable
        return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the log's origin, its size, its RFC 6962 root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]) or not _SIZE.fullmatch(lines[1]):  # noqa: PLR2004  origin, size, root, end
            raise NoteBroken
        try:
            root = base64.b64decode(lines[2], validate=True)
        except binascii.Error as error:
            raise NoteBroken from error
        if len(root) != hashlib.sha256().digest_size:
            raise NoteBroken
        return cls(origin=lines[0], size=int(lines[1]), root=root)


def verifier_key(name: str, key: Ed25519PrivateKey) -> VerifierKey:
    if not _NAME.fullmatch(name):
        raise KeyUnreadable
    return VerifierKey(name=name, public=key.public_key().public_bytes_raw())


def sign_note(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Return the note: the text, an empty line, one signature line. The text ends in a newline."""
    if not text.endswith("\n") or "\n\n" in text:
        raise NoteBroken
    blob = verifier_key(name, key).key_id + key.sign(text.encode())
    return f"{text}\n{_DASH} {name} {_base64(blob)}\n"


def open_note(note: str, key: VerifierKey) -> str:
    """Return the text of a note that carries a good signature by this key, or refuse.

    Lines by other keys are passed over, as the specification asks; two lines by this key are not.
    """
    text, signatures = _split(note)
    ours = [blob[4:] for name, blob in signatures if name == key.name and blob[:4] == key.key_id]
    if len(ours) != 1:
        raise NoteBroken
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(ours[0], text.encode())
    except InvalidSignature as error:
        raise NoteBroken from error
    return text


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint of a note signed by the log whose origin is the key's name, or refuse."""
    checkpoint = Checkpoint.parse(open_note(note, key))
    if checkpoint.origin != key.name:
        raise NoteBroken
    return checkpoint


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    body, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NoteBroken
    return body + "\n", [_signature(line) for line in tail[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH or not _NAME.fullmatch(parts[1]):  # noqa: PLR2004  dash, name, blob
        raise NoteBroken
    try:
        blob = base64.b64decode(parts[2], validate=True)
    except binascii.Error as error:
        raise NoteBroken from error
    if len(blob) < 5:  # noqa: PLR2004  four bytes of key id and a signature
        raise NoteBroken
    return parts[1], blob


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
