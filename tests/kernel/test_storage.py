"""Files by their digest: large ones grow without being stored twice, and a full disk keeps nothing half."""

from collections.abc import Callable
from pathlib import Path

import pytest

from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotFound
from privyseal.storage import Folder, StorageFull, StoredFileChanged
from tests.disk import full_after

BID = b"%PDF-1.7 a bid" + bytes(9_000_000)
SEALED = BID + b"a seal"


@pytest.fixture
def blobs(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "blobs")


def lent(blobs: Folder, digest: str) -> bytes:
    with blobs.lent(digest) as file:
        return file.read()


def mapped(blobs: Folder, digest: str) -> bytes:
    with blobs.mapped(digest) as data:
        return data[:]


@pytest.mark.parametrize(
    "read",
    [Folder.get, lent, mapped, lambda blobs, digest: b"".join(blobs.parts(digest))],
    ids=["get", "lent", "mapped", "parts"],
)
def test_a_large_file_with_a_seal_and_another_reads_as_one(blobs: Folder, read: Callable[[Folder, str], bytes]) -> None:
    first = blobs.append(blobs.put(BID), b"a seal")
    second = blobs.append(first, b" and another")

    assert (first, second) == (sha256(SEALED), sha256(SEALED + b" and another"))
    assert read(blobs, second) == SEALED + b" and another"
    assert blobs.size(second) == len(SEALED) + len(b" and another")


def test_what_is_appended_takes_no_more_room_than_it_has_bytes(blobs: Folder) -> None:
    blobs.append(blobs.put(BID), b"a seal")

    sizes = sorted(file.stat().st_size for file in blobs.root.rglob("*") if file.is_file())
    assert sizes == [64 + len(b"a seal"), len(BID)]


def test_a_small_file_with_a_seal_is_stored_whole(blobs: Folder) -> None:
    sealed = blobs.append(blobs.put(b"a letter"), b" and a seal")

    assert (blobs.root / sealed[:2] / sealed).read_bytes() == b"a letter and a seal"


def test_the_same_appended_twice_is_one_file(blobs: Folder) -> None:
    digests = {blobs.append(blobs.put(BID), b"a seal") for _ in range(2)}

    assert digests == {sha256(SEALED)}


@pytest.mark.parametrize(
    "use", [Folder.get, Folder.check, Folder.parts, lent, lambda at, digest: at.append(digest, b"")]
)
def test_a_file_that_changed_underneath_is_refused(blobs: Folder, use: Callable[[Folder, str], object]) -> None:
    original = blobs.put(BID)
    sealed = blobs.append(original, b"a seal")
    with (blobs.root / original[:2] / original).open("r+b") as file:
        file.write(b"%PDF-1.7 a lie")

    with pytest.raises(StoredFileChanged):
        use(blobs, sealed)


def test_what_was_never_stored_is_not_found(blobs: Folder) -> None:
    with pytest.raises(NotFound):
        blobs.parts(sha256(b"nothing"))
    with pytest.raises(NotFound):
        blobs.append("no digest", b"a seal")


def test_a_full_disk_is_said_and_keeps_nothing_half(blobs: Folder) -> None:
    sealed = blobs.append(blobs.put(BID), b"a seal")
    before = set(blobs.root.rglob("*"))

    with full_after(1_000_000):
        with pytest.raises(StorageFull):
            blobs.put(SEALED + b" and another")
        with pytest.raises(StorageFull), blobs.lent(sealed):
            pass

    assert {file for file in blobs.root.rglob("*") if file.is_file()} <= before


def test_a_disk_that_fills_up_in_the_last_piece_takes_no_half_file(blobs: Folder) -> None:
    arriving = blobs.arrival()

    with full_after(100), pytest.raises(StorageFull):
        arriving.write(b"c" * 150)


def test_what_arrives_leaves_room_for_what_is_sealed(blobs: Folder) -> None:
    full = Folder(blobs.root, reserve=1 << 60)
    arriving = blobs.arrival()

    with pytest.raises(StorageFull):
        full.arrival()
    with pytest.raises(StorageFull):
        full.leave_room(arriving.file, 1)
    assert full.get(full.append(full.put(BID), b"a seal")) == SEALED


def test_what_follows_on_many_files_is_stored_as_on_one(blobs: Folder) -> None:
    one, other = blobs.put(b"one"), blobs.put(b"other")

    stored = blobs.append_each([(one, b"one", b" more"), (other, b"other", b" still")])

    assert stored == [sha256(b"one more"), sha256(b"other still")] == [blobs.append(one, b" more"), stored[1]]
    assert [blobs.get(digest) for digest in stored] == [b"one more", b"other still"]


def test_nothing_follows_on_bytes_that_are_not_the_named_file(blobs: Folder) -> None:
    one = blobs.put(b"one")

    with pytest.raises(StoredFileChanged):
        blobs.append_each([(one, b"0ne", b" more")])
