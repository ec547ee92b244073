"""After a loss a signer's file goes on under another name of its log: by leave of its custodians, and never back."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from privyseal.__main__ import main
from privyseal.kernel import merkle
from privyseal.kernel.canonical import utc_text
from privyseal.kernel.note import VerifierKey, open_checkpoint
from privyseal.signer import anew, epochs, requests
from privyseal.signer.answers import Entrusted
from privyseal.signer.copying import FILE, CannotContinue, copied
from privyseal.signer.database import ClockRunsBackwards, Database, open_durably
from privyseal.signer.epochs import Epoch
from privyseal.signer.heads import CheckpointRolledBack
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from privyseal.signer.unlocking import Confirm, Entrust
from tests.signer.cast import CONTRACT, NOON, SEAL, to_seal, uid
from tests.signer.test_checkpoints import FACTS, to_sign

WRONG_YEAR = datetime(2099, 1, 1, tzinfo=UTC)
BEFORE = "seals.example/ledger"
Copy = Callable[[str], Path]


@pytest.fixture
def copy(sealing: Signer, tmp_path: Path) -> Copy:
    """Return what copies the signer's file into a folder of its own."""

    def into(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / FILE).write_bytes(copied(tmp_path))
        return folder

    return into


def test_the_log_has_a_second_name_and_the_first_is_signed_no_more(sealing: Signer, copy: Copy, tmp_path: Path) -> None:
    sealing.checkpoint(to_sign(8, after=0))
    shares = Entrusted.parse(sealing.unlock(Entrust(needed=2, shares=3, by=()))).shares
    sealing.unlock(Confirm(shares))
    home = copy("restored")
    name, root = anew.next_name(BEFORE), merkle.root(FACTS[:6])

    for too_few in ((), shares[:1], ("PS1",)):
        with (
            pytest.raises(CannotContinue, match=r"shares are needed|not opened"),
            anew.reopened(home, shares=too_few, key_file=tmp_path / "none"),
        ):
            pass
    with anew.reopened(home, shares=shares[1:], key_file=tmp_path / "none") as opened:
        key = opened.key_named(name)
        note = opened.begin(name, size=6, root=root)

    assert (name, anew.next_name(name)) == (f"{BEFORE}/2", f"{BEFORE}/3")
    assert (open_checkpoint(note, key).root, opened.custodians) == (root, 2)
    assert key.public == VerifierKey.parse(sealing.public().log_key).public
    signer = Signer(database := Database(open_durably(home / FILE)), lambda: NOON, keys := Keys(database))
    for share in shares[:2]:
        keys.open(share, at=NOON)
    assert signer.public().log_key == key.text
    assert open_checkpoint(signer.checkpoint(to_sign(8, after=6)), key).size == 8
    with pytest.raises(CheckpointRolledBack):
        signer.checkpoint(to_sign(5, after=0))


def test_after_a_clock_that_was_ahead_time_goes_on_by_leave_of_those_who_keep_the_keys(
    sealing: Signer, copy: Copy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shares = Entrusted.parse(sealing.unlock(Entrust(needed=2, shares=3, by=()))).shares
    sealing.unlock(Confirm(shares))
    home, files = copy("home"), [tmp_path / name for name in ("one", "two")]
    for file, share in zip(files, shares, strict=False):
        file.write_text(f"{share}\n")
    with closing(Database(open_durably(home / FILE))) as ahead:
        ahead.see(WRONG_YEAR)
        with ahead.writing():
            pass

    assert main(["signer", "clock", "--data", str(home), "--share", str(files[0])]) == 1
    assert "1 more shares are needed" in capsys.readouterr().err
    with closing(Database(open_durably(home / FILE))) as still, pytest.raises(ClockRunsBackwards):
        still.see(datetime.now(UTC))
    given = [word for file in files for word in ("--share", str(file))]
    assert main(["signer", "clock", "--data", str(home), *given]) == 0
    assert json.loads(capsys.readouterr().out)["was"] == utc_text(WRONG_YEAR)

    with closing(Database(open_durably(home / FILE))) as again:
        again.see(datetime.now(UTC))
        assert again.one("SELECT count(*) FROM seal") == (1,)
        assert again.one("SELECT number, was, custodians FROM clock_set") == (1, utc_text(WRONG_YEAR), 2)
        for change in ("UPDATE clock_set SET custodians = 9", "DELETE FROM clock_set"):
            with pytest.raises(sqlite3.IntegrityError, match="clock_set_"), again.writing() as connection:
                connection.execute(change)


def test_a_signer_that_outlived_the_loss_takes_its_copys_place_with_all_that_it_knows(
    sealing: Signer, copy: Copy
) -> None:
    backup, earlier = copy("backup"), copy("earlier")
    sealing.seal(to_seal(), CONTRACT)
    sealing.checkpoint(to_sign(3, after=0))
    sealing.suspend(requests.Suspend(seal=SEAL))
    later = copy("later")
    epochs.write(later, Epoch(4))

    anew.put_outlived(later, backup)

    known = anew.outlived(backup)
    assert (known.intents, known.at_rest, epochs.read(backup).number) == (
        frozenset({uid("intent 1")}),
        frozenset({SEAL}),
        4,
    )
    with pytest.raises(CannotContinue, match="knows less than the backup"):
        anew.put_outlived(earlier, backup)
    epochs.write(later, Epoch(4, replaced_by=5))
    with pytest.raises(CannotContinue, match="was replaced"):
        anew.put_outlived(later, backup)
