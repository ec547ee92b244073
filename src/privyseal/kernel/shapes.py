"""Strict readers of received JSON: the exact fields, types and forms, or Misshapen."""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from privyseal.kernel.canonical import Json, NotCanonical, utc_text, utc_time

_UID: Final = re.compile(r"[0-9a-f]{32}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class Misshapen(ValueError):
    """A received value is not of the agreed form; the reader's caller says of what."""


def fields(value: object, names: frozenset[str]) -> Mapping[str, Json]:
    """Return an object with exactly these fields."""
    if not isinstance(value, dict) or value.keys() != names:
        raise Misshapen
    return value


def items(value: object, *, least: int = 0, most: int) -> list[Json]:
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise Misshapen
    return value


def integer(value: object, *, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Misshapen
    return value


def truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise Misshapen
    return value


def text(value: object, *, most: int) -> str:
    """Return one line of printable text, not empty, without space at its ends."""
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable() or value != value.strip():
        raise Misshapen
    return value


def word(value: object, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Misshapen
    return value


def uid(value: object) -> str:
    """Return a 128-bit id or pseudonym in 32 lower-case hex digits."""
    return word(value, _UID)


def digest(value: object) -> str:
    """Return a SHA-256 digest in 64 lower-case hex digits."""
    return word(value, _DIGEST)


def moment(value: object) -> datetime:
    """Return a time written as kernel.canonical.utc_text writes it."""
    if not isinstance(value, str):
        raise Misshapen
    try:
        read = utc_time(value)
    except NotCanonical as error:
        raise Misshapen from error
    if utc_text(read) != value:
        raise Misshapen
    return read


def octets(value: object, *, length: int | None = None) -> bytes:
    """Return the bytes of standard base64, of this length where one is given."""
    if not isinstance(value, str):
        raise Misshapen
    try:
        read = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Misshapen from error
    if base64_text(read) != value or (length is not None and len(read) != length):
        raise Misshapen
    return read


def base64_text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
