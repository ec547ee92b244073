"""By what facts are found: a key of 64 bits for each thing a fact is about. ``ledger_key`` says the same in SQL."""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Final

from privyseal.kernel.canonical import Json

_BYTES: Final = 8


@lru_cache(maxsize=1024)  # facts of one act are about the same permit, seal and application
def key(subject: str, value: Json) -> int:
    """Return the key of one subject. Two might share one: whoever finds by it looks into the fact as well."""
    return int.from_bytes(sha256(f"{subject}:{value}".encode()).digest()[:_BYTES], "big", signed=True)


def keys(subjects: Mapping[str, Json]) -> list[int]:
    return [key(subject, value) for subject, value in sorted(subjects.items())]
