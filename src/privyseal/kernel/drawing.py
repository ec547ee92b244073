"""Which uses are samples: drawn by the first head of the log that covers them. Whoever has both can draw again."""

import hashlib
from typing import Final

_SAMPLE: Final = b"privyseal/sample/v1\0"
_BYTES_OF_NUMBER: Final = 8
_BYTES_DRAWN: Final = 6


def is_drawn(root: bytes, *, permit: str, number: int, document_sha256: str, every: int) -> bool:
    """Return whether the head of this root makes the use a sample, one of so many on average.

    The first 48 bits of SHA-256(domain ‖ root ‖ permit ‖ number ‖ document), as a number, divide by the rate.
    """
    use = bytes.fromhex(permit) + number.to_bytes(_BYTES_OF_NUMBER, "big") + bytes.fromhex(document_sha256)
    drawn = hashlib.sha256(_SAMPLE + root + use).digest()[:_BYTES_DRAWN]
    return int.from_bytes(drawn, "big") % every == 0
