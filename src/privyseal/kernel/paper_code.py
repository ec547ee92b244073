"""A signed code on paper, a visible digital seal (ISO 22376 layout): what it says, and who has to have signed it. Pure.

docs/paper-codes.md has every field, so that anybody can build a reader.
"""

import hashlib
import re
from base64 import b32decode, b32encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from privyseal.kernel import paper_form
from privyseal.kernel.errors import Refused
from privyseal.kernel.paper_form import PaperCodeUnreadable

LAYOUT: Final = "DC04"
MANIFEST: Final = "505301"
PATH: Final = "/V/"
DIGEST_BYTES: Final = 20
"""Two documents with one beginning of this length take 2^80 trials: out of reach of whoever applies for both."""

MOST_PAGES: Final = 0xFFFF
_HEADER_BYTES: Final = 17
_SIGNATURE_BYTES: Final = 64
_HALF: Final = _SIGNATURE_BYTES // 2
_UID_BYTES: Final = 16
_MOST_BYTES: Final = 600
_MOST_NAME: Final = 120
_REFERENCE: Final = re.compile(r"[A-Z2-7]{8}")
_AMOUNT: Final = re.compile(r"|(0|[1-9][0-9]{0,14})\.[0-9]{2}")
_BASE32: Final = re.compile(r"[A-Z2-7]+")


class PaperCodeForged(Refused):
    """The code's signature is not of the key that it names: it was changed, or somebody else made it."""

    code = "paper-code-forged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a code says of the use that it stands beside; nothing of any person.

    ``certificate`` names whose key signs: four letters of the authority's digest, four of the certificate's own.
    ``document`` is how the digest of the document begins, as it was approved and before anything was drawn on it.
    """

    certificate: str
    at: datetime
    use: str
    document: str
    company: str
    uscc: str
    seal: str
    pages: int
    amount: str = ""


@dataclass(frozen=True, slots=True)
class PaperCode:
    """What was read: the words, what is signed, and the signature."""

    said: Said
    signed_sha256: bytes
    signature: bytes

    def check(self, key: EllipticCurvePublicKey) -> None:
        """Return if this key signed it, or refuse."""
        r, s = (int.from_bytes(self.signature[at : at + _HALF], "big") for at in (0, _HALF))
        try:
            key.verify(encode_dss_signature(r, s), self.signed_sha256, ECDSA(Prehashed(SHA256())))
        except InvalidSignature as error:
            raise PaperCodeForged from error


def reference(*, authority: bytes, certificate: bytes) -> str:
    """Return how a code names a certificate, both in DER. It finds the certificate, and proves nothing of it."""
    return "".join(b32encode(hashlib.sha256(one).digest())[:4].decode() for one in (authority, certificate))


def signed(said: Said, key: EllipticCurvePrivateKey) -> bytes:
    """Return the whole code, signed."""
    payload = _payload(said)
    header = _header(said, len(payload))
    r, s = decode_dss_signature(key.sign(_digest(header, payload), ECDSA(Prehashed(SHA256()))))
    return header + payload + r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def placeholder(said: Said) -> bytes:
    """Return a code of the same length that nobody has signed, to show how much room it takes."""
    payload = _payload(said)
    return _header(said, len(payload)) + payload + bytes(_SIGNATURE_BYTES)


def text_of(code: bytes, *, address: str) -> str:
    """Return what the QR code says: an address of the house in capitals, so that any camera opens it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{PATH}".upper() + b32encode(code).decode().rstrip("=")


def example_text(address: str) -> str:
    """Return what a code of the usual length would say, unsigned, to show how it will look."""
    said = Said(
        certificate=8 * "A",
        at=datetime.fromtimestamp(0, UTC),
        use=_UID_BYTES * "00",
        document=DIGEST_BYTES * "00",
        company=14 * "公",
        uscc=18 * "0",
        seal=5 * "章",
        pages=1,
        amount="100000.00",
    )
    return text_of(placeholder(said), address=address)


def read_text(text: str) -> PaperCode:
    """Return what a QR code says, with or without the address before it, or refuse."""
    tail = text.strip().rstrip("/").rpartition("/")[2].upper()
    if not _BASE32.fullmatch(tail) or len(tail) * 5 > _MOST_BYTES * 8 + 8:
        raise PaperCodeUnreadable
    try:
        content = b32decode(tail + "=" * (-len(tail) % 8))
    except ValueError as error:
        raise PaperCodeUnreadable from error
    if b32encode(content).decode().rstrip("=") != tail:
        raise PaperCodeUnreadable
    return read(content)


def read(content: bytes) -> PaperCode:
    """Return what the bytes of a code say, in exactly one form, or refuse; nothing is said of its signature."""
    header, rest = content[:_HEADER_BYTES], content[_HEADER_BYTES:]
    if len(content) > _MOST_BYTES or len(header) < _HEADER_BYTES:
        raise PaperCodeUnreadable
    length = int.from_bytes(header[15:17], "big")
    payload, signature = rest[:length], rest[length:]
    if len(payload) != length or len(signature) != _SIGNATURE_BYTES:
        raise PaperCodeUnreadable
    certificate = paper_form.letters(header[2:8])
    if header[:2] != bytes.fromhex(LAYOUT) or header[8:11].hex() != MANIFEST:
        raise PaperCodeUnreadable
    values = paper_form.Values(payload)
    said = Said(
        certificate=certificate,
        at=datetime.fromtimestamp(int.from_bytes(header[11:15], "big"), UTC),
        use=values.octets().hex(),
        document=values.octets().hex(),
        company=values.text(),
        uscc=values.text(),
        seal=values.text(),
        pages=values.number(),
        amount=values.text(),
    )
    if not _is_sound(said) or _header(said, length) + _payload(said) != header + payload:
        raise PaperCodeUnreadable
    return PaperCode(said, _digest(header, payload), signature)


def _is_sound(said: Said) -> bool:
    names = (said.company, said.seal, said.uscc)
    return (
        len(said.use) == 2 * _UID_BYTES
        and len(said.document) == 2 * DIGEST_BYTES
        and all(len(name) <= _MOST_NAME and name.isprintable() for name in names)
        and _AMOUNT.fullmatch(said.amount) is not None
        and _REFERENCE.fullmatch(said.certificate) is not None
    )


def _digest(header: bytes, payload: bytes) -> bytes:
    return hashlib.sha256(header + hashlib.sha256(payload).digest()).digest()


def _header(said: Said, length: int) -> bytes:
    return (
        bytes.fromhex(LAYOUT)
        + paper_form.c40(f"{said.certificate} ")
        + bytes.fromhex(MANIFEST)
        + int(said.at.timestamp()).to_bytes(4, "big")
        + length.to_bytes(2, "big")
    )


def _payload(said: Said) -> bytes:
    """Return the values in the manifest's order, as MessagePack, each in its shortest form."""
    return b"".join(
        (
            paper_form.octets(bytes.fromhex(said.use)),
            paper_form.octets(bytes.fromhex(said.document)),
            paper_form.text(said.company),
            paper_form.text(said.uscc),
            paper_form.text(said.seal),
            paper_form.number(said.pages),
            paper_form.text(said.amount),
        )
    )
