"""How a fact's canonical bytes are kept: what facts repeat as one byte, hexadecimal digits as what they stand for.

Canonical JSON holds no byte below 0x20, so each of those can stand for something, and bytes that were never packed are
their own packed form. ``ledger_text`` says the same in SQL. Frozen: what is kept stays readable.
"""

import re
from binascii import unhexlify
from itertools import chain
from typing import Final

_DIGITS: Final = b"\x01"  # followed by how many bytes, and the bytes
REPEATED: Final = (
    b'{"actor":"',
    b'","at":"',
    b'","data":{"',
    b'},"kind":"',
    b'","salt":"',
    b'","subjects":{"',
    b'"},"v":1}',
    b"application",
    b'company":"',
    b'documents":["',
    b'document":"',
    b'"],"',
    b'"impressions":',
    b'operators":["',
    b'"purpose":"',
    b'seals":["',
    b'seal":"',
    b'shown_sha256":"',
    b'person":"',
    b'permit":"',
    b'intent":"',
    b"_sha256",
    b".refused",
    b'"code":"',
    b'"state":"',
    b'":"',
    b'","',
)
_CODES: Final = tuple((word, bytes((code,))) for code, word in enumerate(REPEATED, start=2))
_RUN: Final = re.compile(rb"[0-9a-f]{16,64}")  # by single digits, which is found twice as fast as by pairs
_RUNS: Final = range(8, 33)


def packed(body: bytes) -> bytes:
    for word, code in _CODES:
        body = body.replace(word, code)
    return _RUN.sub(_as_bytes, body)


def unpacked(kept: bytes) -> bytes:
    """Return what was packed; what nobody packed comes back as some bytes, which are no fact."""
    between, runs, start = list[bytes](), list[bytes](), 0
    at = kept.find(_DIGITS)
    while at >= 0:
        count = kept[at + 1] if at + 1 < len(kept) else 0
        if count in _RUNS:
            between.append(kept[start:at])
            start = at + 2 + count
            runs.append(kept[at + 2 : start].hex().encode())
        at = kept.find(_DIGITS, max(at + 1, start))
    # All words at once: no canonical JSON holds the byte that stands for a run meanwhile.
    text = b"\0".join([*between, kept[start:]])
    parts = _said(text).split(b"\0") if text.count(0) == len(runs) else [*map(_said, between), _said(kept[start:])]
    return b"".join(chain.from_iterable(zip(parts, [*runs, b""], strict=True)))


def _said(text: bytes) -> bytes:
    for word, code in _CODES:
        text = text.replace(code, word)
    return text


def _as_bytes(run: re.Match[bytes]) -> bytes:
    digits = run[0]
    odd = digits[len(digits) & ~1 :]
    kept = unhexlify(digits[:-1] if odd else digits)
    return b"%b%c%b%b" % (_DIGITS, len(kept), kept, odd)
