import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from privyseal.signer.database import (
    SCHEMA_VERSION,
    CannotStart,
    ClockRunsBackwards,
    Database,
    open_durably,
    require_durable,
)
from tests.signer.cast import NOON


def test_a_commit_is_on_the_disk_before_it_is_acknowledged(tmp_path: Path) -> None:
    connection = open_durably(tmp_path / "signer.sqlite")

    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_synchronous_below_full_is_refused(tmp_path: Path, synchronous: str) -> None:
    connection = open_durably(tmp_path / "signer.sqlite")
    connection.execute(f"PRAGMA synchronous = {synchronous}")

    with pytest.raises(CannotStart, match="synchronous below FULL"):
        require_durable(connection)
    connection.close()


def test_a_journal_other_than_wal_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "signer.sqlite")

    with pytest.raises(CannotStart, match="'delete'"):
        require_durable(connection)
    connection.close()


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(CannotStart, match="'memory'"):
        open_durably(Path(":memory:"))


def test_data_of_another_format_are_refused(tmp_path: Path) -> None:
    connection = open_durably(tmp_path / "signer.sqlite")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()

    with pytest.raises(CannotStart, match=f"format {SCHEMA_VERSION + 1}"):
        open_durably(tmp_path / "signer.sqlite")


def test_a_file_of_the_first_format_is_brought_up_to_this_one(tmp_path: Path) -> None:
    connection = open_durably(tmp_path / "signer.sqlite")
    connection.executescript(
        "DROP TABLE clock_set; DROP TABLE denial; DROP TABLE mandate_use; ALTER TABLE intent DROP COLUMN operator;"
        "DROP TABLE page; DROP TABLE roster_seat; DROP TABLE roster_entry; DROP TABLE charter;"
        "DROP TABLE passkey_count;"
        "DROP TABLE cosigner; DROP TABLE head; DROP TABLE keeping; DROP TABLE shown;"
        "DROP TABLE token_key; DROP TABLE responder; DROP INDEX version_of_serial;"
        "DROP TABLE device_home; DROP TABLE device; DROP TABLE device_order; DROP TABLE device_grant;"
        "DROP TABLE device_certificate; DROP TABLE rubber; DROP TABLE device_anew;"
        "DROP TRIGGER destroyed_for_good; DROP INDEX intent_of_result; PRAGMA foreign_keys = OFF;"
        "DROP TABLE revoked_outside; DROP TRIGGER revoked_outside_rests;"
        "DROP TABLE paper_key; DROP TABLE quorum; DROP TABLE awaited; ALTER TABLE seal_version DROP COLUMN chain;"
        "ALTER TABLE seal DROP COLUMN destroyed_by; ALTER TABLE seal_version DROP COLUMN revoked_at;"
        "INSERT INTO seal_version VALUES ('s', 1, 'x', x'00', x'01', x'02', 'a', 'b');"
        "ALTER TABLE seal DROP COLUMN type; ALTER TABLE seal DROP COLUMN company;"
        "INSERT INTO seal VALUES ('s', 1, 1, 'm'); PRAGMA user_version = 1;"
    )
    connection.close()

    upgraded = open_durably(tmp_path / "signer.sqlite")

    (version,) = upgraded.execute("PRAGMA user_version").fetchone()
    assert version == SCHEMA_VERSION
    assert upgraded.execute("SELECT is_active, destroyed_by FROM seal").fetchone() == (1, None)
    assert upgraded.execute("SELECT key, revoked_at FROM seal_version").fetchone() == (b"\x01", None)
    with pytest.raises(sqlite3.IntegrityError, match="destroyed_is_not_active"):
        upgraded.execute("UPDATE seal SET destroyed_by = 'a'")
    upgraded.close()


def test_a_cabinet_of_before_is_one_that_let_a_seal_out_by_hand(tmp_path: Path) -> None:
    connection = open_durably(tmp_path / "signer.sqlite")
    connection.executescript(
        "INSERT INTO device (serial, epoch, company, key, agreement, seals, sequence)"
        " VALUES ('C-1', 1, '', x'', x'', '[]', 0), ('D-1', 1, '', x'', x'', '[]', 0);"
        "INSERT INTO device_grant VALUES ('1', 'C-1', 1, 0, '', '', '', 0, 'by hand', NULL, 0, 0),"
        " ('2', 'D-1', 1, 0, '', '', '', 3, 'stamps', NULL, 0, 0);"
        "DROP TABLE clock_set; ALTER TABLE device DROP COLUMN reads_epochs;"
        "ALTER TABLE device DROP COLUMN kind; ALTER TABLE device_order DROP COLUMN type;"
        "PRAGMA user_version = 21;"
    )
    connection.close()

    upgraded = open_durably(tmp_path / "signer.sqlite")

    assert upgraded.execute("SELECT serial, kind FROM device").fetchall() == [("C-1", "cabinet"), ("D-1", "")]
    upgraded.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "signer.sqlite").write_bytes(b"not a database, but long enough to be taken for one" * 100)

    with pytest.raises(CannotStart, match="cannot be used"):
        open_durably(tmp_path / "signer.sqlite")


def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    def write() -> None:
        with database.writing() as connection:
            connection.execute("INSERT INTO resumption VALUES ('a', 's')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()

    assert database.one("SELECT count(*) FROM resumption") == (0,)


def test_writers_wait_for_each_other(database: Database) -> None:
    def write(number: int) -> None:
        for turn in range(20):
            with database.writing() as connection:
                connection.execute("INSERT INTO resumption VALUES (?, 's')", (f"{number}-{turn}",))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert database.one("SELECT count(*) FROM resumption") == (80,)


def test_used_impressions_cannot_exceed_the_approved_ones_even_by_hand(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="used_within_impressions"), database.writing() as connection:
        connection.execute("INSERT INTO counter VALUES ('a', 's', 2, 1)")


def test_a_clock_may_stumble_but_not_run_backwards(database: Database) -> None:
    database.see(NOON)

    assert database.see(NOON - timedelta(seconds=5)) == NOON - timedelta(seconds=5)
    with pytest.raises(ClockRunsBackwards):
        database.see(NOON - timedelta(seconds=6))


def test_the_clock_is_remembered_over_a_restart(tmp_path: Path) -> None:
    before = Database(open_durably(tmp_path / "signer.sqlite"))
    before.see(NOON)
    with before.writing():
        pass
    before.close()

    after = Database(open_durably(tmp_path / "signer.sqlite"))

    with pytest.raises(ClockRunsBackwards):
        after.see(NOON - timedelta(minutes=1))
    after.close()
