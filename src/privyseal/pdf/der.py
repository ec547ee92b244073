"""DER, written; ``verifying.der`` reads it."""

from collections.abc import Iterable
from typing import Final

INTEGER: Final = 0x02
OCTETS: Final = 0x04
OBJECT: Final = 0x06
SEQUENCE: Final = 0x30
SET: Final = 0x31
FIRST: Final = 0xA0
SECOND: Final = 0xA1
NULL: Final = b"\x05\x00"
TRUE: Final = b"\x01\x01\xff"

_LONG: Final = 0x80


def value(tag: int, *parts: bytes) -> bytes:
    """Return one value of this tag."""
    body = parts[0] if len(parts) == 1 else b"".join(parts)
    if len(body) < _LONG:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG | len(length))) + length + body


def integer(number: int) -> bytes:
    return value(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def identifier(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return value(OBJECT, b"".join(_base128(arc) for arc in (40 * first + second, *rest)))


def algorithm(dotted: str, *parameters: bytes) -> bytes:
    return value(SEQUENCE, identifier(dotted), *parameters)


def attribute(dotted: str, only: bytes) -> bytes:
    return value(SEQUENCE, identifier(dotted), value(SET, only))


def in_order(members: Iterable[bytes]) -> bytes:
    """Return the members of a SET OF."""
    return b"".join(sorted(members))


def _base128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))
