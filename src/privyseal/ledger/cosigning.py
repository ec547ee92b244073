"""Offers each new head to the cosigners and keeps what they sign. Nothing waits for them; each catches up by itself."""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from privyseal.cosigner.client import Cosigned, Cosigner, CosignerElsewhere
from privyseal.egress import Egress
from privyseal.kernel import merkle
from privyseal.kernel.errors import Refused
from privyseal.ledger import nodes
from privyseal.ledger.integrator import Connection

AGAIN: Final = timedelta(seconds=20)
"""The newest head is offered again after this: a fresh time says that the cosigner has seen nothing else."""

_LOCKS: Final = 0x5EA1
_KNOWN: Final = "SELECT size FROM ledger_cosigner WHERE name = %s"
# What another has cosigned comes before what is newest: a receipt under both needs a head that both signed.
_NEXT: Final = """
    SELECT size, note FROM ledger_checkpoint WHERE size = coalesce(
        (SELECT max(size) FROM ledger_cosignature WHERE size > %s AND cosigner <> %s),
        (SELECT max(size) FROM ledger_checkpoint)
    )
"""
_SIGNED: Final = """
    INSERT INTO ledger_cosignature (size, cosigner, seconds, line) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_STANDS: Final = """
    INSERT INTO ledger_cosigner (name, size, seconds) VALUES (%s, %s, %s)
    ON CONFLICT (name) DO UPDATE SET size = excluded.size, seconds = excluded.seconds, problem = '', problem_at = NULL
"""
_FAILS: Final = """
    INSERT INTO ledger_cosigner AS known (name, problem, problem_at) VALUES (%s, %s, %s)
    ON CONFLICT (name) DO UPDATE SET problem = excluded.problem, problem_at = excluded.problem_at
    WHERE known.problem <> excluded.problem
"""
_log = logging.getLogger(__name__)


class Follower:
    """Call ``step`` again and again for one cosigner; the connection is of the role that writes the tree."""

    def __init__(self, connection: Connection, cosigner: Cosigner, egress: Egress) -> None:
        self._connection = connection
        self._cosigner = cosigner
        self._egress = egress
        self._offered: tuple[int, datetime] | None = None

    def take_lead(self) -> bool:
        """Return whether this connection is the one that follows this cosigner; the lock ends with the connection."""
        key = int.from_bytes(self._cosigner.key.key_id, "big", signed=True)
        row = self._connection.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, key]).fetchone()
        self._connection.commit()
        return row is not None and bool(row[0])

    def step(self, at: datetime) -> str | None:
        """Offer the newest head where the cosigner has not seen it lately; return the cosigned note, or None.

        What goes wrong is written down beside the cosigner, and tried again at the next call.
        """
        with self._connection.transaction():
            name = self._cosigner.key.name
            known = (self._connection.execute(_KNOWN, [name]).fetchone() or (0,))[0]
            head = self._connection.execute(_NEXT, [known, name]).fetchone()
        if head is None or self._is_known(head[0], at):
            return None
        size, note = head
        try:
            cosigned = self._offer(min(known, size), size, note)
        except Refused as refusal:
            self._write_down(refusal, at)
            return None
        with self._connection.transaction():
            self._connection.execute(_SIGNED, [size, name, cosigned.seconds, cosigned.line])
            self._connection.execute(_STANDS, [name, size, cosigned.seconds])
        self._offered = (size, at)
        return str(note) + cosigned.line

    def _is_known(self, size: int, at: datetime) -> bool:
        return self._offered is not None and self._offered[0] == size and at < self._offered[1] + AGAIN

    def _offer(self, old: int, size: int, note: str) -> Cosigned:
        try:
            return self._offer_from(old, size, note)
        except CosignerElsewhere as elsewhere:
            # It was killed between write and answer, or somebody else offers as well: go on from where it is.
            its = elsewhere.facts["size"]
            if not isinstance(its, int) or its == old or its > size:
                raise
            return self._offer_from(its, size, note)

    def _offer_from(self, old: int, size: int, note: str) -> Cosigned:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            read = partial(merkle.consistency_proof, old, size)
            proof = merkle.with_nodes(read, partial(nodes.fetch, cursor)) if 0 < old < size else []
        return self._cosigner.add_checkpoint(note, old=old, proof=proof, egress=self._egress)

    def _write_down(self, refusal: Refused, at: datetime) -> None:
        with self._connection.transaction():
            row = self._connection.execute(_FAILS, [self._cosigner.key.name, refusal.code, at])
        if row.rowcount:
            _log.error("head not cosigned", extra={"code": refusal.code, "cosigner": self._cosigner.key.name})
