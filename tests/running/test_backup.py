"""A backup made, lost, restored and proved, as somebody types it."""

import json
import os
import shutil
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import psycopg
import pyrage
import pytest

from privyseal.config.backup import archive, erasures, making
from privyseal.config.backup.archive import Entry
from privyseal.config.backup.certificate import Certificate
from privyseal.config.backup.erasures import Repeated
from privyseal.config.demo import AUDITOR, PASSWORD
from privyseal.config.failures import CannotStart
from privyseal.config.postgres import Cluster
from privyseal.kernel.note import Checkpoint
from privyseal.signer.answers import Entrusted
from privyseal.signer.copying import FILE
from privyseal.signer.database import Database, open_durably
from privyseal.signer.keyfile import opened
from privyseal.signer.operations import Signer
from privyseal.signer.replaying import Replayed
from privyseal.signer.unlocking import Confirm, Entrust
from privyseal.storage import Folder
from tests import prepared
from tests.disk import full_after
from tests.pdfs import one_page
from tests.running.shell import Shell
from tests.signers import running

pytestmark = [pytest.mark.running, pytest.mark.xdist_group("running")]


FIRST_OF_THE_NEW_NAME = """
    SELECT kind, (said->>'known_size')::int, said->>'known_root', (said->>'missing')::int, said->>'origin'
    FROM ledger_continuation JOIN ledger_leaf ON index = begins_at JOIN ledger_fact ON ledger_fact.id = fact_id,
    LATERAL (SELECT ledger_text(body)::jsonb->'data' AS said) said
"""
STILL_OPEN = (
    "SELECT count(*) FROM permit WHERE revoked_at IS NULL AND used < impressions"
    " AND issued_at < (SELECT at FROM ledger_continuation)"
)


@dataclass(frozen=True)
class Saved:
    """An installation with a use on record, backed up; then used once more."""

    shell: Shell
    file: Path
    identities: tuple[Path, Path]
    cut: int
    later_head: Path
    erased: Path

    def restore(self, *words: str | Path, file: Path | None = None, data: Path | None = None) -> tuple[int, str, str]:
        done = self.shell.run("restore", file or self.file, *words, data=data)
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def certificate() -> Certificate:
    noon = datetime(2026, 11, 26, 4, tzinfo=UTC)
    replayed = Replayed(0, 0, 0, 0, 0, (), 9)
    return Certificate("0" * 64, "2026-11-25", noon, 1.0, 9, 9, 1, "0" * 64, (), 0, replayed, 0, 2)


@pytest.fixture(scope="module")
def saved(shell: Shell) -> Saved:
    prepared.place(shell.folder / "data")
    assert shell.demo("contract.pdf", one_page())[0] == 0
    identities = (shell.folder / "first.key", shell.folder / "second.key")
    keys = [shell.run("backup", "--key", path).stdout.strip() for path in identities]
    file = shell.folder / "backup.age"
    made = shell.run("backup", "--to", file, "--recipient", keys[0], "--recipient", keys[1], "--json")
    assert made.returncode == 0, made.stderr
    assert shell.demo("later.pdf", one_page("Later"))[0] == 0
    head = shell.folder / "later.note"
    head.write_text(shell.run("ledger", "checkpoint").stdout)
    said = json.loads(made.stdout)
    return Saved(shell, file, identities, said["size"], head, Path(said["erased"]))


def pseudonyms(saved: Saved) -> dict[str, str]:
    """Return whom the backup has, by login."""
    with tempfile.TemporaryDirectory() as folder:
        archive.unpack(saved.file, archive.identity(saved.identities[0]), Path(folder))
        words = [making.program("pg_restore"), "--data-only", "--table=person", "--file=-", f"{folder}/{making.DUMP}"]
        rows = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    start = next(number for number, row in enumerate(rows) if row.startswith("COPY "))
    columns = rows[start].partition("(")[2].partition(")")[0].split(", ")
    people = [dict(zip(columns, row.split("\t"), strict=True)) for row in rows[start + 1 : rows.index("\\.")]]
    return {one["login"]: one["pseudonym"] for one in people}


