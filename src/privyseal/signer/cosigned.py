"""What the signer knows of its log's cosigners: no seal is used while they have not seen the log."""

from datetime import datetime
from typing import Final

from privyseal.kernel import note
from privyseal.kernel.canonical import utc_text
from privyseal.kernel.note import VerifierKey
from privyseal.kernel.quorum import Needed, Quorum, Seen
from privyseal.signer.database import Database
from privyseal.signer.pinned import Pinned
from privyseal.signer.protocol import SignerRefused

_REMEMBERED_APART: Final = 10
"""How many heads, spread over the time within which cosigners have to follow, are remembered to tell who is behind."""


class NotCosigned(SignerRefused):
    """The note is not one of this log's, or carries no cosignature by a cosigner that the signer was told of."""

    code = "not-cosigned"


class Cosigned:
    """Who has seen how much of the log, and when. Without a quorum to ask for, nothing is kept."""

    def __init__(self, database: Database, quorum: Quorum) -> None:
        self._database = database
        self._pinned = Pinned(database, told=quorum)

    @property
    def _quorum(self) -> Quorum:
        return self._pinned.quorum

    def pin(self, quorum: Quorum) -> None:
        """Ask for these cosignatures from now on; those who keep the keys have said so."""
        self._pinned.pin(quorum)

    def pinned(self) -> list[tuple[int, Quorum]]:
        """Return whose cosignatures were asked for, since when by number, the last one now."""
        return self._pinned.every()

    def remember(self, size: int, *, at: datetime) -> None:
        """Remember when the log had this size, now and then."""
        if self._quorum.needed is Needed.NONE:
            return
        since = utc_text(at - self._quorum.within / _REMEMBERED_APART)
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO head SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM head WHERE at > ?)",
                (size, utc_text(at), since),
            )
            connection.execute(
                "DELETE FROM head WHERE size < (SELECT max(size) FROM head WHERE at <= ?)",
                (utc_text(at - self._quorum.within),),
            )

    def take(self, cosigned_note: str, log: VerifierKey) -> None:
        """Keep who cosigned a head of this log and when, or refuse. Nobody goes back to a smaller log."""
        try:
            head = note.open_checkpoint(cosigned_note, log)
            times = self._quorum.times_of(cosigned_note)
        except note.NoteBroken as error:
            raise NotCosigned from error
        if not times:
            raise NotCosigned
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT INTO cosigner VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
                " SET size = excluded.size, seconds = excluded.seconds WHERE excluded.size >= size",
                [(name, head.size, seconds) for name, seconds in times.items()],
            )

    def check(self, *, at: datetime) -> None:
        """Return if enough cosigners have seen the log lately, or refuse: cosigners-stale."""
        if self._quorum.needed is Needed.NONE:
            return
        rows = self._database.every("SELECT name, size, seconds FROM cosigner")
        until = utc_text(at - self._quorum.within)
        row = self._database.one("SELECT coalesce(max(size), 0) FROM head WHERE at <= ?", until)
        covered = row[0] if row else 0
        seen = {name: Seen(seconds, is_behind=size < covered) for name, size, seconds in rows}
        self._quorum.check_fresh(seen, at=at)
