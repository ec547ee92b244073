"""Rubber seals, which have no key here: whose each is by the machine that held it, and whether it is at rest."""

import sqlite3
from typing import Final

from privyseal.signer.checks import SealRecord, SealSuspended
from privyseal.signer.database import Database
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import Statement

# Nobody has to say so of a seal that no machine ever held: whoever fills the file with them says it of what is none.
MOST_TOLD: Final = 20_000


class TooManyAtRest(SignerRefused):
    """So many rubber seals are at rest here that one of which no machine was ever heard is not kept beside them."""

    code = "too-many-at-rest"


def keep_mounted(connection: sqlite3.Connection, seal: str, *, company: str) -> None:
    """Keep whose a seal is that goes into a machine; one at rest stays at rest."""
    connection.execute(
        "INSERT INTO rubber VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET company = excluded.company", (seal, company)
    )


def put_to_rest(connection: sqlite3.Connection, seal: str, *, company: str) -> int:
    """Put a seal to rest, one of which no machine was heard as the company's; return 1 if it was not at rest."""
    query = "INSERT INTO rubber VALUES (?, ?, 0) ON CONFLICT DO UPDATE SET is_active = 0 WHERE is_active"
    return connection.execute(query, (seal, company)).rowcount


def told_to_rest(connection: sqlite3.Connection, seal: str, *, company: str, most: int = MOST_TOLD) -> None:
    """Put a seal to rest because somebody says so: one that a machine held always, any other while there is room."""
    if connection.execute("SELECT 1 FROM rubber WHERE uid = ?", (seal,)).fetchone() is None:
        (resting,) = connection.execute("SELECT count(*) FROM rubber WHERE NOT is_active").fetchone()
        if resting >= most:
            raise TooManyAtRest(seal=seal)
    put_to_rest(connection, seal, company=company)


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