def listed(saved: Saved, who: str) -> Path:
    """Lay a later list beside another backup: somebody was erased, and so was somebody whom this one never knew."""
    known = pseudonyms(saved)
    said = {"erasure": "e" * 32, "person": known[who], "asked_by": known["chen"], "decided_by": known["sun"]}
    lines = [json.dumps({**said, "erasure": "d" * 32, "person": "f" * 32}), json.dumps(said)]
    return erasures.lay_beside(saved.shell.folder / "tomorrow.age", lines, saved.shell.folder / "data")[0]


def kept_by_custodians(shell: Shell) -> tuple[Path, list[Path]]:
    """Return a copy of the signer's folder whose keys custodians have taken over since, and their three shares."""
    folder, data = shell.folder / "outlived", shell.folder / "data"
    shutil.copytree(data / "signer", folder)
    with closing(Database(open_durably(folder / FILE))) as database:
        keys = opened(database, data / "secrets" / "signer.key")
        signer = Signer(database, lambda: datetime.now(UTC), keys)
        shares = Entrusted.parse(signer.unlock(Entrust(needed=2, shares=3, by=()))).shares
        signer.unlock(Confirm(shares))
    files = [shell.folder / f"{number}.share" for number in range(3)]
    for file, share in zip(files, shares, strict=True):
        file.write_text(f"{share}\n")
    return folder, files


def test_what_was_restored_proves_itself_forgets_again_opens_and_seals(saved: Saved) -> None:
    home, erased = saved.shell.folder / "restored", listed(saved, "gu")

    code, said, complaint = saved.restore("--identity", saved.identities[1], "--erased", erased, data=home)

    assert code == 0, complaint
    assert said.startswith("PRIVYSEAL RESTORE\n")
    assert f"at {saved.cut} facts; the record continues it" in said
    assert "continues its own last head; replayed: 0 uses" in said
    assert "Without a key  0 seals" in said
    assert "Epoch          2:" in said
    assert "Messages       0 may have left since the copy" in said
    assert "Erasures       1 of 2 on the list done again" in said
    assert "NOT erased" not in said
    assert (home / "restored.txt").read_text() == said
    (saved.shell.folder / "again.pdf").write_bytes(one_page("Again"))
    again = saved.shell.run("demo", "again.pdf", "--out", "sealed-again.pdf", "--json", data=home)
    assert json.loads(again.stdout)["sealed"] is True, again.stderr
    with Cluster(home) as cluster, psycopg.connect(cluster.url()) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM person")}
    assert ("顾守" in names, "■" in names, "王用" in names) == (False, True, True)
    # Never over what there is.
    assert "is not empty" in saved.restore("--identity", saved.identities[0], data=home)[2]


def test_beside_a_backup_lies_who_was_erased_under_a_name_that_tells_a_whole_list(saved: Saved) -> None:
    later = listed(saved, "gu")
    short, other = later.with_name("mixed-" + later.name), saved.shell.folder / "other.jsonl"
    short.write_bytes(later.read_bytes()[:-1])
    other.write_text('{"person": "王用"}\n')

    forged = saved.shell.folder / "forged.jsonl"
    forged.write_text(later.read_text().replace("d" * 32, "c" * 32))

    content = saved.erased.read_bytes()
    assert saved.erased.name == f"backup.erased-{sha256(content).hexdigest()}.jsonl"
    assert erasures.read(saved.erased).lines == ()
    wrongs = ((short, "is not what its name says"), (other, "is not a list"), (forged, "is not signed by this"))
    for wrong, sentence in wrongs:
        code, said, complaint = saved.restore("--identity", saved.identities[0], "--erased", wrong, "--drill")
        assert (code, said) == (1, "")
        assert sentence in complaint


