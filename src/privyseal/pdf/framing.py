"""What crosses the border of the confined process: a JSON header and raw bytes, lengths first."""

import json
import struct
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Any, Final

_LENGTHS: Final = struct.Struct(">IQ")
_MOST_HEADER: Final = 1_000_000
_MOST_BODY: Final = 200_000_000


class Task(StrEnum):
    ACCEPT = "accept"
    JUDGE = "judge"
    PAGE = "page"
    FIND = "find"
    IMPRINT = "imprint"
    BLANK = "blank"
    COMPARE = "compare"
    ACCEPT_LARGE = "accept-large"
    LOOK = "look"
    PRINTS = "prints"
    PRINT_OF_PHOTO = "print-of-photo"
    SEEN_ON = "seen-on"
    CODES = "codes"
    ALIKE = "alike"
    THUMBNAIL = "thumbnail"
    SIZES = "sizes"


def packed(header: Mapping[str, Any], body: bytes) -> bytes:
    text = json.dumps(header).encode()
    return _LENGTHS.pack(len(text), len(body)) + text + body


def unpacked(message: bytes) -> tuple[dict[str, Any], bytes]:
    """Return header and body, or raise ValueError for anything but one whole message."""
    if len(message) < _LENGTHS.size:
        raise ValueError("no message")
    header_length, body_length = _LENGTHS.unpack_from(message)
    start = _LENGTHS.size + header_length
    if header_length > _MOST_HEADER or body_length > _MOST_BODY or len(message) != start + body_length:
        raise ValueError("not one whole message")
    return json.loads(message[_LENGTHS.size : start]), message[start:]


def parted(body: bytes, lengths: Sequence[int]) -> tuple[bytes, ...]:
    """Return the parts that a body was put together from, or raise ValueError where they are not all of it."""
    ends = list(accumulate(lengths, initial=0))
    if min(lengths, default=0) < 0 or ends[-1] != len(body):
        raise ValueError("not these parts")
    return tuple(body[start:end] for start, end in pairwise(ends))
