"""A backup made, lost, restored and proved, as somebody types it."""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import prepared
from tests.pdfs import one_page
from tests.running.shell import Shell

pytestmark = [pytest.mark.running, pytest.mark.xdist_group("running")]


@dataclass(frozen=True)
class Saved:
    """An installation with a use on record, backed up; then used once more."""

    shell: Shell
    file: Path
    identities: tuple[Path, Path]
    cut: int
    later_head: Path

    def restore(self, *words: str | Path, file: Path | None = None, data: Path | None = None) -> tuple[int, str, str]:
        done = self.shell.run("restore", file or self.file, *words, data=data)
        return done.returncode, done.stdout, done.stderr


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
    return Saved(shell, file, identities, json.loads(made.stdout)["size"], head)


def test_what_was_restored_proves_itself_opens_and_seals(saved: Saved) -> None:
    home = saved.shell.folder / "restored"

    code, said, complaint = saved.restore("--identity", saved.identities[1], data=home)

    assert code == 0, complaint
    assert said.startswith("PRIVYSEAL RESTORE\n")
    assert f"at {saved.cut} facts; the record continues it" in said
    assert "continues its own last head; replayed: 0 uses" in said
    assert "Without a key  0 seals" in said
    assert "Epoch          2:" in said
    assert (home / "restored.txt").read_text() == said
    (saved.shell.folder / "again.pdf").write_bytes(one_page("Again"))
    again = saved.shell.run("demo", "again.pdf", "--out", "sealed-again.pdf", "--json", data=home)
    assert json.loads(again.stdout)["sealed"] is True, again.stderr
    # Never over what there is.
    assert "is not empty" in saved.restore("--identity", saved.identities[0], data=home)[2]


def test_a_drill_misses_the_facts_of_a_head_that_somebody_keeps_and_leaves_nothing(saved: Saved) -> None:
    code, said, complaint = saved.restore("--identity", saved.identities[0], "--head", saved.later_head, "--drill")

    assert (code, said) == (1, "")
    assert "facts are missing. Nothing was opened" in complaint
    assert not list(Path(tempfile.gettempdir()).glob("privyseal-drill-*"))


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
