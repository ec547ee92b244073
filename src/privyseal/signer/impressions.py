"""Impressions are counted here: set aside before the key is touched, spent with the bytes in one commit.

Lock order: a held intent, then the writer lock. Nobody holds the writer lock while a document is signed.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from privyseal.kernel.canonical import utc_text, utc_time
from privyseal.kernel.errors import Refused
from privyseal.signer import mandates
from privyseal.signer.answers import Sealed
from privyseal.signer.checks import Origin, SealSuspended, SealVersionDiffers
from privyseal.signer.claims import Claim
from privyseal.signer.database import Database
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.rosters import Grounds
from privyseal.signer.standing import DAY
from privyseal.signer.store import is_active, is_version, refuse_destroyed


class ImpressionsSpent(SignerRefused):
    code = "impressions-spent"


class IntentReused(SignerRefused):
    code = "intent-reused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A use whose bytes are made and judged, and that is not counted yet."""

    intent: str
    request_sha256: str
    sealed: Sealed
    grounds: Grounds


class Impressions:
    """Claims live in memory: a process that dies has released nothing, so its claims die with it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: set[str] = set()
        self._claims: dict[str, Claim] = {}

    @contextmanager
    def holding(self, *intents: str) -> Iterator[None]:
        """Hold intents alone; a second call with one waits for the first. An unspent claim returns at the end."""
        changed = self._database.changed
        with changed:
            changed.wait_for(lambda: self._held.isdisjoint(intents))
            self._held.update(intents)
        try:
            yield
        finally:
            with changed:
                self._held.difference_update(intents)
                for intent in intents:
                    self._claims.pop(intent, None)
                changed.notify_all()

    def sealed(self, intent: str, *, request_sha256: str) -> Sealed | None:
        """Return what an intent was answered before, None for a new one; refuse one used for something else."""
        row = self._database.one(
            "SELECT request_sha256, appended, sealed_sha256, sealed_at FROM intent WHERE uid = ?", intent
        )
        if row is None:
            return None
        known_sha256, appended, sealed_sha256, sealed_at = row
        if known_sha256 != request_sha256:
            raise IntentReused(intent=intent)
        return Sealed(appended=appended, sealed_sha256=sealed_sha256, sealed_at=utc_time(sealed_at))

    def origin(self, sealed_sha256: str) -> Origin | None:
        """Return what the bytes of this digest were made of, None where they were not made here."""
        row = self._database.one(
            "SELECT application, seal, document_sha256 FROM intent WHERE sealed_sha256 = ?", sealed_sha256
        )
        return None if row is None else Origin(*row)

    def reserve(self, intent: str, claim: Claim, *, at: datetime) -> None:
        """Set impressions aside for a held intent, or refuse."""
        with self._database.changed:
            rivals = [rival for rival in self._claims.values() if _is_of_one_application(rival, claim)]
            alike = [rival for rival in rivals if rival.document.sha256 == claim.document.sha256]
            of_application = self._spent(claim) + sum(rival.impressions for rival in rivals)
            of_document = self._spent_on_document(claim) + sum(rival.impressions for rival in alike)
            left = min(claim.most_of_application - of_application, claim.most_of_document - of_document)
            if claim.most_a_day is not None:
                of_day = self._spent_since(claim, at - DAY) + sum(rival.impressions for rival in rivals)
                left = min(left, claim.most_a_day - of_day)
            if claim.impressions > left:
                raise ImpressionsSpent(application=claim.application, seal=claim.seal)
            self._check_mandate(claim)
            self._claims[intent] = claim

    def drop(self, intent: str) -> None:
        """Give back what was set aside for a held intent that is refused."""
        with self._database.changed:
            self._claims.pop(intent, None)

    def spend(self, *made: Judged) -> dict[str, Refused]:
        """Commit counters, intents and bytes in one commit; return the no to each that was stopped in the meantime."""
        refused: dict[str, Refused] = {}
        standing: dict[int, Refused | None] = {}
        # The claims go before the lock does: no rival counts the same impressions as set aside and as spent.
        with self._database.changed:
            with self._database.writing() as connection:
                for one in made:
                    no = self._spend_one(connection, one, standing)
                    if no is not None:
                        refused[one.intent] = no
            for one in made:
                del self._claims[one.intent]
        return refused

    def _spend_one(
        self, connection: sqlite3.Connection, one: Judged, standing: dict[int, Refused | None]
    ) -> Refused | None:
        """Write one use, or nothing of it; what many of one call rest on is looked at once, as nothing changes here."""
        claim, on = self._claims[one.intent], id(one.grounds)
        if on not in standing:
            standing[on] = _undone_by_no(connection, partial(_hold, connection, claim, one.grounds))
        return standing[on] or _undone_by_no(
            connection,
            partial(_save, connection, one.intent, claim, one.sealed, request_sha256=one.request_sha256),
        )

    def _check_mandate(self, claim: Claim) -> None:
        """Return if the mandate that the claim rests on has a use left beside those under way, or refuse."""
        if claim.rests_on is None:
            return
        mandate = claim.rests_on.mandate
        rivals = (one for one in self._claims.values() if one.rests_on is not None and one.rests_on.mandate == mandate)
        under_way = {rival.application for rival in rivals} - {claim.application}
        with self._database.reading() as connection:
            mandates.check_left(connection, claim.rests_on, claim.application, under_way)

    def _spent(self, claim: Claim) -> int:
        row = self._database.one(
            "SELECT used FROM counter WHERE application = ? AND seal = ?", claim.application, claim.seal
        )
        return 0 if row is None else int(row[0])

    def _spent_since(self, claim: Claim, since: datetime) -> int:
        row = self._database.one(
            "SELECT coalesce(sum(impressions), 0) FROM intent WHERE application = ? AND seal = ? AND sealed_at > ?",
            *(claim.application, claim.seal, utc_text(since)),
        )
        return 0 if row is None else int(row[0])

    def _spent_on_document(self, claim: Claim) -> int:
        row = self._database.one(
            "SELECT coalesce(sum(impressions), 0) FROM intent"
            " WHERE application = ? AND seal = ? AND document_sha256 = ?",
            *(claim.application, claim.seal, claim.document.sha256),
        )
        return 0 if row is None else int(row[0])


def _is_of_one_application(one: Claim, other: Claim) -> bool:
    return (one.application, one.seal) == (other.application, other.seal)


def _undone_by_no(connection: sqlite3.Connection, write: Callable[[], None]) -> Refused | None:
    """Write, and undo that much where it is refused; return the no."""
    connection.execute("SAVEPOINT one_use")
    no: Refused | None = None
    try:
        write()
    except Refused as refusal:
        connection.execute("ROLLBACK TO one_use")
        no = refusal
    connection.execute("RELEASE one_use")
    return no


def _hold(connection: sqlite3.Connection, claim: Claim, grounds: Grounds) -> None:
    """Return if all that a use rests on still stands, its seal too, or refuse."""
    grounds.hold(connection)
    refuse_destroyed(connection, claim.seal)
    if not is_active(connection, claim.seal):
        raise SealSuspended(seal=claim.seal)
    if not is_version(connection, claim.seal, claim.seal_version):
        raise SealVersionDiffers(seal=claim.seal)


def _save(connection: sqlite3.Connection, intent: str, claim: Claim, sealed: Sealed, *, request_sha256: str) -> None:
    _count(connection, claim)
    if claim.rests_on is not None:
        mandates.count(connection, claim.rests_on, claim.application)
    connection.execute(
        "INSERT INTO intent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(intent, request_sha256, claim.application, claim.seal, claim.document.sha256),
            *(claim.impressions, sealed.appended, sealed.sealed_sha256, utc_text(sealed.sealed_at)),
            claim.operator,
        ),
    )


def _count(connection: sqlite3.Connection, claim: Claim) -> None:
    counted = connection.execute(
        "INSERT INTO counter VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET used = used + excluded.used, impressions = excluded.impressions"
        " WHERE used + excluded.used <= excluded.impressions",
        (claim.application, claim.seal, claim.impressions, claim.most_of_application),
    )
    if not counted.rowcount:
        raise ImpressionsSpent(application=claim.application, seal=claim.seal)
