"""Rows by COPY: faster than any INSERT, and every column that nobody names gets its model's default."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeAlias

import psycopg
from django.db.models import NOT_PROVIDED, Field, JSONField, Model
from psycopg import sql

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
_NULL: Final = "\\N"

_CONSTRAINTS: Final = """
    SELECT contype = 'f', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype = ANY(%s) ORDER BY 1, 2, 3
"""
_PRIMARY: Final = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'p'"
_INDEXES: Final = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


class Sheet:
    """One table that rows are copied into. Values come in the order of ``columns``; text holds no backslash or tab."""

    def __init__(self, model: type[Model], *columns: str) -> None:
        described = model._meta  # noqa: SLF001  Django's documented name for what describes a model
        self.table = described.db_table
        fields = {field.column: field for field in described.concrete_fields if field.column is not None}
        self.is_numbered = "id" in fields
        usual = {name: _usual(field) for name, field in fields.items() if name not in columns and name != "id"}
        # A column without a default of the model's has one of the database's.
        self._usual = [text for text in usual.values() if text is not None]
        self._columns = [*columns, *(name for name, text in usual.items() if text is not None)]

    def copy(self, connection: Connection, rows: Iterable[Sequence[object]], *, is_begun_anew: bool = False) -> None:
        """Copy rows; into files begun anew they go as old rows, which no later cleaning has to write again."""
        end = "".join(f"\t{text}" for text in self._usual) + "\n"
        names = sql.SQL(", ").join(map(sql.Identifier, self._columns))
        how = sql.SQL("WITH (FREEZE)" if is_begun_anew else "")
        statement = sql.SQL("COPY {} ({}) FROM STDIN {}").format(sql.Identifier(self.table), names, how)
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write("".join("\t".join(map(_text, row)) + end for row in rows))

    def first_free(self, connection: Connection) -> int:
        """Return the first id that no row has."""
        query = sql.SQL("SELECT coalesce(max(id), 0) + 1 FROM {}").format(sql.Identifier(self.table))
        row = connection.execute(query).fetchone()
        return int(row[0]) if row else 1

    def keep_counting(self, connection: Connection) -> None:
        """Let the table's own ids go on after those that were copied."""
        query = "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM {}))"
        connection.execute(sql.SQL(query).format(sql.Identifier(self.table)), [self.table])


def bytea(digits: str) -> str:
    """Return how COPY writes the bytes that hexadecimal digits stand for."""
    return f"\\\\x{digits}"


def begin_anew(connection: Connection, tables: Iterable[str]) -> None:
    """Write the tables into new files: a server with a minimal log then keeps what follows out of it.

    It is written to the files alone, and on the disk before the transaction ends.
    """
    for table in tables:
        (key,) = connection.execute(_PRIMARY, [table]).fetchone() or ("",)
        connection.execute(f"CLUSTER {table} USING {key}")
        connection.execute(f"ALTER TABLE {table} SET WITHOUT CLUSTER")


@contextmanager
def bare(connection: Connection, tables: Sequence[str]) -> Iterator[None]:
    """Take off what is checked row by row, and put it back afterwards, checked over all rows at once.

    Triggers look beside each row at a table that was empty when they were planned, and would read it whole each time:
    they rest meanwhile, and what they forbid is not filled in.
    """
    names = list(tables)
    begin_anew(connection, names)
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what was copied before is checked now, not at the end
    for table in names:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    constraints = connection.execute(_CONSTRAINTS, [names, ["f", "u", "x", "c"]]).fetchall()
    indexes = connection.execute(_INDEXES, [names]).fetchall()
    for _, table, name, _ in reversed(constraints):
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        connection.execute(definition)
    for (_, table), added in groupby(constraints, itemgetter(0, 1)):  # a table is read once for all of its checks
        rules = ", ".join(f'ADD CONSTRAINT "{name}" {definition}' for *_, name, definition in added)
        connection.execute(f"ALTER TABLE {table} {rules}")
    for table in names:
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _usual(field: "Field[Any, Any]") -> str | None:
    if field.has_default():
        value = field.get_default()
        if field.null and not value:
            return _NULL
        return json.dumps(value) if isinstance(field, JSONField) else _text(value)
    if field.null:
        return _NULL
    return "" if field.empty_strings_allowed and field.db_default is NOT_PROVIDED and _is_text(field) else None


def _is_text(field: "Field[Any, Any]") -> bool:
    return field.get_internal_type() in {"CharField", "TextField", "URLField"}


def _text(value: object) -> str:
    match value:
        case None:
            return _NULL
        case bool():
            return "t" if value else "f"
        case []:
            return "{}"
        case bytes():
            return bytea(value.hex())
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
