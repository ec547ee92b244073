"""A secret in shares, so many of which give it back, and fewer of which say nothing of it. Pure.

Shamir's scheme over GF(256), byte by byte: a random polynomial, its value at 0 the secret, at 1, 2, ... the shares.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MOST_SHARES: Final = 16
FEWEST: Final = 2
SECRET_BYTES: Final = 32

_SET_BYTES: Final = 4
_CHECK_BYTES: Final = 5
_REDUCTION: Final = 0x11B  # the polynomial of GF(256) that AES uses, FIPS 197 section 4.2
_FORM: Final = re.compile(r"PS1-([0-9A-F]{8})-([0-9A-F])-([A-Z2-7]{52})-([A-Z2-7]{8})")


class ShareMisread(ValueError):
    """These words are no share, or were copied wrongly."""


@dataclass(frozen=True, slots=True)
class Share:
    """One share: of which set, at which place from 1, its bytes."""

    of: bytes
    place: int
    value: bytes

    @property
    def text(self) -> str:
        """Return it as it is written down, with digits that show a wrong copy."""
        body = f"PS1-{self.of.hex().upper()}-{self.place:X}-{_letters(self.value)}"
        return f"{body}-{_check(body)}"

    @classmethod
    def parse(cls, text: str) -> "Share":
        """Read what was written down, whatever its spaces and letters' size, or raise ShareMisread."""
        plain = re.sub(r"\s", "", text).upper()
        found = _FORM.fullmatch(plain)
        if found is None:
            raise ShareMisread
        body, _, check = plain.rpartition("-")
        if not hmac.compare_digest(check, _check(body)):
            raise ShareMisread
        of, place, value, _ = found.groups()
        return cls(bytes.fromhex(of), int(place, 16), base64.b32decode(f"{value}===="))


def split(
    secret: bytes, *, needed: int, shares: int, random: Callable[[int], bytes] = secrets.token_bytes
) -> list[Share]:
    """Return shares of a secret of 32 bytes, any ``needed`` of which give it back."""
    if len(secret) != SECRET_BYTES or not FEWEST <= needed <= shares < MOST_SHARES:
        raise ValueError(needed, shares)
    of = random(_SET_BYTES)
    # One random coefficient a power and byte; the secret is what stands at 0.
    powers = [secret, *(random(SECRET_BYTES) for _ in range(needed - 1))]
    return [Share(of, place, _value(powers, place)) for place in range(1, shares + 1)]


def join(shares: Mapping[int, bytes]) -> bytes:
    """Return what shares by their places give at 0; the secret, where they are enough and of one set."""
    weights = {place: _weight(place, shares.keys() - {place}) for place in shares}
    secret = bytearray(SECRET_BYTES)
    for place, value in shares.items():
        for number, byte in enumerate(value):
            secret[number] ^= times(byte, weights[place])
    return bytes(secret)


def times(one: int, other: int) -> int:
    """Return the product of two elements of GF(256)."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one <<= 1
        if one & 0x100:
            one ^= _REDUCTION
        other >>= 1
    return product


def inverse(one: int) -> int:
    """Return what gives 1 with this element: its 254th power, since every element's 255th is 1."""
    result = 1
    for _ in range(254):
        result = times(result, one)
    return result


def _value(powers: Sequence[bytes], place: int) -> bytes:
    value = bytearray(SECRET_BYTES)
    for coefficients in reversed(powers):
        for number, coefficient in enumerate(coefficients):
            value[number] = times(value[number], place) ^ coefficient
    return bytes(value)


def _weight(place: int, others: set[int]) -> int:
    """Return how much the share at a place counts at 0, by Lagrange: the product of other / (other - place)."""
    weight = 1
    for other in others:
        weight = times(weight, times(other, inverse(other ^ place)))
    return weight


def _letters(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def _check(body: str) -> str:
    return _letters(hashlib.sha256(body.encode()).digest()[:_CHECK_BYTES])
