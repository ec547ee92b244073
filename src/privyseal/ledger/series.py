"""Facts of one kind that differ in few values, as those of one act: said and packed once, and filled in.

What comes out is to the byte what each would have been packed into by itself.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from privyseal.kernel.canonical import Json

_DIGITS: Final = frozenset({32, 64})
_BELOW: Final = 10**15  # a number of more digits is packed like a digest
_FEW: Final = 3  # so many are said one by one
SALT: Final = "salt"


class Series(NamedTuple):
    """What stands between the values in which facts differ, and these by their names."""

    between: Sequence[bytes]
    names: Sequence[str]

    def filled(self, said: Mapping[str, Json]) -> bytes:
        whole = [self.between[0]]
        for name, after in zip(self.names, self.between[1:], strict=True):
            value = secrets.token_bytes(16) if name == SALT else _written(said[name])
            whole += (value, after)
        return b"".join(whole)


def series_of(every: Sequence[Mapping[str, Json]], pack: Callable[[Mapping[str, Json], str], bytes]) -> Series | None:
    """Return how these are alike, nothing where they differ in more than digests, ids and numbers.

    ``pack`` returns how a fact is kept that says this, with this salt.
    """
    names = _differing(every) if len(every) >= _FEW else None
    if names is None:
        return None
    first, salt = every[0], secrets.token_hex(16)
    marks = {name: _mark(first[name]) for name in names}
    packed = pack({**first, **marks}, salt)
    places = {name: _place(packed, mark) for name, mark in {**marks, SALT: salt}.items()}
    between, ordered, at = list[bytes](), sorted(places, key=lambda name: places[name]), 0
    for name in ordered:
        begin, end = places[name]
        if begin < at:
            return None  # not found, or more than once
        between.append(packed[at:begin])
        at = end
    return Series((*between, packed[at:]), ordered)


def _differing(every: Sequence[Mapping[str, Json]]) -> list[str] | None:
    first = every[0]
    if SALT in first or any(one.keys() != first.keys() for one in every):
        return None
    names = [name for name, value in first.items() if not all(_is_same(value, one[name]) for one in every)]
    are_plain = all(_is_like(first[name], one[name]) for name in names for one in every)
    return names if are_plain else None


def _is_same(value: Json, other: Json) -> bool:
    return value is other or (type(value) is type(other) and isinstance(value, str | int) and value == other)


def _is_like(value: Json, other: Json) -> bool:
    """Tell whether both are digests or ids of one length, or both numbers."""
    if type(value) is int and type(other) is int:
        return 0 <= other < _BELOW
    if type(value) is not str or type(other) is not str or len(value) != len(other) or len(other) not in _DIGITS:
        return False
    return other.isascii() and other.isalnum() and other.strip("0123456789abcdef") == ""


def _mark(value: Json) -> Json:
    """Return a value like this one that stands nowhere else."""
    return (
        secrets.token_hex(len(value) // 2) if isinstance(value, str) else _BELOW // 10 + secrets.randbelow(_BELOW // 2)
    )


def _written(value: Json) -> bytes:
    return bytes.fromhex(value) if isinstance(value, str) else b"%d" % value if isinstance(value, int) else b""


def _place(packed: bytes, mark: Json) -> tuple[int, int]:
    written = _written(mark)
    begin = packed.find(written)
    return (begin, begin + len(written)) if packed.count(written) == 1 else (-1, -1)