def test_a_certificate_says_what_was_not_repeated_and_what_to_do(certificate: Certificate) -> None:
    held = replace(certificate, repeated=Repeated(asked=2, done=1, left=("f" * 32,), sha256="a" * 64))

    assert "NOT repeated" in certificate.text(is_drill=True)
    assert "`privyseal erased again LIST` with the newest list" in certificate.text(is_drill=True)
    assert "NOT erased     these people: something holds them" in held.text(is_drill=False)
    assert "f" * 32 in held.text(is_drill=False)


def test_a_drill_misses_the_facts_of_a_head_that_somebody_keeps_and_leaves_nothing(saved: Saved) -> None:
    code, said, complaint = saved.restore("--identity", saved.identities[0], "--head", saved.later_head, "--drill")

    assert (code, said) == (1, "")
    assert "facts are missing. Nothing was opened" in complaint
    assert not list(Path(tempfile.gettempdir()).glob("privyseal-drill-*"))


def test_without_lost_facts_the_record_goes_on_under_another_name_by_leave_alone(saved: Saved) -> None:
    home, shell, password = saved.shell.folder / "lossy", saved.shell, saved.shell.folder / "auditor.txt"
    password.write_text(PASSWORD)
    lost = Checkpoint.parse(saved.later_head.read_text().partition("\n\n")[0] + "\n")
    missing = lost.size - saved.cut
    outlived, shares = kept_by_custodians(shell)
    beside = ("--head", saved.later_head, "--outlived", outlived)
    by_custodians = [word for share in shares[1:] for word in ("--share", share)]
    leave = ("--without", str(missing), "--auditor", AUDITOR, "--auditor-password", password, *by_custodians)

    code, said, complaint = saved.restore("--identity", saved.identities[1], *beside, *leave, data=home)

    assert code == 0, complaint
    assert f"LOST           {missing} facts: {saved.cut} are here, {lost.size} had been signed" in said
    assert "Put to rest    0 seals" in said
    assert "Not on record  1 uses that the key has counted" in said
    assert "keys opened by 2 custodians" in said
    # It can be used, and proves itself, under its new name, once its custodians have opened it.
    (shell.folder / "anew.pdf").write_bytes(one_page("Anew"))
    (shell.folder / "kept").mkdir()
    (shell.folder / "kept" / "data").symlink_to(home / "signer")
    with running(shell.folder / "kept") as signer:
        for share in shares[:2]:
            signer.open(share.read_text().strip())
        own = {"PRIVYSEAL_SIGNER_SOCKET": str(shell.folder / "kept" / "signer.sock")}
        used = shell.run("demo", "anew.pdf", "--out", "sealed-anew.pdf", "--json", data=home, **own)
    assert json.loads(used.stdout)["sealed"] is True, used.stderr
    assert json.loads(shell.run("ledger", "verify", "--json", data=home).stdout)["holds"] is True
    proofs = [
        shell.run("prove", "receipt", f"sealed-{name}.tlog-proof", "--json", data=home)
        for name in ("contract", "later", "anew")
    ]
    assert [json.loads(one.stdout)["origin"] for one in proofs] == [lost.origin, lost.origin, f"{lost.origin}/2"]
    with Cluster(home) as cluster, psycopg.connect(cluster.url()) as connection:
        row = connection.execute(FIRST_OF_THE_NEW_NAME).fetchone()
        open_still = connection.execute(STILL_OPEN).fetchone()
    assert row == ("installation.began-anew", lost.size, lost.root.hex(), missing, f"{lost.origin}/2")
    assert open_still == (0,)


def test_a_backup_that_was_touched_cut_short_or_is_for_others_opens_nothing(saved: Saved) -> None:
    whole, stranger = saved.file.read_bytes(), saved.shell.folder / "stranger.key"
    saved.shell.run("backup", "--key", stranger)
    touched, short = saved.shell.folder / "touched.age", saved.shell.folder / "short.age"
    middle = len(whole) // 2
    touched.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    short.write_bytes(whole[:middle])

    for file, key in ((touched, saved.identities[0]), (short, saved.identities[0]), (saved.file, stranger)):
        code, said, complaint = saved.restore("--identity", key, "--drill", file=file)
        assert (code, said) == (1, "")
        assert "cannot be opened" in complaint, complaint


