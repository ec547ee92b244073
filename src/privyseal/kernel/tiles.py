"""Tiles: a log as static files, C2SP tlog-tiles v1. What a path names, and what belongs into its file."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from privyseal.kernel.merkle import Place

WIDTH: Final = 256
"""How many hashes of one level, or entries, a full tile has."""

MOST_BYTES: Final = 2**16 - 1
"""The longest entry that a bundle takes."""

LEVELS: Final = 8
"""How many levels of the tree lie between the hashes of one tile and those of the tile above."""

FORM: Final = r"(?:0|[1-9][0-9]?)/(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?"
"""A path of a tile, its level first; of a bundle of entries what stands behind ``entries/``, with level 0 before it."""

_READ: Final = re.compile(r"(?P<level>[0-9]+)/(?P<number>[x0-9/]+)(?:\.p/(?P<width>[0-9]+))?")
_HIGHEST: Final = 63


class Tile(NamedTuple):
    """So many hashes of subtrees of 256**level leaves, from ``number * 256`` on; fewer than 256 are a partial tile."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def begin(self) -> int:
        return self.number * WIDTH

    @property
    def end(self) -> int:
        return self.begin + self.width

    @property
    def places(self) -> list[Place]:
        """Where its hashes stand in the tree."""
        return [(self.level * LEVELS, position) for position in range(self.begin, self.end)]

    def is_in(self, size: int) -> bool:
        """Tell whether a tree of so many leaves has all of it."""
        return self.end <= size >> (self.level * LEVELS)

    def __str__(self) -> str:
        digits = f"{self.number:d}"
        digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
        parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        path = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
        return f"{self.level}/{path}" + (f".p/{self.width}" if self.width < WIDTH else "")


def parsed(path: str) -> Tile:
    """Return the tile that a path names; raise ValueError for any other spelling of it."""
    found = re.fullmatch(FORM, path) and _READ.fullmatch(path)
    if not found:
        raise ValueError(path)
    number = int(found["number"].replace("x", "").replace("/", ""))
    tile = Tile(int(found["level"]), number, int(found["width"] or WIDTH))
    if tile.level > _HIGHEST or str(tile) != path:
        raise ValueError(path)
    return tile


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as one file, each behind its length in two bytes; one that is too long raises OverflowError."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
