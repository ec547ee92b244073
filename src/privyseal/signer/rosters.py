"""The signer's own root of rule: the approval page, who is on its rosters, its charters. Kept for good, row by row."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from privyseal.kernel.canonical import sha256, utc_text, utc_time
from privyseal.signer import charters
from privyseal.signer.changes import Amend, Begin, Change, ChangeUnreadable, Enter, Remove, Seat
from privyseal.signer.charters import APPROVERS, SECURITY, Charter, InForce
from privyseal.signer.database import Database
from privyseal.signer.denials import Denial, What, of_passkey, refuse_denied
from privyseal.signer.governing import CharterOutOfStep, Members
from privyseal.signer.passkeys import PASSKEY, Credential, Page, PasskeyAssertion, PasskeyCopied, PasskeyUnknown
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import Approved, challenge
from privyseal.signer.voices import Voices

_RULE: Final = ("page", "charter", "roster_seat", "roster_entry")
# Seats of a roster that nobody denied.
_SEATED: Final = (
    "EXISTS (SELECT 1 FROM roster_seat s WHERE s.credential = e.credential AND s.roster = ?"
    " AND NOT EXISTS (SELECT 1 FROM denial d WHERE d.what = 'seat' AND d.uid = s.uid AND d.seal = ''))"
)


class PageAlreadyPinned(SignerRefused):
    code = "page-already-pinned"


class PasskeyOnRoster(SignerRefused):
    """A passkey of this id is on a roster, or was: none comes back, and none is two people's."""

    code = "passkey-on-roster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a decision rests on, and must still hold in the moment in which what was decided is committed."""

    named: frozenset[Denial] = frozenset()
    in_force: InForce | None = None
    company: str = ""
    seal: str = ""
    said: tuple[tuple[PasskeyAssertion, bytes], ...] = ()
    roster: str = APPROVERS

    def hold(self, connection: sqlite3.Connection) -> None:
        """Return if nothing was denied, removed or amended meanwhile, or refuse; each count of a passkey is noted."""
        refuse_denied(connection, self.named)
        if self.in_force is not None and _in_force(connection, company=self.company, seal=self.seal) != self.in_force:
            raise CharterOutOfStep(version=self.in_force.version)
        for assertion, question in self.said:
            if _credential(connection, self.roster, assertion.credential) is None:
                raise PasskeyUnknown(person=assertion.approver)
            _note(connection, assertion, question)


def said_in(approved: Iterable[Approved]) -> tuple[tuple[PasskeyAssertion, bytes], ...]:
    """Return every yes of a passkey among these, with the challenge that it answered."""
    return tuple(
        (assertion, challenge(each.statement))
        for each in approved
        for assertion in each.assertions
        if isinstance(assertion, PasskeyAssertion)
    )


