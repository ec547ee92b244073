"""What a restored file takes over and gives up, over plain values: only toward safety, and of its own log alone."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from privyseal.kernel import merkle
from privyseal.kernel.canonical import utc_text
from privyseal.signer import anew, home, keyfile
from privyseal.signer.copying import FILE, CannotContinue, copied
from privyseal.signer.database import CannotStart, Database, open_durably
from privyseal.signer.impressions import Impressions
from privyseal.signer.keys import COLLECTED_FOR, Keys, ShareRefused
from privyseal.signer.mandates import MandateUsedUp
from privyseal.signer.operations import Signer
from privyseal.signer.outside import CertificateAlreadyUsed
from privyseal.signer.own_yes import RestsOn
from privyseal.signer.replaying import Later, replay
from privyseal.signer.shares import split
from tests.signer.cast import CHANGE, FOUNDING, INVOICE, MASTER, NOON, SEAL, approved, to_make, uid
from tests.signer.test_checkpoints import FACTS, REWRITTEN, to_sign
from tests.signer.test_devices import allow, ask, enrolled
from tests.signer.test_mandates import claimed
from tests.signer.test_outside import Case, case

__all__ = ["case"]


@pytest.fixture
def restored(sealing: Signer, tmp_path: Path) -> Path:
    """A copy of a file that signed no fact yet, knows one device and one passkey, and has changed its seal once."""
    enrolled(sealing)
    ask(sealing, allow(minutes=30))
    sealing.make(to_make(approved(CHANGE)))
    folder = tmp_path / "restored"
    folder.mkdir()
    (folder / FILE).write_bytes(copied(tmp_path))
    with closing(sqlite3.connect(folder / FILE)) as file, file:
        for credential in (b"1", b"2"):
            values = (credential, NOON.isoformat(), SEAL)
            file.execute(
                "INSERT INTO roster_entry VALUES (?1, 'charter', 'li', x'00', 1, ?2, NULL, ?3, '', NULL, NULL)", values
            )
    return folder


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / FILE)) as file:
        return file.execute(query).fetchall()


# --- caught up with the record ------------------------------------------------------------------------------


def test_a_restored_file_follows_the_record_from_nothing_and_passes_over_what_devices_may_know(
    sealing: Signer, restored: Path
) -> None:
    note = sealing.checkpoint(to_sign(3, after=0))

    replay(restored, Later(head=note, proof=()), at=NOON)

    assert rows(restored, "SELECT size, root, note FROM checkpoint") == [(3, merkle.root(FACTS[:3]), note)]
    assert rows(restored, "SELECT sequence FROM device") == [(1 + 64,)]


def test_another_record_as_long_as_the_one_that_was_signed_is_not_its_record(sealing: Signer, restored: Path) -> None:
    replay(restored, Later(head=sealing.checkpoint(to_sign(3, after=0)), proof=()), at=NOON)
    with closing(sqlite3.connect(restored / FILE)) as file, file:
        file.execute("UPDATE checkpoint SET root = ?", (merkle.root(REWRITTEN[:3]),))
    (before,) = rows(restored, "SELECT * FROM checkpoint")

    with pytest.raises(CannotContinue, match="another one"):
        replay(restored, Later(head=str(before[-1]), proof=()), at=NOON)

    assert rows(restored, "SELECT * FROM checkpoint") == [before]


def test_a_seal_that_was_ended_since_has_no_key_left_and_one_that_was_not_changed_has_all(restored: Path) -> None:
    keys = "SELECT version, length(key) > 0, revoked_at FROM seal_version ORDER BY version"
    before = rows(restored, keys)
    assert [known[:2] for known in before] == [(1, 0), (2, 1)]

    same = replay(restored, Later(head=None, proof=(), versions={SEAL: 2}), at=NOON)
    assert (same.keyless, rows(restored, keys)) == ([], before)
    assert rows(restored, "SELECT is_active FROM seal") == [(1,)]

    ended = replay(restored, Later(head=None, proof=(), ended={SEAL: uid("end")}), at=NOON + timedelta(seconds=2.5))
    assert (ended.ended, rows(restored, keys)) == (1, [before[0], (2, 0, utc_text(NOON + timedelta(seconds=2)))])


def test_a_seal_that_was_changed_since_rests_without_the_key_before(restored: Path) -> None:
    changed = replay(restored, Later(head=None, proof=(), versions={SEAL: 3}), at=NOON)

    assert changed.keyless == [SEAL]
    assert rows(restored, "SELECT is_active FROM seal") == [(0,)]
    assert rows(restored, "SELECT sum(length(key)) FROM seal_version") == [(0,)]


def test_only_the_passkey_that_was_removed_since_leaves_its_roster_and_once(restored: Path) -> None:
    said = Later(head=None, proof=(), removed=[b"1"])

    found = [replay(restored, said, at=at).removed for at in (NOON, NOON + timedelta(days=1))]

    assert found == [1, 0]
    assert rows(restored, "SELECT credential, removed_at FROM roster_entry") == [
        (b"1", utc_text(NOON)),
        (b"2", None),
    ]


# --- gone on with under another name --------------------------------------------------------------------------


def test_under_another_name_nothing_that_cosigners_saw_before_counts(restored: Path, sealing: Signer) -> None:
    assert sealing.status().is_open
    with closing(sqlite3.connect(restored / FILE)) as file, file:
        file.execute("INSERT INTO cosigner VALUES ('audit.example', 9, 9)")
        file.execute("INSERT INTO head VALUES (9, 'then')")

    with closing(Database(open_durably(restored / FILE))) as opened:
        anew.Reopened(opened, Keys(opened, MASTER)).begin("seals.example/ledger/2", size=0, root=bytes(32))

    assert [rows(restored, f"SELECT * FROM {table}") for table in ("cosigner", "head")] == [[], []]


def test_what_outlived_a_loss_is_of_the_same_installation_and_its_owners_alone(restored: Path, tmp_path: Path) -> None:
    for name, origin in (("other", "other.example"), ("never", "")):
        (tmp_path / name).mkdir()
        with closing(Database(open_durably(tmp_path / name / FILE))) as opened:
            if origin:
                Signer(opened, lambda: NOON, Keys(opened, MASTER)).found(replace(FOUNDING, origin=origin))
    before = (restored / FILE).read_bytes()

    with pytest.raises(CannotContinue, match="not of the installation"):
        anew.put_outlived(tmp_path / "other", restored)
    with pytest.raises(CannotContinue, match="never founded"):
        anew.put_outlived(tmp_path / "never", restored)
    assert (restored / FILE).read_bytes() == before

    anew.put_outlived(tmp_path, restored)
    assert (restored / FILE).stat().st_mode & 0o777 == 0o600


def test_the_signers_folder_and_key_are_its_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "data"
    data.parent.mkdir()
    data.mkdir(mode=0o755)

    with home.occupied(data), closing(Database(open_durably(data / FILE))) as opened:
        assert data.stat().st_mode & 0o777 == 0o700
        keyfile.opened(opened, tmp_path / "keys" / "of" / "signer.key")

    assert (tmp_path / "keys" / "of" / "signer.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="cannot use"), home.occupied(tmp_path / "file"):
        pass


# --- counted and collected in memory --------------------------------------------------------------------------


def test_uses_under_way_count_on_their_own_mandate_and_a_dropped_one_on_none(database: Database) -> None:
    counts, other = Impressions(database), RestsOn(uid("another mandate"), 1)
    with counts.holding(*map(uid, "abcd")):
        counts.reserve(uid("a"), claimed("plain", rests_on=None), at=NOON)
        counts.reserve(uid("b"), claimed("of another", rests_on=other), at=NOON)
        counts.reserve(uid("c"), claimed("first"), at=NOON)
        with pytest.raises(MandateUsedUp):
            counts.reserve(uid("d"), claimed("second", INVOICE), at=NOON)
        counts.drop(uid("c"))
        counts.reserve(uid("d"), claimed("second", INVOICE), at=NOON)


def test_shares_are_collected_for_a_quarter_of_an_hour_and_not_a_moment_longer(database: Database) -> None:
    keys = Keys(database, MASTER)
    made = keys.entrust(needed=2, number=3, by=())
    keys.confirm(made)

    for wait, is_open in ((COLLECTED_FOR + timedelta(microseconds=1), False), (COLLECTED_FOR, True)):
        keys.lock()
        keys.open(made[0], at=NOON)
        keys.open(made[1], at=NOON + wait)
        assert (keys.is_open, keys.missing) == (is_open, 0 if is_open else 1)
    keys.lock()
    with pytest.raises(ShareRefused):
        keys.open(split(MASTER, needed=2, shares=2)[0].text, at=NOON)


# --- certificates from outside --------------------------------------------------------------------------------


def test_a_certificate_that_a_seal_had_is_not_brought_again_for_the_same_key(case: Case) -> None:
    first = case.made(days=400)
    case.asked(to_make(approved(CHANGE)))
    with case.database.writing() as connection:
        connection.execute("UPDATE awaited SET public = ?", (public_of(first),))
        connection.execute("UPDATE seal_version SET not_after = ?", (utc_text(NOON),))

    with pytest.raises(CertificateAlreadyUsed):
        case.bring(first)


def public_of(certificate: bytes) -> bytes:
    public = x509.load_der_x509_certificate(certificate).public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
