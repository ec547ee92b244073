"""Which schema a database has: the database says so itself, in its comment."""

from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

_PACKAGE: Final = Path(__file__).parent.parent
_HAD: Final = "SELECT app, name FROM django_migrations ORDER BY id"
_READ: Final = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"


def wanted() -> str:
    """Return the mark of the migrations and grants that this version brings."""
    said = sha256(f"{version('django')} {version('django-allauth')}".encode())
    for path in _sources():
        said.update(path.name.encode() + path.read_bytes())
    return f"privyseal schema {said.hexdigest()}"


def found(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute(_READ).fetchone()
    return str(row[0]) if row and row[0] else ""


def strange(url: str) -> list[str]:
    """Return which migrations of ours the database has had that this version does not bring."""
    brought = {(path.parent.parent.name, path.stem) for path in _sources()}
    ours = {app for app, _ in brought}
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
            return []
        had = connection.execute(_HAD).fetchall()
    return [f"{app}.{name}" for app, name in had if app in ours and (app, name) not in brought]


def mark(url: str) -> None:
    """Write down, as the owner, that the database has what this version wants."""
    with psycopg.connect(url) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(wanted())))


def _sources() -> Iterator[Path]:
    yield from sorted(_PACKAGE.glob("*/migrations/*.py"))
    yield _PACKAGE / "config" / "grants.py"
