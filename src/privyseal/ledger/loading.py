"""A past that comes in one go, with every fact at its place in the tree."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from privyseal.kernel.canonical import Json
from privyseal.ledger import book
from privyseal.ledger.integrator import Connection, Integrator
from privyseal.ledger.packing import packed

TABLES: Final = ("ledger_fact", "ledger_leaf", "ledger_node")
_COPY: Final = "COPY ledger_fact (id, kind, actor, at, subjects, body) FROM STDIN"


@dataclass(frozen=True, slots=True)
class Past:
    """What one fact says; ``actor`` is a pseudonym."""

    kind: str
    actor: str
    at: datetime
    said: dict[str, Json]


class Loader:
    """Adds facts in the caller's transaction; the caller's integrator leads, and signs the head afterwards."""

    def __init__(self, connection: Connection, integrator: Integrator) -> None:
        self._connection, self._integrator = connection, integrator
        row = connection.execute("SELECT coalesce(max(id), 0) FROM ledger_fact").fetchone()
        self._last = int(row[0]) if row else 0

    def load(self, facts: Iterable[Past]) -> None:
        numbered = []
        with self._connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for past in facts:
                found_by, body = book.fact(past.kind, past.actor, past.at, past.said)
                self._last += 1
                copy.write_row((self._last, past.kind, past.actor, past.at, found_by, packed(body)))
                numbered.append((self._last, body))
        self._integrator.append(numbered)

    def keep_counting(self) -> None:
        """Let facts that are recorded from now on come after those that were loaded."""
        self._connection.execute("SELECT setval(pg_get_serial_sequence('ledger_fact', 'id'), %s)", [self._last])
