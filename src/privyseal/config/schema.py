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
# Of 0.1.0 the migrations are called like the first ones of today, and made other tables.
_MAKES_POSTS: Final = ("identity", "0001_initial")
_IS_OF_THE_FIRST: Final = "SELECT to_regclass('post_holding') IS NULL"
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
    """Return which migrations of ours the database has had that this version does not bring, or brings otherwise."""
    brought = {(path.parent.parent.name, path.stem) for path in _sources()}
    ours = {app for app, _ in brought}
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
            return []
        had = [(app, name) for app, name in connection.execute(_HAD).fetchall() if app in ours]
        is_of_the_first = connection.execute(_IS_OF_THE_FIRST).fetchone() == (True,)
    others = [one for one in had if one not in brought or (is_of_the_first and one == _MAKES_POSTS)]
    return [f"{app}.{name}" for app, name in others]


def mark(url: str) -> None:
    """Write down, as the owner, that the database has what this version wants."""
    with psycopg.connect(url) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(wanted())))


def _sources() -> Iterator[Path]:
    yield from sorted(_PACKAGE.glob("*/migrations/*.py"))
    yield _PACKAGE / "config" / "grants.py"
