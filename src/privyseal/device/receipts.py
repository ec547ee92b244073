"""RC-12: twelve digits that a device shows when a grant of it is closed, to be read back before the next code.

39 bits: ten say how often it stamped; fifteen are a tag over that, which the issuer checks at once; fourteen bind the
head of the device's chain of events, which is checked when the events themselves have come.
"""

import hmac
from dataclasses import dataclass
from typing import Final

from privyseal.device.codes import Holder, eight_bytes, joined

DIGITS: Final = 12
MOST: Final = 1_023

COUNT_BITS: Final = 10
_TAG_BITS: Final = 15
_HEAD_BITS: Final = 14
MOST_OF_HEAD: Final = 2**_HEAD_BITS - 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """How often a grant was used, and the bits of the chain's head that the device committed itself to."""

    used: int
    head: int


def shown(key: bytes, holder: Holder, *, sequence: int, used: int, head: bytes) -> str:
    """Return the twelve digits; ``head`` is the chain's at the moment of closing."""
    if not 0 <= used <= MOST:
        raise ValueError("no receipt can say so many impressions")
    tag, bound = _tag(key, holder, sequence, used), _bound(key, holder, sequence, head)
    return f"{(((tag << _HEAD_BITS) | bound) << COUNT_BITS) | used:0{DIGITS}d}"


def read(key: bytes, holder: Holder, *, sequence: int, code: str) -> Receipt | None:
    """Return what the receipt of this grant says, None for digits that are not its."""
    number = int(code) if len(code) == DIGITS and code.isascii() and code.isdigit() else 1 << 39
    if number >> (COUNT_BITS + _TAG_BITS + _HEAD_BITS):
        return None
    used, rest = number & MOST, number >> COUNT_BITS
    head, tag = rest & MOST_OF_HEAD, rest >> _HEAD_BITS
    is_its = hmac.compare_digest(eight_bytes(tag), eight_bytes(_tag(key, holder, sequence, used)))
    return Receipt(used, head) if is_its else None


def binds(key: bytes, holder: Holder, *, sequence: int, receipt: Receipt, head: bytes) -> bool:
    """Tell whether the events that came later are those the device had when it showed this receipt."""
    return hmac.compare_digest(eight_bytes(receipt.head), eight_bytes(_bound(key, holder, sequence, head)))


def _tag(key: bytes, holder: Holder, sequence: int, used: int) -> int:
    return _bits(key, b"tag", holder, eight_bytes(sequence), eight_bytes(used)) >> (64 - _TAG_BITS)


def _bound(key: bytes, holder: Holder, sequence: int, head: bytes) -> int:
    return _bits(key, b"head", holder, eight_bytes(sequence), head) >> (64 - _HEAD_BITS)


def _bits(key: bytes, about: bytes, holder: Holder, *parts: bytes) -> int:
    said = joined(about, holder.serial.encode(), holder.seal.encode(), eight_bytes(holder.epoch), *parts)
    return int.from_bytes(hmac.digest(key, b"privyseal/rc12\0" + said, "sha256")[:8], "big")