def test_one_recipient_is_not_enough(saved: Saved) -> None:
    key = saved.shell.run("backup", "--key", saved.shell.folder / "third.key").stdout.strip()

    done = saved.shell.run("backup", "--to", "x.age", "--recipient", key, "--recipient", key)

    assert done.returncode == 1
    assert "two different recipients" in done.stderr
    assert not os.path.lexists(saved.shell.folder / "x.age")


@pytest.mark.parametrize("wrong", ["folder", "entry", "encryption"])
def test_a_backup_that_cannot_be_written_says_so_and_leaves_no_half(wrong: str, tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "all.age" if wrong == "folder" else tmp_path / "all.age"
    content = tmp_path / "gone" if wrong == "entry" else b"bytes"
    to = [] if wrong == "encryption" else [pyrage.x25519.Identity.generate().to_public()]

    with pytest.raises(CannotStart, match="cannot be written"):
        archive.write(target, [Entry("one", content)], {}, to)

    assert list(tmp_path.iterdir()) == []


def test_on_a_full_disk_no_backup_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    to = archive.recipients([str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2)])
    target = tmp_path / "all.age"
    archive.write(target, [Entry("one", b"bytes")], {}, to)
    before = target.read_bytes()

    with full_after(200_000), pytest.raises(CannotStart, match="What was there is as it was"):
        archive.write(target, [Entry("one", os.urandom(1_000_000))], {}, to)

    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]


def test_of_two_backups_to_one_file_the_second_is_refused(tmp_path: Path) -> None:
    to = archive.recipients([str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2)])
    target = tmp_path / "all.age"

    with archive.in_place_of(target) as first:
        first.write(b"the first")
        with pytest.raises(CannotStart, match="by another one"):
            archive.write(target, [Entry("one", b"bytes")], {}, to)

    assert target.read_bytes() == b"the first"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_that_somebody_laid_beside_a_backup_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "all.age.half").symlink_to(tmp_path / "precious")
    to = archive.recipients([str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2)])

    with pytest.raises(CannotStart, match="cannot be written"):
        archive.write(tmp_path / "all.age", [Entry("one", b"bytes")], {}, to)

    assert (tmp_path / "precious").read_bytes() == b"precious"


def test_a_dump_leaves_room_to_what_is_sealed_and_goes_after_whoever_was_killed(tmp_path: Path) -> None:
    (tmp_path / "backup-killed").mkdir()
    (tmp_path / "backup-killed" / making.DUMP).write_bytes(b"in the clear")

    with making.place_for_dump(tmp_path) as first, making.place_for_dump(tmp_path) as second:
        assert sorted(tmp_path.iterdir()) == sorted([first, second])
        full = Folder(tmp_path / "blobs", reserve=1 << 60)
        with (first / making.DUMP).open("wb") as file, pytest.raises(CannotStart, match="no room for a dump"):
            making.fill(file, BytesIO(b"a dump"), full)

    assert list(tmp_path.iterdir()) == []


def test_what_somebody_keeps_under_such_a_name_stays(tmp_path: Path) -> None:
    (tmp_path / "backup-of-november").mkdir()
    for name in ("all.age", making.DUMP):
        (tmp_path / "backup-of-november" / name).write_bytes(b"kept")
    (tmp_path / "backup-empty").mkdir()
    (tmp_path / "backup-all.age").write_bytes(b"kept")
    before = sorted(tmp_path.rglob("*"))

    with making.place_for_dump(tmp_path):
        pass

    assert sorted(tmp_path.rglob("*")) == before


def test_the_list_of_who_was_erased_that_has_no_room_says_what_is_whole(saved: Saved) -> None:
    with full_after(100), pytest.raises(CannotStart, match="is whole, and not on record"):
        erasures.lay_beside(saved.shell.folder / "third.age", ["{}" * 1000], saved.shell.folder / "data")

    assert not list(saved.shell.folder.glob("third.erased*"))
