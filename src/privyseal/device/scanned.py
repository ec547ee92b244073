"""A ticket as digits for one QR code: the frame exactly as it is on the wire, packed, as one whole number.

Digits, because they are the densest of what a code holds beside bytes, and come unchanged through a reader that types.
"""

import re
import zlib
from typing import Final

from jwt.utils import base64url_decode, base64url_encode

from privyseal.device.signed import Frame, FrameBroken, claimed

MOST_DIGITS: Final = 3_000
_VERSION: Final = b"\1"
_SIGNED: Final = 65
_MOST_BYTES: Final = 4_096
_DIGITS: Final = re.compile(rf"[1-9][0-9]{{0,{MOST_DIGITS - 1}}}")
# What every ticket says, in the words of docs/device-protocol.md: never changed, or the version is another.
WORDS: Final = (
    b'{"alg":"ES256","kid":"","typ":"privyseal-ticket"}{"closes_at":"2026-01-01T00:00:00.000000Z","confirmations":0,'
    b'"device":"","document":"","impressions":1,"mode":"counted","operators":[""],"opens_at":"2026-01-01T00:00:00.000000Z"'
    b',"permit":"","place":null,"policy":1,"seal":"","ticket":"","v":1}{"latitude":,"longitude":,"metres":}'
)


def digits_of(frame: str) -> str:
    """Return a ticket's frame as the digits of its code."""
    header, said, signature = (base64url_decode(part) for part in frame.split("."))
    packer = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zdict=WORDS)
    return str(int.from_bytes(_VERSION + signature + packer.compress(header + said) + packer.flush(), "big"))


def frame_in(digits: str) -> str:
    """Return the frame that the digits of a code are, which is believed as little as any; or refuse: frame-broken."""
    if not _DIGITS.fullmatch(digits):
        raise FrameBroken
    number = int(digits)
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    version, signature, packed = data[:1], data[1:_SIGNED], data[_SIGNED:]
    header, end, said = _unpacked(packed).partition(b"}")
    frame = ".".join(base64url_encode(part).decode("ascii") for part in (header + end, said, signature))
    if version != _VERSION or claimed(frame) is not Frame.TICKET:
        raise FrameBroken
    return frame


def _unpacked(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj(zdict=WORDS)
    try:
        said = unpacker.decompress(packed, _MOST_BYTES)
    except zlib.error as error:
        raise FrameBroken from error
    if not unpacker.eof or unpacker.unused_data:
        raise FrameBroken
    return said
