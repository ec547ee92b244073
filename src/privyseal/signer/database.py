"""The signer's SQLite file: commits that survive a power cut, one writer at a time, a clock that only advances."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from privyseal.kernel.canonical import utc_text, utc_time
from privyseal.signer import device_tables
from privyseal.signer.authority import uscc_of
from privyseal.signer.protocol import SignerUnavailable

SCHEMA_VERSION: Final = 25

_FULL: Final = 2
_TOLERATED_BACKWARDS: Final = timedelta(seconds=5)
_DENIALS: Final = """
CREATE TABLE denial (
  what TEXT NOT NULL, uid TEXT NOT NULL, seal TEXT NOT NULL, denied_at TEXT NOT NULL, PRIMARY KEY (what, uid, seal)
) STRICT;
CREATE TRIGGER denied_for_good BEFORE UPDATE ON denial BEGIN SELECT RAISE(ABORT, 'denied_for_good'); END;
CREATE TRIGGER denial_stays BEFORE DELETE ON denial BEGIN SELECT RAISE(ABORT, 'denial_stays'); END;
"""
_MANDATE_USES: Final = """
CREATE TABLE mandate_use (
  mandate TEXT NOT NULL, application TEXT NOT NULL, number INTEGER NOT NULL, most_uses INTEGER NOT NULL,
  PRIMARY KEY (mandate, application), UNIQUE (mandate, number),
  CONSTRAINT mandate_used_within_its_count CHECK (number BETWEEN 1 AND most_uses)
) STRICT;
CREATE TRIGGER mandate_use_stays BEFORE UPDATE ON mandate_use BEGIN SELECT RAISE(ABORT, 'mandate_use_stays'); END;
CREATE TRIGGER mandate_use_is_kept BEFORE DELETE ON mandate_use BEGIN SELECT RAISE(ABORT, 'mandate_use_is_kept'); END;
"""
_RULE: Final = """
CREATE TABLE page (id INTEGER PRIMARY KEY CONSTRAINT one_page CHECK (id = 1), origin TEXT NOT NULL) STRICT;
CREATE TABLE roster_entry (
  credential BLOB PRIMARY KEY, roster TEXT NOT NULL, person TEXT NOT NULL, key BLOB NOT NULL, is_bound INTEGER NOT NULL,
  starts_at TEXT NOT NULL, ends_at TEXT, entered_by TEXT NOT NULL, change_sha256 TEXT NOT NULL,
  removed_by TEXT, removed_at TEXT,
  CONSTRAINT removed_by_somebody CHECK ((removed_by IS NULL) = (removed_at IS NULL))
) STRICT;
CREATE INDEX entry_of_roster ON roster_entry (roster, person);
CREATE TABLE charter (
  of TEXT NOT NULL, version INTEGER NOT NULL, approvals INTEGER NOT NULL, assurance TEXT NOT NULL, roster TEXT NOT NULL,
  is_bound INTEGER NOT NULL, amended_by TEXT NOT NULL, change_sha256 TEXT NOT NULL, PRIMARY KEY (of, version)
) STRICT;
CREATE TABLE passkey_count (
  credential BLOB NOT NULL, counter INTEGER NOT NULL, challenge BLOB NOT NULL, PRIMARY KEY (credential, counter)
) STRICT;
CREATE TRIGGER page_stays BEFORE UPDATE ON page BEGIN SELECT RAISE(ABORT, 'page_stays'); END;
CREATE TRIGGER entry_stays BEFORE DELETE ON roster_entry BEGIN SELECT RAISE(ABORT, 'entry_stays'); END;
CREATE TRIGGER entry_is_only_removed BEFORE UPDATE ON roster_entry
WHEN OLD.removed_at IS NOT NULL OR (NEW.credential, NEW.roster, NEW.person, NEW.key, NEW.is_bound, NEW.starts_at,
  NEW.ends_at, NEW.entered_by, NEW.change_sha256) IS NOT (OLD.credential, OLD.roster, OLD.person, OLD.key, OLD.is_bound,
  OLD.starts_at, OLD.ends_at, OLD.entered_by, OLD.change_sha256)
