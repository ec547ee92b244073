"""Files that nobody reads off the disk, whole or in part."""

from io import BytesIO
from pathlib import Path

import pytest

from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotFound
from privyseal.storage import StorageFull, StoredFileChanged
from privyseal.vault import Vault, VaultKeyMissing
from tests.disk import full_after

SCAN = b"%PDF-1.7 " + b"the signed contract between us and them " * 60_000  # more than two parts
PART = 1 << 20


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault", ("the present key",))


def on_disk(vault: Vault, digest: str) -> Path:
    return vault.root / digest[:2] / digest


def read(vault: Vault, digest: str) -> bytes:
    return b"".join(vault.parts(digest))


@pytest.mark.parametrize("data", [b"", b"x", SCAN[:PART], SCAN[: PART + 1], SCAN], ids=len)
def test_what_is_stored_is_what_is_read(data: bytes, vault: Vault) -> None:
    digest = vault.put(BytesIO(data))

    assert digest == sha256(data)
    assert read(vault, digest) == data
    assert vault.size(digest) == len(data)
    assert vault.put(BytesIO(data)) == digest


def test_nothing_of_a_file_can_be_read_off_the_disk(vault: Vault) -> None:
    digest = vault.put(BytesIO(SCAN))

    stored = on_disk(vault, digest).read_bytes()

    assert b"signed contract" in SCAN
    assert [SCAN[at : at + 16] for at in range(0, len(SCAN), 1000) if SCAN[at : at + 16] in stored] == []


def test_the_same_file_looks_different_in_another_vault(vault: Vault, tmp_path: Path) -> None:
    other = Vault(tmp_path / "other", vault.keys)
    digest = vault.put(BytesIO(SCAN))

    other.put(BytesIO(SCAN))

    assert on_disk(vault, digest).read_bytes() != on_disk(other, digest).read_bytes()


def test_without_the_key_nothing_is_stored_and_nothing_read(vault: Vault) -> None:
    digest = vault.put(BytesIO(SCAN))

    for keys in ((), ("another key",)):
        with pytest.raises(VaultKeyMissing):
            Vault(vault.root, keys).parts(digest)
    with pytest.raises(VaultKeyMissing):
        Vault(vault.root, ()).put(BytesIO(b"another"))
    assert [file.name for file in vault.root.rglob("*") if file.is_file()] == [digest]


def test_the_key_before_still_opens(vault: Vault) -> None:
    digest = vault.put(BytesIO(SCAN))

    assert read(Vault(vault.root, ("the next key", *vault.keys)), digest) == SCAN


def test_what_was_changed_cut_off_or_put_under_another_name_is_refused_before_its_first_byte(vault: Vault) -> None:
    digest, other = vault.put(BytesIO(SCAN)), vault.put(BytesIO(b"another"))
    path = on_disk(vault, digest)
    whole, head = path.read_bytes(), 8 + 40
    changed = bytearray(whole)
    changed[-1] ^= 1
    first, second = whole[head : head + PART + 16], whole[head + PART + 16 : head + 2 * (PART + 16)]
    moved = whole[:head] + second + first + whole[head + 2 * (PART + 16) :]

    for stored in (bytes(changed), whole[: head + PART + 16], moved, b"PSVAULT0" + whole[8:], whole[:20], b""):
        path.write_bytes(stored)
        with pytest.raises((StoredFileChanged, VaultKeyMissing)):
            vault.parts(digest)
    path.write_bytes(on_disk(vault, other).read_bytes())
    with pytest.raises(StoredFileChanged):
        vault.parts(digest)


def test_what_is_not_there_is_not_found_and_a_full_disk_leaves_nothing(vault: Vault) -> None:
    for unknown in ("0" * 64, "../../etc/passwd"):
        with pytest.raises(NotFound):
            vault.parts(unknown)

    with full_after(100), pytest.raises(StorageFull):
        vault.put(BytesIO(SCAN))

    assert [file for file in vault.root.rglob("*") if file.is_file()] == []
