"""A restored signer's file learns what happened since, before anybody opens it: only toward safety."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from privyseal.kernel import merkle
from privyseal.signer.copying import FILE, CannotContinue, copied
from privyseal.signer.database import Database, open_durably
from privyseal.signer.denials import ApplicationDenied, Denial, What
from privyseal.signer.impressions import ImpressionsSpent, IntentReused
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from privyseal.signer.replaying import Later, Replayed, Use, last_signed, replay
from tests.signer.cast import CONTRACT, MASTER, NOON, SEAL, USE, WANG, approved, document, to_seal, uid
from tests.signer.test_checkpoints import FACTS, REWRITTEN, subtrees, to_sign

NEW = uid("a seal made since")
USED = Use(
    intent=uid("intent 1"),
    application=USE.application,
    seal=SEAL,
    document_sha256=document(CONTRACT).sha256,
    impressions=1,
    sealed_sha256="5" * 64,
    sealed_at=NOON,
    operator=WANG,
)


@pytest.fixture
def head(sealing: Signer) -> str:
    """The head that the signer signed after its file was copied at the third fact."""
    sealing.checkpoint(to_sign(3, after=0))
    return ""


@pytest.fixture
def restored(head: str, database: Database, tmp_path: Path) -> Path:
    home = tmp_path / "restored"
    home.mkdir()
    (home / FILE).write_bytes(copied(tmp_path))
    return home


def later(sealing: Signer, size: int = 8) -> Later:
    note = sealing.checkpoint(to_sign(size, after=3))
    return Later(head=note, proof=merkle.consistency_proof(3, size, subtrees(FACTS)))


def opened(home: Path) -> Signer:
    database = Database(open_durably(home / FILE))
    return Signer(database, lambda: NOON, Keys(database, MASTER))


def test_what_was_counted_since_is_counted_again(sealing: Signer, restored: Path) -> None:
    found = replay(restored, replace(later(sealing), uses=[USED]), at=NOON)
    again = replay(restored, replace(Later(found_head(restored), ()), uses=[USED]), at=NOON)

    assert (found.uses, found.size, again.uses) == (1, 8, 0)
    signer = opened(restored)
    with pytest.raises(ImpressionsSpent):
        signer.seal(to_seal(intent="intent 2"), CONTRACT)
    with pytest.raises(IntentReused):
        signer.seal(to_seal(), CONTRACT)


def test_what_was_stopped_denied_ended_or_removed_since_is_so_again(sealing: Signer, restored: Path) -> None:
    denied = Denial(What.APPLICATION, USE.application)
    said = replace(later(sealing), denied=[denied], ended={SEAL: uid("application 8")}, versions={SEAL: 1, NEW: 1})

    found = replay(restored, said, at=NOON)

    assert found == Replayed(uses=0, denied=1, suspended=0, ended=1, removed=0, keyless=[NEW], size=8)
    with pytest.raises(ApplicationDenied):
        opened(restored).seal(to_seal(), CONTRACT)
    with closing(sqlite3.connect(restored / FILE)) as file:
        assert file.execute("SELECT is_active, destroyed_by FROM seal").fetchall() == [(0, uid("application 8"))]
        assert file.execute("SELECT length(key), revoked_at IS NULL FROM seal_version").fetchall() == [(0, 0)]


def test_a_seal_that_was_suspended_or_changed_since_is_used_no_more(sealing: Signer, restored: Path) -> None:
    found = replay(restored, replace(later(sealing), suspended=[SEAL], versions={SEAL: 2}), at=NOON)

    assert (found.suspended, found.keyless) == (1, [SEAL])
    with closing(sqlite3.connect(restored / FILE)) as file:
        assert file.execute("SELECT is_active FROM seal").fetchall() == [(0,)]
        assert file.execute("SELECT length(key) FROM seal_version").fetchall() == [(0,)]


def test_the_record_of_another_log_or_an_earlier_one_is_refused_and_nothing_is_changed(
    sealing: Signer, restored: Path
) -> None:
    said = later(sealing)
    before = (restored / FILE).read_bytes()

    forked = replace(said, proof=merkle.consistency_proof(3, 8, subtrees(REWRITTEN)))
    strange = replace(said, head=(said.head or "").replace("seals.example", "other.example"))
    for wrong in (forked, strange):
        with pytest.raises(CannotContinue, match="not its record"):
            replay(restored, replace(wrong, uses=[USED]), at=NOON)

    assert last_signed(restored) == (3, merkle.root(FACTS[:3]))
    assert len((restored / FILE).read_bytes()) == len(before)


def test_a_record_that_ends_before_the_signers_last_head_is_refused(sealing: Signer, tmp_path: Path) -> None:
    early = sealing.checkpoint(to_sign(3, after=0))
    sealing.checkpoint(to_sign(8, after=3))
    home = tmp_path / "restored"
    home.mkdir()
    (home / FILE).write_bytes(copied(tmp_path))

    with pytest.raises(CannotContinue, match="ends at 3 and the signer has signed 8"):
        replay(home, Later(early, ()), at=NOON)


def test_a_copy_holds_what_was_committed_beside_a_running_signer(sealing: Signer, tmp_path: Path) -> None:
    sealed = sealing.seal(to_seal(approved(replace(USE, expires_at=NOON + timedelta(hours=2)))), CONTRACT)
    (tmp_path / "copy.sqlite").write_bytes(copied(tmp_path))

    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as copy:
        assert copy.execute("SELECT sealed_sha256 FROM intent").fetchall() == [(sealed.sealed_sha256,)]
    with pytest.raises(CannotContinue, match="There is no signer"):
        copied(tmp_path / "nowhere")


def found_head(home: Path) -> str:
    with closing(sqlite3.connect(home / FILE)) as file:
        (note,) = file.execute("SELECT note FROM checkpoint").fetchone()
    return str(note)
