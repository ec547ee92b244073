"""The paths and files of C2SP tlog-tiles."""

import pytest

from privyseal.kernel import tiles
from privyseal.kernel.tiles import Tile, parsed


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("0/000", Tile(0, 0)),
        ("0/067.p/5", Tile(0, 67, 5)),
        ("1/x001/x234/067", Tile(1, 1_234_067)),
        ("63/x001/000.p/255", Tile(63, 1_000, 255)),
    ],
)
def test_a_path_names_one_tile(path: str, tile: Tile) -> None:
    assert (parsed(path), str(tile)) == (tile, path)


@pytest.mark.parametrize(
    "path",
    [
        "", "0", "0/", "0/1", "0/0001", "00/000", "64/000", "-1/000", "0/x000/001", "0/001/002", "0/x001",
        "0/000.p/0", "0/000.p/256", "0/000.p/05", "0/000.p/", "0/../000", "0/٠٠٠", "0/000\n",
    ],
)  # fmt: skip
def test_no_other_spelling_names_a_tile(path: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parsed(path)


@pytest.mark.parametrize(
    ("tile", "size"), [(Tile(0, 0), 256), (Tile(0, 1, 3), 259), (Tile(1, 0, 2), 512), (Tile(2, 0, 1), 65_536)]
)
def test_a_tree_has_a_tile_once_all_its_hashes_are_there(tile: Tile, size: int) -> None:
    assert tile.is_in(size)
    assert not tile.is_in(size - 1)


def test_entries_stand_behind_their_lengths() -> None:
    assert tiles.bundle([b"", b"ab", b"c" * 258]) == b"\x00\x00" + b"\x00\x02ab" + b"\x01\x02" + b"c" * 258
    with pytest.raises(OverflowError):
        tiles.bundle([b"c" * (tiles.MOST_BYTES + 1)])