class Rosters:
    def __init__(self, database: Database) -> None:
        self._database = database

    def pin(self, page: Page) -> None:
        """Pin the approval page, once and for good; again the same, or refuse."""
        with self._database.writing() as connection:
            connection.execute("INSERT INTO page VALUES (1, ?) ON CONFLICT DO NOTHING", (page.origin,))
            if _page(connection) != page:
                raise PageAlreadyPinned

    def voices(self, roster: str, approved: Iterable[Approved], *, web_key: bytes, takes_software: bool) -> Voices:
        """Return what tells the voices in these: the web key, and the passkeys of the roster that they name."""
        ids = {assertion.credential for assertion, _ in said_in(approved)}
        with self._database.reading() as connection:
            known = [_credential(connection, roster, each) for each in sorted(ids)]
            own = {each.id: each for each in known if each is not None}
            return Voices(web_key, _page(connection), own, takes_software)

    def in_force(self, *, company: str = "", seal: str = "") -> InForce:
        """Return the charter that holds for a seal of a company: its own, else the company's, else the founding's."""
        with self._database.reading() as connection:
            return _in_force(connection, company=company, seal=seal)

    def latest(self, of: str) -> InForce | None:
        with self._database.reading() as connection:
            return _latest(connection, of)

    def is_closed(self) -> bool:
        """Return whether any charter in force asks for passkeys: then rosters take security's passkeys too."""
        row = self._database.one(
            "SELECT 1 FROM charter c WHERE assurance = ?"
            " AND version = (SELECT max(version) FROM charter WHERE of = c.of) LIMIT 1",
            PASSKEY,
        )
        return row is not None

    def members(self, charter: Charter, *, at: datetime) -> Members:
        """Return how many people could say yes now under this charter, and how many of security could."""
        return Members(
            approvers=self._people(charter.roster, at=at, is_bound=charter.is_bound),
            security=self._people(SECURITY, at=at, is_bound=False),
        )

    def is_kept(self, change: Change, statement: bytes) -> bool:
        """Return whether this very change was made and still holds, or refuse one that was undone since."""
        digest = sha256(statement)
        with self._database.reading() as connection:
            match change:
                case Enter():
                    return _is_entered(connection, change, digest)
                case Seat():
                    return _is_seated(connection, change, digest)
                case Remove():
                    return _is_removed(connection, change)
                case Amend():
                    return _is_amended(connection, change, digest)
                case Begin():
                    raise ChangeUnreadable

    def keep(self, change: Change, statement: bytes, *, by: Collection[str], grounds: Grounds, at: datetime) -> None:
        """Write a change that was decided on."""
        digest, people = sha256(statement), " ".join(sorted(by))
        with self._database.writing() as connection:
            grounds.hold(connection)
            match change:
                case Enter():
                    _enter(connection, change, people, digest)
                case Seat():
                    _seat(connection, change, people, digest)
                case Remove():
                    _remove(connection, change, people, at)
                case Amend():
                    _amend(connection, change, people, digest)
                case Begin():
                    raise ChangeUnreadable

    def _people(self, roster: str, *, at: datetime, is_bound: bool) -> int:
        with self._database.reading() as connection:
            counts = "removed_at IS NULL AND starts_at <= ? AND (ends_at IS NULL OR ends_at > ?) AND is_bound >= ?"
            values = (roster, utc_text(at), utc_text(at), int(is_bound))
            rows = connection.execute(
                f"SELECT person, credential FROM roster_entry WHERE roster = ? AND {counts}",  # noqa: S608 - our own words
                values,
            ).fetchall()
            rows += connection.execute(
                "SELECT e.person, e.credential FROM roster_seat s JOIN roster_entry e USING (credential)"  # noqa: S608 - our own words
                f" WHERE s.roster = ? AND {counts}"
                " AND NOT EXISTS (SELECT 1 FROM denial d WHERE d.what = 'seat' AND d.uid = s.uid AND d.seal = '')",
                values,
            ).fetchall()
            denied = {uid for (uid,) in connection.execute("SELECT uid FROM denial WHERE what = ?", (What.PASSKEY,))}
        return len({person for person, credential in rows if of_passkey(credential).uid not in denied})


