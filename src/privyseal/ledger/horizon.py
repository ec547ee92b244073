"""What keeps facts from their index: the oldest transaction of the whole PostgreSQL that may still write."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

TOO_LONG: Final = timedelta(minutes=2)
"""For so long facts may wait for another's transaction before people are told: no receipt is made meanwhile."""

_WAITING: Final = """
SELECT edge.xmin::text, count(fact.id), min(fact.at)
FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin) edge LEFT JOIN ledger_fact fact
  ON fact.xid >= edge.xmin AND fact.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()
GROUP BY edge.xmin
"""
# What begins when, another role's is not told; a transaction that waits for its second half has no process.
_HOLDERS: Final = """
SELECT pid, coalesce(usename, ''), coalesce(datname, ''), coalesce(application_name, ''), xact_start
FROM pg_stat_activity WHERE backend_xid::text::bigint = %(number)s AND pid <> pg_backend_pid()
UNION ALL
SELECT 0, owner, database, gid, prepared FROM pg_prepared_xacts WHERE transaction::text::bigint = %(number)s
"""
_WRAP: Final = 1 << 32  # as these views count transactions


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose transaction it is; ``since`` is None where we are not told, ``process`` 0 where it has none."""

    process: int
    role: str
    database: str
    program: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """How many facts wait for a transaction to end, since when the first of them; whose it is where that is known."""

    transaction: str
    facts: int
    since: datetime | None
    holder: Holder | None

    def is_too_long(self, at: datetime) -> bool:
        return self.since is not None and at - self.since >= TOO_LONG

    def seconds(self, at: datetime) -> float:
        """Return how long the first fact waits."""
        return max(0.0, (at - self.since).total_seconds()) if self.since is not None else 0.0

    def age(self, at: datetime) -> float:
        """Return how long the transaction is open: at least as long as a fact waits for it."""
        begun = self.holder.since if self.holder is not None else None
        return max(self.seconds(at), (at - begun).total_seconds() if begun is not None else 0.0)


def held() -> Held:
    """Return what waits now, in the moment of the question."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        transaction, facts, since = cursor.fetchone()
        cursor.execute(_HOLDERS, {"number": int(transaction) % _WRAP})
        found = cursor.fetchone()
    return Held(transaction, facts, since, Holder(*found) if found else None)
