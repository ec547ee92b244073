"""Gives committed facts their dense index, grows the tree, asks for checkpoints. One of it runs, ever.

It speaks SQL over a connection of its own role, the only one that may write the tree.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

import psycopg
from psycopg import sql

from privyseal.kernel import merkle, steps
from privyseal.kernel.errors import Refused
from privyseal.kernel.merkle import Growing, NodeReader
from privyseal.kernel.steps import Step
from privyseal.ledger import nodes
from privyseal.ledger.packing import unpacked
from privyseal.signer.client import Client

T = TypeVar("T")
Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

ADVISORY_LOCK: Final = 0x5EA1_0001
BATCH: Final = 2_000
_log = logging.getLogger(__name__)

# A fact is safe to number once every transaction that began before its own has ended. A fact whose
# number lies in this server's future came with a restored backup: its transaction ended long ago.
_HORIZON: Final = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text, pg_snapshot_xmax(pg_current_snapshot())::text"
_PENDING: Final = """
    SELECT fact.id, fact.body FROM ledger_fact fact
    WHERE {window} AND NOT EXISTS (SELECT FROM ledger_leaf leaf WHERE leaf.fact_id = fact.id)
    ORDER BY fact.xid, fact.id LIMIT %(limit)s
"""
_FIRST: Final = _PENDING.format(window="(fact.xid < %(horizon)s::xid8 OR fact.xid >= %(future)s::xid8)")
_NEWEST: Final = "SELECT id, body FROM ledger_fact WHERE kind = %s ORDER BY id DESC LIMIT 1"
_HEAD: Final = "INSERT INTO ledger_checkpoint (size, root, note) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_NEXT: Final = _PENDING.format(window="fact.xid >= %(cursor)s::xid8 AND fact.xid < %(horizon)s::xid8")


class Integrator:
    """Call ``step`` again and again; each call is one transaction and, where facts came, one checkpoint."""

    def __init__(self, connection: Connection, signer: Client) -> None:
        self._connection = connection
        self._signer = signer
        self._cursor: str | None = None
        self._go_on()

    def take_lead(self) -> bool:
        """Return whether this connection is the one integrator; the lock ends with the connection."""
        row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK]).fetchone()
        self._connection.commit()
        leads = row is not None and bool(row[0])
        if leads:
            self._go_on()  # another one led until now
        return leads

    def step(self) -> int:
        """Give an index to what is safe to number and sign the new head; return how many facts got their index."""
        count = self._integrate()
        steps.reached(Step.NUMBERED)
        if self._tree.size > self._checkpointed:
            self._sign_head()
        return count

    def _integrate(self) -> int:
        with self._connection.transaction():
            horizon, future = self._one(_HORIZON)
            query = _FIRST if self._cursor is None else _NEXT
            window = {"horizon": horizon, "future": future, "cursor": self._cursor, "limit": BATCH}
            facts = self._connection.execute(query, window).fetchall()
            self.append([(fact_id, unpacked(bytes(body))) for fact_id, body in facts])
        if len(facts) < BATCH:
            self._cursor = str(horizon)
        return len(facts)

    @property
    def size(self) -> int:
        return self._tree.size

    @property
    def root(self) -> bytes:
        return self._tree.root

    def number(self, kind: str) -> None:
        """Give the newest fact of a kind the next index before all that wait for theirs."""
        with self._connection.transaction():
            fact_id, body = self._one(_NEWEST, [kind])
            self.append([(fact_id, unpacked(bytes(body)))])

    def keep_head(self, note: str) -> None:
        """Keep a head of the tree as it is that somebody else had signed."""
        with self._connection.transaction():
            self._connection.execute(_HEAD, [self._tree.size, self._tree.root, note])
        self._checkpointed = self._tree.size

    def append(self, facts: Sequence[tuple[int, bytes]]) -> None:
        """Put facts, by id and body, at the tree's end, in the transaction that is open."""
        if not facts:
            return
        first, completed = self._tree.size, list[tuple[int, int, bytes]]()
        for _, body in facts:
            completed += self._tree.append(merkle.leaf_hash(body))
        with self._connection.cursor() as cursor:
            with cursor.copy("COPY ledger_leaf (index, fact_id) FROM STDIN") as copy:
                for index, (fact_id, _) in enumerate(facts, start=first):
                    copy.write_row((index, fact_id))
            with cursor.copy("COPY ledger_node (level, position, hash) FROM STDIN") as copy:
                for level, position, node in completed:
                    if level > 0 and merkle.is_kept(level):
                        copy.write_row((level, position, node))

    def _sign_head(self) -> None:
        size, signed, root = self._tree.size, self._signer.status().log_size, self._tree.root
        with self._connection.transaction():
            proof = self._read(partial(merkle.consistency_proof, signed, size)) if 0 < signed <= size else []
        try:
            note = self._signer.checkpoint(size=size, root=root, old_size=signed, proof=proof)
        except Refused as refusal:
            _log.critical("checkpoint refused", extra={"code": refusal.code, "size": size, "signed": signed})
            raise
        steps.reached(Step.HEAD_SIGNED)
        with self._connection.transaction():
            self._connection.execute(_HEAD, [size, root, note])
        self._checkpointed = size

    def _go_on(self) -> None:
        """Read where the tree and its signed heads end."""
        with self._connection.transaction():
            (size,) = self._one("SELECT coalesce(max(index) + 1, 0) FROM ledger_leaf")
            (self._checkpointed,) = self._one("SELECT coalesce(max(size), 0) FROM ledger_checkpoint")
            self._tree: Growing = self._read(partial(Growing.at, size))

    def _read(self, work: Callable[[NodeReader], T]) -> T:
        with self._connection.cursor() as cursor:
            return merkle.with_nodes(work, partial(nodes.fetch, cursor))

    def _one(self, query: str, values: Sequence[object] = ()) -> tuple[Any, ...]:
        row = self._connection.execute(sql.SQL(query), values).fetchone()
        if row is None:
            raise LookupError(query)
        return row