def found_charter(connection: sqlite3.Connection, charter: Charter) -> None:
    """Write the first charter of an installation."""
    row = (charters.INSTALLATION, 1, charter.approvals, charter.assurance, charter.roster, charter.is_bound, "", "")
    connection.execute("INSERT INTO charter VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row)


def begin(connection: sqlite3.Connection, first: Begin, statement: bytes) -> None:
    """Write page, charter and rosters that an installation begins with."""
    people, digest = " ".join(sorted({one.credential.person for one in first.entries})), sha256(statement)
    connection.execute("INSERT INTO page VALUES (1, ?)", (first.page,))
    _amend(connection, Amend(charters.INSTALLATION, 1, first.charter), people, digest)
    for one in first.entries:
        _enter(connection, one, people, digest)


def begun_with(connection: sqlite3.Connection) -> str:
    """Return the digest of what an installation began with; nothing where it began with a charter alone."""
    row = connection.execute("SELECT change_sha256 FROM charter WHERE of = '' AND version = 1").fetchone()
    return "" if row is None else str(row[0])


def forget(connection: sqlite3.Connection) -> None:
    """Take away the rule of an installation on which nothing rests; what keeps it is put back in the same commit."""
    kept = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN (?, ?, ?, ?)", _RULE
    )
    triggers = kept.fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for table in (*_RULE, "passkey_count"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table's names
    for _, made in triggers:
        connection.execute(made)


def _page(connection: sqlite3.Connection) -> Page | None:
    row = connection.execute("SELECT origin FROM page").fetchone()
    return None if row is None else Page(row[0])


def _credential(connection: sqlite3.Connection, roster: str, credential: bytes) -> Credential | None:
    row = connection.execute(
        "SELECT person, key, is_bound, starts_at, ends_at FROM roster_entry e"  # noqa: S608 - our own words
        f" WHERE credential = ? AND removed_at IS NULL AND (roster = ? OR {_SEATED})",
        (credential, roster, roster),
    ).fetchone()
    if row is None:
        return None
    person, key, is_bound, starts_at, ends_at = row
    return Credential(
        id=credential,
        person=person,
        key=key,
        is_bound=bool(is_bound),
        starts_at=utc_time(starts_at),
        ends_at=None if ends_at is None else utc_time(ends_at),
    )


def _latest(connection: sqlite3.Connection, of: str) -> InForce | None:
    row = connection.execute(
        "SELECT version, approvals, assurance, roster, is_bound FROM charter WHERE of = ?"
        " ORDER BY version DESC LIMIT 1",
        (of,),
    ).fetchone()
    if row is None:
        return None
    version, approvals, assurance, roster, is_bound = row
    return InForce(of, version, Charter(approvals, assurance, roster, bool(is_bound)))


def _in_force(connection: sqlite3.Connection, *, company: str, seal: str) -> InForce:
    found: Sequence[InForce] = [
        known for of in charters.looked_for(company=company, seal=seal) if (known := _latest(connection, of))
    ]
    return found[0]


def _note(connection: sqlite3.Connection, assertion: PasskeyAssertion, question: bytes) -> None:
    """Keep which question a passkey answered with which count, or refuse a second one: there is a copy of it.

    What was approved first may be sealed last, so that a count may well come after a higher one.
    """
    if assertion.counter == 0:
        return
    row = (assertion.credential, assertion.counter)
    connection.execute("INSERT INTO passkey_count VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (*row, question))
    (answered,) = connection.execute(
        "SELECT challenge FROM passkey_count WHERE credential = ? AND counter = ?", row
    ).fetchone()
    if answered != question:
        raise PasskeyCopied(person=assertion.approver)


def _is_entered(connection: sqlite3.Connection, change: Enter, digest: str) -> bool:
    row = connection.execute(
        "SELECT change_sha256, removed_at FROM roster_entry WHERE credential = ?", (change.credential.id,)
    ).fetchone()
    if row is not None and row != (digest, None):
        raise PasskeyOnRoster(person=change.credential.person)
    return row is not None


def _is_seated(connection: sqlite3.Connection, change: Seat, digest: str) -> bool:
    found = connection.execute("SELECT change_sha256 FROM roster_seat WHERE uid = ?", (change.uids()[0],)).fetchone()
    return found is not None and found[0] == digest


def _is_removed(connection: sqlite3.Connection, change: Remove) -> bool:
    row = connection.execute(
        "SELECT removed_at FROM roster_entry WHERE credential = ? AND roster = ?", (change.credential, change.roster)
    ).fetchone()
    if row is None:
        raise PasskeyUnknown
    return row[0] is not None


def _is_amended(connection: sqlite3.Connection, change: Amend, digest: str) -> bool:
    row = connection.execute(
        "SELECT change_sha256, (SELECT max(version) FROM charter WHERE of = c.of) FROM charter c"
        " WHERE of = ? AND version = ?",
        (change.of, change.version),
    ).fetchone()
    if row is not None and row != (digest, change.version):
        raise CharterOutOfStep(version=row[1])
    return row is not None


def _enter(connection: sqlite3.Connection, change: Enter, people: str, digest: str) -> None:
    said = change.credential
    ends_at = None if said.ends_at is None else utc_text(said.ends_at)
    connection.execute(
        "INSERT INTO roster_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
        (
            said.id,
            change.roster,
            said.person,
            said.key,
            said.is_bound,
            utc_text(said.starts_at),
            ends_at,
            people,
            digest,
        ),
    )


def _seat(connection: sqlite3.Connection, change: Seat, people: str, digest: str) -> None:
    for uid, one in zip(change.uids(), change.seats, strict=True):
        known = _credential(connection, APPROVERS, one.credential)
        if known is None or known.person != one.person:
            raise PasskeyUnknown(person=one.person)
        connection.execute(
            "INSERT INTO roster_seat VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (uid, one.credential, one.roster, people, digest),
        )


def _remove(connection: sqlite3.Connection, change: Remove, people: str, at: datetime) -> None:
    connection.execute(
        "UPDATE roster_entry SET removed_by = ?, removed_at = ? WHERE credential = ? AND removed_at IS NULL",
        (people, utc_text(at), change.credential),
    )


def _amend(connection: sqlite3.Connection, change: Amend, people: str, digest: str) -> None:
    charter = change.charter
    connection.execute(
        "INSERT INTO charter VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(change.of, change.version, charter.approvals, charter.assurance, charter.roster, charter.is_bound),
            *(people, digest),
        ),
    )
