"""How a fact's canonical bytes are kept: what facts repeat as one byte, hexadecimal digits as what they stand for.

Canonical JSON holds no byte below 0x20, so each of those can stand for something, and bytes that were never packed are
their own packed form. ``ledger_text`` says the same in SQL. Frozen: what is kept stays readable.
"""

import re
from binascii import unhexlify
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
_BY_CODE: Final = dict(enumerate(REPEATED, start=2))
_CODES: Final = tuple((word, bytes((code,))) for code, word in _BY_CODE.items())
_RUN: Final = re.compile(rb"[0-9a-f]{16,64}")  # by single digits, which is found twice as fast as by pairs
_PACKED: Final = re.compile(rb"\x01([\x08-\x20])|[\x02-\x1f]")


def packed(body: bytes) -> bytes:
    for word, code in _CODES:
        body = body.replace(word, code)
    return _RUN.sub(_as_bytes, body)


def unpacked(kept: bytes) -> bytes:
    """Return what was packed; what nobody packed comes back as some bytes, which are no fact."""
    whole, at = [], 0
    while (found := _PACKED.search(kept, at)) is not None:
        whole.append(kept[at : found.start()])
        at = found.end()
        if found[1] is None:
            whole.append(_BY_CODE.get(kept[found.start()], found[0]))
        else:
            whole.append(kept[at : at + found[1][0]].hex().encode())
            at += found[1][0]
    return b"".join([*whole, kept[at:]])


def _as_bytes(run: re.Match[bytes]) -> bytes:
    digits = run[0]
    odd = digits[len(digits) & ~1 :]
    kept = unhexlify(digits[:-1] if odd else digits)
    return b"%b%c%b%b" % (_DIGITS, len(kept), kept, odd)
