"""What is looked for in a list, written so that a name stands in it as it is, and is found. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias
from urllib.parse import quote, unquote

Pairs: TypeAlias = Sequence[tuple[str, str]]

_BETWEEN: Final = re.compile(r"[\x00-\x1f%&=]")  # what would be taken for the form itself; all else stays readable


def written(pairs: Iterable[tuple[str, str]]) -> str:
    """Return pairs of names and values in one line: an address would hide every Chinese word of it."""
    return "&".join(f"{_plain(name)}={_plain(value)}" for name, value in pairs)


def read(text: str) -> Pairs:
    """Return the pairs that ``written`` wrote."""
    parts = (part.partition("=") for part in text.split("&") if part)
    return [(unquote(name), unquote(value)) for name, _, value in parts]


def _plain(words: str) -> str:
    return _BETWEEN.sub(lambda found: quote(found[0]), words)
