"""A signed code on paper: the bytes of a visible digital seal (ISO 22376 layout) and the text of its QR code. Pure.

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

from privyseal.kernel.errors import Refused

MANIFEST: Final = "505301"
PATH: Final = "/V/"
DIGEST_BYTES: Final = 20
"""Two documents with one beginning of this length take 2^80 trials: out of reach of whoever applies for both."""

MOST_PAGES: Final = 0xFFFF
_MAGIC: Final = 0xDC
_VERSION: Final = 4
_HEADER_BYTES: Final = 17
_SIGNATURE_BYTES: Final = 64
_HALF: Final = _SIGNATURE_BYTES // 2
_UID_BYTES: Final = 16
_MOST_BYTES: Final = 600
_MOST_NAME: Final = 120
_LETTERS: Final = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST_LETTER: Final = 3  # C40 in ISO/IEC 16022 begins its basic set with the space, at 3
_REFERENCE: Final = re.compile(r"[A-Z2-7]{8}")
_AMOUNT: Final = re.compile(r"|(0|[1-9][0-9]{0,14})\.[0-9]{2}")
_BASE32: Final = re.compile(r"[A-Z2-7]+")


class PaperCodeUnreadable(Refused):
    """This is no code of this form, or not all of it."""

    code = "paper-code-unreadable"


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
    certificate = _letters(header[2:8])
    if header[:2] != bytes((_MAGIC, _VERSION)) or header[8:11].hex() != MANIFEST:
        raise PaperCodeUnreadable
    values = _Values(payload)
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
        bytes((_MAGIC, _VERSION))
        + _c40(f"{said.certificate} ")
        + bytes.fromhex(MANIFEST)
        + int(said.at.timestamp()).to_bytes(4, "big")
        + length.to_bytes(2, "big")
    )


def _payload(said: Said) -> bytes:
    """Return the values in the manifest's order, as MessagePack, each in its shortest form."""
    return b"".join(
        (
            _octets(bytes.fromhex(said.use)),
            _octets(bytes.fromhex(said.document)),
            _text(said.company),
            _text(said.uscc),
            _text(said.seal),
            _number(said.pages),
            _text(said.amount),
        )
    )


def _c40(letters: str) -> bytes:
    values = [_LETTERS.index(letter) + _FIRST_LETTER for letter in letters]
    threes = (values[at : at + 3] for at in range(0, len(values), 3))
    return b"".join((a * 1600 + b * 40 + c + 1).to_bytes(2, "big") for a, b, c in threes)


def _letters(packed: bytes) -> str:
    values: list[int] = []
    for at in range(0, len(packed), 2):
        three = int.from_bytes(packed[at : at + 2], "big") - 1
        values += (three // 1600, three // 40 % 40, three % 40)
    if not all(_FIRST_LETTER <= value < _FIRST_LETTER + len(_LETTERS) for value in values):
        raise PaperCodeUnreadable
    return "".join(_LETTERS[value - _FIRST_LETTER] for value in values)[:8]


_FIX_TEXT, _TEXT_8, _OCTETS_8 = 0xA0, 0xD9, 0xC4  # MessagePack's first bytes
_NUMBER_8, _NUMBER_16 = 0xCC, 0xCD
_LONGEST_FIX, _LARGEST_FIX, _LARGEST_8 = 0x1F, 0x7F, 0xFF


def _octets(value: bytes) -> bytes:
    return bytes((_OCTETS_8, len(value))) + value


def _text(value: str) -> bytes:
    content = value.encode()
    if len(content) > _LARGEST_8:
        raise PaperCodeUnreadable
    start = (_FIX_TEXT | len(content),) if len(content) <= _LONGEST_FIX else (_TEXT_8, len(content))
    return bytes(start) + content


def _number(value: int) -> bytes:
    if value <= _LARGEST_FIX:
        return bytes((value,))
    return bytes((_NUMBER_8, value)) if value <= _LARGEST_8 else bytes((_NUMBER_16,)) + value.to_bytes(2, "big")


class _Values:
    """Takes one value of MessagePack after the other, or refuses; that each is in its shortest form is asked after."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def octets(self) -> bytes:
        if self._int(1) != _OCTETS_8:
            raise PaperCodeUnreadable
        return self._take(self._int(1))

    def text(self) -> str:
        first = self._int(1)
        length = self._int(1) if first == _TEXT_8 else first - _FIX_TEXT
        if not 0 <= length <= (_LARGEST_8 if first == _TEXT_8 else _LONGEST_FIX):
            raise PaperCodeUnreadable
        try:
            return self._take(length).decode()
        except UnicodeDecodeError as error:
            raise PaperCodeUnreadable from error

    def number(self) -> int:
        first = self._int(1)
        if first <= _LARGEST_FIX:
            return first
        if first not in (_NUMBER_8, _NUMBER_16):
            raise PaperCodeUnreadable
        return self._int(1 if first == _NUMBER_8 else 2)

    def _int(self, length: int) -> int:
        return int.from_bytes(self._take(length), "big")

    def _take(self, length: int) -> bytes:
        taken, self._content = self._content[:length], self._content[length:]
        if len(taken) != length:
            raise PaperCodeUnreadable
        return taken
