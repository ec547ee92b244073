"""Rubber seals, which have no key here: whose each is by the machine that held it, and whether it is at rest."""

import sqlite3

from privyseal.signer.checks import SealRecord, SealSuspended
from privyseal.signer.database import Database
from privyseal.signer.statement import Statement


def keep_mounted(connection: sqlite3.Connection, seal: str, *, company: str) -> None:
    """Keep whose a seal is that goes into a machine; one at rest stays at rest."""
    connection.execute(
        "INSERT INTO rubber VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET company = excluded.company", (seal, company)
    )


def put_to_rest(connection: sqlite3.Connection, seal: str) -> int:
    """Put a seal to rest, also one that was never heard of; return 1 if it was not at rest."""
    return connection.execute(
        "INSERT INTO rubber VALUES (?, '', 0) ON CONFLICT DO UPDATE SET is_active = 0 WHERE is_active", (seal,)
    ).rowcount


def wake(connection: sqlite3.Connection, seal: str) -> None:
    connection.execute("UPDATE rubber SET is_active = 1 WHERE uid = ?", (seal,))


def is_awake(connection: sqlite3.Connection, seal: str) -> bool:
    return connection.execute("SELECT 1 FROM rubber WHERE uid = ? AND is_active", (seal,)).fetchone() is not None


def refuse_resting(connection: sqlite3.Connection, seal: str) -> None:
    """Return if nobody put this seal to rest, or refuse."""
    if connection.execute("SELECT 1 FROM rubber WHERE uid = ? AND NOT is_active", (seal,)).fetchone():
        raise SealSuspended(seal=seal)


def known(database: Database, said: Statement) -> SealRecord | None:
    """Return the rubber seal of a statement, or None if no machine held it and nobody put it to rest.

    It has no manager here and whatever version is said: neither certificate nor key tells one from another.
    """
    row = database.one("SELECT is_active, company FROM rubber WHERE uid = ?", said.seal)
    if row is None:
        return None
    return SealRecord(
        uid=said.seal,
        version=said.seal_version,
        is_active=bool(row[0]),
        is_destroyed=False,
        manager="",
        not_after=said.expires_at,
        company=row[1],
    )
