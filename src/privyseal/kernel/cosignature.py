"""Cosignatures: C2SP tlog-cosignature v1, Ed25519. A second party says when it saw this head, and no other view."""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.kernel import note
from privyseal.kernel.note import NoteBroken

_KIND: Final = b"\x04"
_TIME_BYTES: Final = 8
_SIGNATURE_BYTES: Final = 64


class CosignatureMissing(note.NoteBroken):
    """The note carries no line by this cosigner."""

    code = "cosignature-missing"


@dataclass(frozen=True, slots=True)
class CosignerKey:
    """A cosigner's verification key: its name and 32 bytes of Ed25519 public key."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return note.key_id(self.name, _KIND + self.public)

    @property
    def text(self) -> str:
        """Return name+hex key id+base64(0x04 || key), one line."""
        return note.key_text(self.name, _KIND + self.public)

    @classmethod
    def parse(cls, text: str) -> "CosignerKey":
        name, public = note.parse_key(text, _KIND)
        return cls(name=name, public=public)


def cosigner_key(name: str, key: Ed25519PrivateKey) -> CosignerKey:
    made = CosignerKey(name=name, public=key.public_key().public_bytes_raw())
    return CosignerKey.parse(made.text)


def cosign(text: str, name: str, key: Ed25519PrivateKey, *, seconds: int) -> str:
    """Return the signature line by which a cosigner says that it saw this checkpoint's text at this POSIX time."""
    stamp = seconds.to_bytes(_TIME_BYTES, "big")
    return note.signature_line(name, cosigner_key(name, key).key_id + stamp + key.sign(_message(text, seconds)))


def cosigned_at(checkpoint_note: str, key: CosignerKey) -> int:
    """Return the POSIX time of this cosigner's good cosignature, or refuse: cosignature-missing, note-broken.

    Of several lines by one cosigner, each of which has to be good, the latest counts.
    """
    text, signatures = note.opened(checkpoint_note)
    times = [_time(text, blob[4:], key) for name, blob in signatures if name == key.name and blob[:4] == key.key_id]
    if not times:
        raise CosignatureMissing
    return max(times)


def _time(text: str, signature: bytes, key: CosignerKey) -> int:
    if len(signature) != _TIME_BYTES + _SIGNATURE_BYTES:
        raise NoteBroken
    seconds = int.from_bytes(signature[:_TIME_BYTES], "big")
    if not 0 < seconds < 2**63:
        raise NoteBroken
    note.check_signature(key.public, signature[_TIME_BYTES:], _message(text, seconds))
    return seconds


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
