"""A follower with nothing but tiles and the log's key derives the root that was signed."""

import hashlib
from itertools import pairwise

import pytest

from privyseal.kernel.canonical import parse
from privyseal.kernel.errors import NotFound
from privyseal.kernel.note import VerifierKey, open_checkpoint
from privyseal.kernel.tiles import Tile
from privyseal.ledger import tiles
from privyseal.ledger.queries import latest_checkpoint
from tests.ledger.conftest import FACTS

LOWEST = (Tile(0, 0), Tile(0, 1), Tile(0, 2, 88))


def root(hashes: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, level by level: a node without a neighbour rises as it is."""
    while len(hashes) > 1:
        odd = hashes[-1:] if len(hashes) % 2 else []
        hashes = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in list(pairwise(hashes))[::2]] + odd
    return hashes[0]


def cut(data: bytes) -> list[bytes]:
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def unbundled(data: bytes) -> list[bytes]:
    found = []
    while data:
        size = int.from_bytes(data[:2], "big")
        found.append(data[2 : 2 + size])
        data = data[2 + size :]
    return found


def test_the_signed_root_follows_from_tiles_of_hashes_and_from_entries(loaded: VerifierKey) -> None:
    head = open_checkpoint(latest_checkpoint() or "", loaded)

    leaves = [one for tile in LOWEST for one in cut(tiles.hashes(tile))]
    entries = [one for tile in LOWEST for one in unbundled(tiles.entries(tile))]

    assert (head.size, head.root) == (FACTS, root(leaves))
    assert leaves == [hashlib.sha256(b"\x00" + one).digest() for one in entries]
    assert [parse(one)["subjects"] for one in entries] == [{"seal": f"seal {number}"} for number in range(FACTS)]
    assert cut(tiles.hashes(Tile(1, 0, 2))) == [root(leaves[:256]), root(leaves[256:512])]


@pytest.mark.parametrize("tile", [Tile(0, 2), Tile(0, 2, 89), Tile(0, 3, 1), Tile(1, 0, 3), Tile(2, 0, 1)])
def test_what_no_checkpoint_covers_is_not_there(loaded: VerifierKey, tile: Tile) -> None:
    with pytest.raises(NotFound):
        tiles.hashes(tile)
    with pytest.raises(NotFound):
        tiles.entries(tile)