BEGIN SELECT RAISE(ABORT, 'entry_is_only_removed'); END;
CREATE TRIGGER charter_stays BEFORE UPDATE ON charter BEGIN SELECT RAISE(ABORT, 'charter_stays'); END;
CREATE TRIGGER charter_is_kept BEFORE DELETE ON charter BEGIN SELECT RAISE(ABORT, 'charter_is_kept'); END;
"""
# An installation from before there were rosters: its founding charter is the first version, and who owns a seal stands
# in the seal's certificate.
_RULE_OF_BEFORE: Final = """
ALTER TABLE seal ADD COLUMN company TEXT NOT NULL DEFAULT '';
UPDATE seal SET company = uscc_of(
  (SELECT certificate FROM seal_version WHERE seal_version.seal = seal.uid AND seal_version.version = seal.version));
INSERT INTO charter SELECT '', 1, approvals, assurance, 'approvers', 0, '', '' FROM installation;
"""
_COSIGNED: Final = """
CREATE TABLE cosigner (name TEXT PRIMARY KEY, size INTEGER NOT NULL, seconds INTEGER NOT NULL) STRICT;
CREATE TABLE head (size INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT;
"""
_KEEPING: Final = """
CREATE TABLE keeping (
  id INTEGER PRIMARY KEY CONSTRAINT one_master_key CHECK (id = 1), mark BLOB NOT NULL,
  needed INTEGER NOT NULL CONSTRAINT no_custodian_opens_alone CHECK (needed <> 1), shares TEXT NOT NULL
) STRICT;
CREATE TABLE shown (
  id INTEGER PRIMARY KEY CONSTRAINT only_the_last_shown CHECK (id = 1), log_key TEXT NOT NULL, crl BLOB NOT NULL
) STRICT;
"""
_HARDWARE: Final = """
CREATE TABLE token_key (
  handle BLOB PRIMARY KEY, seal TEXT NOT NULL, version INTEGER NOT NULL, request_sha256 TEXT NOT NULL
) STRICT;
"""
_RESPONDER: Final = """
CREATE TABLE responder (
  id INTEGER PRIMARY KEY CONSTRAINT one_responder CHECK (id = 1),
  key BLOB NOT NULL, certificate BLOB NOT NULL, not_after TEXT NOT NULL
) STRICT;
CREATE INDEX version_of_serial ON seal_version (serial);
"""
_SEATS: Final = """
CREATE TABLE roster_seat (
  uid TEXT PRIMARY KEY, credential BLOB NOT NULL REFERENCES roster_entry (credential), roster TEXT NOT NULL,
  entered_by TEXT NOT NULL, change_sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX seat_of_passkey ON roster_seat (credential, roster);
CREATE INDEX seat_of_roster ON roster_seat (roster);
CREATE TRIGGER seat_stays BEFORE UPDATE ON roster_seat BEGIN SELECT RAISE(ABORT, 'seat_stays'); END;
CREATE TRIGGER seat_is_kept BEFORE DELETE ON roster_seat BEGIN SELECT RAISE(ABORT, 'seat_is_kept'); END;
"""
# A seal's version whose key is made and whose certificate is to come from outside; one that was given up has no key.
_OUTSIDE: Final = """
ALTER TABLE seal_version ADD COLUMN chain BLOB NOT NULL DEFAULT x'';
CREATE TABLE awaited (
  request_sha256 TEXT PRIMARY KEY, seal TEXT NOT NULL, version INTEGER NOT NULL, application TEXT NOT NULL,
  making TEXT NOT NULL, face BLOB NOT NULL, key BLOB NOT NULL, public BLOB NOT NULL, request BLOB NOT NULL,
  certificate BLOB NOT NULL DEFAULT x'', chain BLOB NOT NULL DEFAULT x'',
  CONSTRAINT certificate_with_its_chain CHECK ((length(certificate) = 0) = (length(chain) = 0))
) STRICT;
CREATE UNIQUE INDEX one_awaited_of_seal ON awaited (seal) WHERE length(key) > 0;
"""
# Whose cosignatures are asked for: each said once, the last one holds.
_QUORUM: Final = """
CREATE TABLE quorum (
  version INTEGER PRIMARY KEY, keys TEXT NOT NULL, needed TEXT NOT NULL, seconds INTEGER NOT NULL
) STRICT;
CREATE TRIGGER quorum_stays BEFORE UPDATE ON quorum BEGIN SELECT RAISE(ABORT, 'quorum_stays'); END;
CREATE TRIGGER quorum_is_kept BEFORE DELETE ON quorum BEGIN SELECT RAISE(ABORT, 'quorum_is_kept'); END;
"""
# By what codes on paper are signed: one key at a time, and every certificate for good.
_PAPER: Final = """
CREATE TABLE paper_key (key BLOB NOT NULL, certificate BLOB NOT NULL, not_after TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX one_paper_key ON paper_key (1) WHERE length(key) > 0;
CREATE TRIGGER paper_certificate_stays BEFORE UPDATE OF certificate ON paper_key
BEGIN SELECT RAISE(ABORT, 'paper_certificate_stays'); END;
CREATE TRIGGER paper_certificate_is_kept BEFORE DELETE ON paper_key
BEGIN SELECT RAISE(ABORT, 'paper_certificate_is_kept'); END;
"""
# Versions whose certificate an authority outside has revoked: for good, and nothing wakes such a seal.
_REVOKED_OUTSIDE: Final = """
CREATE TABLE revoked_outside (
  seal TEXT NOT NULL, version INTEGER NOT NULL, evidence_sha256 TEXT NOT NULL, seen_at TEXT NOT NULL,
  PRIMARY KEY (seal, version)
) STRICT;
CREATE TRIGGER revoked_outside_stays BEFORE UPDATE ON revoked_outside
BEGIN SELECT RAISE(ABORT, 'revoked_outside_stays'); END;
CREATE TRIGGER revoked_outside_is_kept BEFORE DELETE ON revoked_outside
BEGIN SELECT RAISE(ABORT, 'revoked_outside_is_kept'); END;
CREATE TRIGGER revoked_outside_rests BEFORE UPDATE OF is_active ON seal
WHEN NEW.is_active AND EXISTS (SELECT 1 FROM revoked_outside WHERE seal = NEW.uid AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'revoked_outside_rests'); END;
"""
_RUBBER: Final = """
CREATE TABLE rubber (uid TEXT PRIMARY KEY, company TEXT NOT NULL, is_active INTEGER NOT NULL) STRICT;
CREATE TRIGGER rubber_is_kept BEFORE DELETE ON rubber BEGIN SELECT RAISE(ABORT, 'rubber_is_kept'); END;
"""
_RUBBER_OF_BEFORE: Final = """
INSERT INTO rubber SELECT s.value, d.company, 1 FROM device d, json_each(d.seals) s WHERE s.value != ''
  ORDER BY d.ended_at IS NOT NULL, d.epoch DESC ON CONFLICT DO NOTHING;
"""
# Each time that the latest time seen was set by leave of those who keep the keys.
_CLOCKS: Final = """
CREATE TABLE clock_set (
  number INTEGER PRIMARY KEY, was TEXT NOT NULL, went_on TEXT NOT NULL, custodians INTEGER NOT NULL
) STRICT;
CREATE TRIGGER clock_set_stays BEFORE UPDATE ON clock_set BEGIN SELECT RAISE(ABORT, 'clock_set_stays'); END;
CREATE TRIGGER clock_set_is_kept BEFORE DELETE ON clock_set BEGIN SELECT RAISE(ABORT, 'clock_set_is_kept'); END;
"""
_SCHEMA: Final = (
    """
CREATE TABLE installation (
  id INTEGER PRIMARY KEY CONSTRAINT founded_once CHECK (id = 1),
  public_url TEXT NOT NULL, origin TEXT NOT NULL, web_key BLOB NOT NULL, approvals INTEGER NOT NULL,
  assurance TEXT NOT NULL, is_demo INTEGER NOT NULL,
  ca_key BLOB NOT NULL, ca_certificate BLOB NOT NULL, log_key BLOB NOT NULL
) STRICT;
CREATE TABLE seal (
  uid TEXT PRIMARY KEY, version INTEGER NOT NULL, is_active INTEGER NOT NULL, manager TEXT NOT NULL,
  type TEXT NOT NULL, company TEXT NOT NULL,
  destroyed_by TEXT CONSTRAINT destroyed_is_not_active CHECK (destroyed_by IS NULL OR is_active = 0),
  FOREIGN KEY (uid, version) REFERENCES seal_version (seal, version) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE seal_version (
  seal TEXT NOT NULL, version INTEGER NOT NULL, request_sha256 TEXT NOT NULL, face BLOB NOT NULL,
  key BLOB NOT NULL, certificate BLOB NOT NULL, serial TEXT NOT NULL, not_after TEXT NOT NULL,
  revoked_at TEXT CONSTRAINT revoked_has_no_key CHECK (revoked_at IS NULL OR length(key) = 0),
  PRIMARY KEY (seal, version)
) STRICT;
CREATE TABLE counter (
  application TEXT NOT NULL, seal TEXT NOT NULL, used INTEGER NOT NULL, impressions INTEGER NOT NULL,
  PRIMARY KEY (application, seal),
  CONSTRAINT used_within_impressions CHECK (used BETWEEN 1 AND impressions)
) STRICT;
CREATE TABLE intent (
  uid TEXT PRIMARY KEY, request_sha256 TEXT NOT NULL, application TEXT NOT NULL, seal TEXT NOT NULL,
  document_sha256 TEXT NOT NULL, impressions INTEGER NOT NULL,
  appended BLOB NOT NULL, sealed_sha256 TEXT NOT NULL, sealed_at TEXT NOT NULL,
  operator TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX intent_of_document ON intent (application, seal, document_sha256);
CREATE INDEX intent_of_result ON intent (sealed_sha256);
CREATE TABLE resumption (application TEXT PRIMARY KEY, seal TEXT NOT NULL) STRICT;
CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY CONSTRAINT only_the_last CHECK (id = 1),
  size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE TABLE clock (id INTEGER PRIMARY KEY CONSTRAINT one_clock CHECK (id = 1), seen_at TEXT NOT NULL) STRICT;
CREATE TRIGGER destroyed_for_good BEFORE UPDATE ON seal
WHEN OLD.destroyed_by IS NOT NULL AND NEW.destroyed_by IS NOT OLD.destroyed_by
BEGIN SELECT RAISE(ABORT, 'destroyed_for_good'); END;
"""
    + _DENIALS
    + _MANDATE_USES
    + _RULE
    + _COSIGNED
    + _KEEPING
    + _HARDWARE
    + _RESPONDER
    + device_tables.DEVICES
    + _SEATS
    + device_tables.CERTIFICATES
    + _OUTSIDE
    + _QUORUM
    + _PAPER
    + _REVOKED_OUTSIDE
    + _RUBBER
    + device_tables.ANEW
    + device_tables.KINDS
    + device_tables.ORDER_TYPES
    + _CLOCKS
    + device_tables.EPOCHS
)
# What brings a file of an earlier format up to the next one.
_UPGRADES: Final = {
    1: """
ALTER TABLE seal ADD COLUMN destroyed_by TEXT
  CONSTRAINT destroyed_is_not_active CHECK (destroyed_by IS NULL OR is_active = 0);
ALTER TABLE seal_version ADD COLUMN revoked_at TEXT
  CONSTRAINT revoked_has_no_key CHECK (revoked_at IS NULL OR length(key) = 0);
CREATE TRIGGER destroyed_for_good BEFORE UPDATE ON seal
WHEN OLD.destroyed_by IS NOT NULL AND NEW.destroyed_by IS NOT OLD.destroyed_by
BEGIN SELECT RAISE(ABORT, 'destroyed_for_good'); END;
""",
    2: "CREATE INDEX intent_of_result ON intent (sealed_sha256);",
    3: "ALTER TABLE seal ADD COLUMN type TEXT NOT NULL DEFAULT '';",
    4: _DENIALS,
    5: _MANDATE_USES,
    6: "ALTER TABLE intent ADD COLUMN operator TEXT NOT NULL DEFAULT '';",
    7: _RULE + _RULE_OF_BEFORE,
    8: _COSIGNED,
    9: _KEEPING,
    10: _HARDWARE,
    11: _RESPONDER,
    12: device_tables.DEVICES,
    13: _SEATS,
    14: device_tables.CERTIFICATES,
    15: _OUTSIDE,
    16: _QUORUM,
    17: _PAPER,
    18: _REVOKED_OUTSIDE,
    19: _RUBBER + _RUBBER_OF_BEFORE,
    20: device_tables.ANEW,
    21: device_tables.KINDS + device_tables.CABINETS_OF_BEFORE,
    22: device_tables.ORDER_TYPES,
    23: _CLOCKS,
    24: device_tables.EPOCHS,
}


class CannotStart(Exception):
    """The signer cannot start; the message is one sentence for a person."""


class ClockRunsBackwards(SignerUnavailable):
    code = "clock-runs-backwards"


def open_durably(path: Path) -> sqlite3.Connection:
    """Return a connection whose commits survive a power cut, its tables made, or say why not."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        make_durable(connection)
        _prepare(connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise CannotStart(f"The signer's database {path} cannot be used: {error}.") from error
    except CannotStart:
        connection.close()
        raise
    return connection


def make_durable(connection: sqlite3.Connection) -> None:
    """Have every commit on this connection wait for the disk, or say why it does not."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    require_durable(connection)


def require_durable(connection: sqlite3.Connection) -> None:
    """Return if an acknowledged commit on this connection cannot be lost, or say why it can."""
    (journal_mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if journal_mode != "wal":
        raise CannotStart(f"The signer's database keeps its journal as '{journal_mode}'; it needs 'wal'.")
    (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
    if synchronous < _FULL:
        raise CannotStart("The signer's database runs with synchronous below FULL: acknowledged uses could be lost.")


def _prepare(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        return
    connection.create_function("uscc_of", 1, uscc_of, deterministic=True)
    while version in _UPGRADES:
        script = f"BEGIN IMMEDIATE; {_UPGRADES[version]} PRAGMA user_version = {version + 1}; COMMIT;"
        connection.executescript(script)
        version += 1
    if version != SCHEMA_VERSION:
        raise CannotStart(f"The signer's data has format {version}; this program reads format {SCHEMA_VERSION}.")


class Database:
    """One connection for all threads. ``changed`` is the one writer lock; hold it while you touch what it guards."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.changed = threading.Condition()
        self._connection = connection
        row = self.one("SELECT seen_at FROM clock")
        self._seen_at = None if row is None else utc_time(row[0])

    def close(self) -> None:
        with self.changed:
            self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the writer lock and one IMMEDIATE transaction; leaving by an exception undoes it."""
        with self.changed:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                if self._seen_at is not None:
                    self._connection.execute("REPLACE INTO clock VALUES (1, ?)", (utc_text(self._seen_at),))
                self._connection.execute("COMMIT")
            except BaseException:
                # A COMMIT that failed for want of space has already undone the transaction.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Hold the writer lock, so that nothing changes meanwhile, and change nothing."""
        with self.changed:
            yield self._connection

    def one(self, query: str, *values: str | int) -> tuple[Any, ...] | None:
        """Return the only row of a query, or None; SQLite's rows have no static types, STRICT tables give them."""
        with self.changed:
            row: tuple[Any, ...] | None = self._connection.execute(query, values).fetchone()
        return row

    def every(self, query: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self.changed:
            rows: list[tuple[Any, ...]] = self._connection.execute(query).fetchall()
        return rows

    def forget_old_pages(self) -> None:
        """Empty the journal, in which earlier versions of a page outlive their deletion."""
        with self.changed:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def begin_again(self, at: datetime, *, custodians: int) -> datetime | None:
        """Take this for the latest time that was seen, also where it runs backwards; return the one before.

        It is written down with by how many custodians' leave, to be told to the ledger.
        """
        with self.changed:
            before, self._seen_at = self._seen_at, at
            with self.writing() as connection:
                if before is not None:
                    connection.execute(
                        "INSERT INTO clock_set (was, went_on, custodians) VALUES (?, ?, ?)",
                        (utc_text(before), utc_text(at), custodians),
                    )
        return before

    def see(self, at: datetime) -> datetime:
        """Return the time and remember the latest seen, or refuse one that runs backwards."""
        with self.changed:
            if self._seen_at is not None and at < self._seen_at - _TOLERATED_BACKWARDS:
                raise ClockRunsBackwards
            self._seen_at = at if self._seen_at is None else max(at, self._seen_at)
        return at
