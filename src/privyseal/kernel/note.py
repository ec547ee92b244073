"""Signed notes and checkpoints: C2SP signed-note v1.0.0 and tlog-checkpoint v1.0.0, Ed25519 keys."""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from privyseal.kernel.errors import Refused

DASH: Final = "\u2014"
_ED25519: Final = b"\x01"
_NAME: Final = re.compile(r"[^\s+]+")
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")


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
        return key_id(self.name, _ED25519 + self.public)

    @property
    def text(self) -> str:
        """Return name+hex key id+base64(0x01 || key), one line."""
        return key_text(self.name, _ED25519 + self.public)

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        name, public = parse_key(text, _ED25519)
        return cls(name=name, public=public)

    @classmethod
    def parse_all(cls, text: str) -> "tuple[VerifierKey, ...]":
        """Read keys apart by spaces or lines, one at least, or refuse: key-unreadable."""
        keys = tuple(map(cls.parse, text.split()))
        if not keys:
            raise KeyUnreadable
        return keys


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
            root = octets(lines[2])
        except ValueError as error:
            raise NoteBroken from error
        if len(root) != hashlib.sha256().digest_size:
            raise NoteBroken
        return cls(origin=lines[0], size=int(lines[1]), root=root)


def octets(text: str) -> bytes:
    """Return the bytes of base64 in fours, as every reader takes it, or raise ValueError: Python's takes more."""
    if not _BASE64.fullmatch(text):
        raise ValueError("not base64 in fours")
    return base64.b64decode(text)


def key_id(name: str, typed: bytes) -> bytes:
    """Return the four bytes that name a key; ``typed`` is its public half behind the byte of its kind."""
    return hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]


def key_text(name: str, typed: bytes) -> str:
    return f"{name}+{key_id(name, typed).hex()}+{_base64(typed)}"


def parse_key(text: str, kind: bytes) -> tuple[str, bytes]:
    """Return name and Ed25519 public key of a verifier key of this kind, or refuse: key-unreadable."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not _NAME.fullmatch(parts[0]):  # noqa: PLR2004  name, id, key
        raise KeyUnreadable
    name, identifier, typed = parts
    try:
        raw = octets(typed)
    except ValueError as error:
        raise KeyUnreadable from error
    if raw[:1] != kind or len(raw) != 33 or identifier != key_id(name, raw).hex():  # noqa: PLR2004  a kind and a key of RFC 8032
        raise KeyUnreadable
    return name, raw[1:]


def verifier_key(name: str, key: Ed25519PrivateKey) -> VerifierKey:
    if not _NAME.fullmatch(name):
        raise KeyUnreadable
    return VerifierKey(name=name, public=key.public_key().public_bytes_raw())


def sign_note(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Return the note: the text, an empty line, one signature line. The text ends in a newline."""
    if not text.endswith("\n") or "\n\n" in text:
        raise NoteBroken
    return f"{text}\n" + signature_line(name, verifier_key(name, key).key_id + key.sign(text.encode()))


def open_note(note: str, key: VerifierKey) -> str:
    """Return the text of a note that carries a good signature by this key, or refuse.

    Lines by other keys are passed over, as the specification asks; two lines by this key are not.
    """
    text, signatures = opened(note)
    ours = [blob[4:] for name, blob in signatures if name == key.name and blob[:4] == key.key_id]
    if len(ours) != 1:
        raise NoteBroken
    check_signature(key.public, ours[0], text.encode())
    return text


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint of a note signed by the log whose origin is the key's name, or refuse."""
    checkpoint = Checkpoint.parse(open_note(note, key))
    if checkpoint.origin != key.name:
        raise NoteBroken
    return checkpoint


def check_signature(public: bytes, signature: bytes, message: bytes) -> None:
    """Return if the Ed25519 signature is good, or refuse: note-broken."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature as error:
        raise NoteBroken from error


def signature_line(name: str, blob: bytes) -> str:
    return f"{DASH} {name} {_base64(blob)}\n"


def opened(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text and each signature as (name, key id and signature), none of them checked, or refuse."""
    body, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NoteBroken
    return body + "\n", [_signature(line) for line in tail[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != DASH or not _NAME.fullmatch(parts[1]):  # noqa: PLR2004  dash, name, blob
        raise NoteBroken
    try:
        blob = octets(parts[2])
    except ValueError as error:
        raise NoteBroken from error
    if len(blob) < 5:  # noqa: PLR2004  four bytes of key id and a signature
        raise NoteBroken
    return parts[1], blob


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
