"""An old copy of the signer's file, told what the record says since, is what the living signer has by now."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from privyseal.signer.copying import FILE, copied
from tests.saga.scene import Scene

pytestmark = [pytest.mark.running, pytest.mark.xdist_group("running")]
# When something was done is the signer's time in the one and the record's in the other; so is how many there might be.
BOOKS = (
    "SELECT uid, application, seal, document_sha256, impressions, sealed_sha256, operator FROM intent ORDER BY uid",
    "SELECT application, seal, used FROM counter ORDER BY application, seal",
    "SELECT what, uid, seal FROM denial ORDER BY what, uid, seal",
    "SELECT uid, version, is_active, destroyed_by FROM seal",
    "SELECT size, root, note FROM checkpoint",
)


def books(folder: Path) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(folder / FILE)) as file:
        return [file.execute(query).fetchall() for query in BOOKS]


def test_what_the_key_did_since_its_copy_is_on_record_and_comes_back(mortal: Scene, tmp_path: Path) -> None:
    prepared = mortal.tell("prepare", documents=3, name="since the copy")["heard"]
    permit, (before, since, _) = prepared["permit"], prepared["documents"]
    assert "heard" in mortal.seal(permit, before)
    mortal.recover()
    (tmp_path / FILE).write_bytes(copied(mortal.folder / "signer"))
    assert "heard" in mortal.seal(permit, since)
    assert "heard" in mortal.tell("end_permit", permit=permit)
    assert "heard" in mortal.tell("suspend")
    mortal.recover()
    assert books(tmp_path) != books(mortal.folder / "signer")

    told = mortal.tell("replay", folder=str(tmp_path))

    rest: dict[str, object] = {"ended": 0, "removed": 0, "keyless": [], "grants": 0, "machines": []}
    rest |= {"taken_out": 0, "on_mandates": 0, "unmounted": []}
    assert told["heard"] == {"uses": 1, "denied": 1, "suspended": 1, **rest}
    assert books(tmp_path) == books(mortal.folder / "signer")
    again = mortal.tell("replay", folder=str(tmp_path))["heard"]
    assert again == {"uses": 0, "denied": 0, "suspended": 0, **rest}
