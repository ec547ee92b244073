"""Where the words by which somebody is known still stand, read off the database's own list of tables.

The ledger is not looked through: it has no place for a name. What a right or a rule of the database keeps as it
is stays, and is counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final

from django.db import DatabaseError, connection, transaction
from psycopg import sql

from privyseal.identity.names import ERASED
from privyseal.ledger.transactions import transaction_required

_LEAST_LETTERS: Final = 2
_COLUMNS: Final = """
    SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated = '' AND (t.typname IN ('text', 'varchar', 'jsonb', 'json') OR t.typcategory = 'A')
      AND has_column_privilege(c.oid, a.attnum, 'SELECT')
    ORDER BY 1, 2
"""
# A fact has no place for a name: what stands in the ledger are pseudonyms.
_UNREAD: Final = ("ledger_", "django_")
_TEXTS: Final = ("text", "character varying", "jsonb", "json")


@dataclass(frozen=True, slots=True)
class Trace:
    """A column in which one of the words stands, in so many rows."""

    table: str
    column: str
    kind: str
    rows: int


def traces_of(words: Sequence[str]) -> list[Trace]:
    """Return where any of these words stands, longest list first."""
    sought = _sought(words)
    if not sought:
        return []
    return sorted(_traces(sought), key=lambda trace: (-trace.rows, trace.table, trace.column))


@transaction_required
def blot(words: Sequence[str]) -> int:
    """Put a blot in the place of these words wherever they may be written over; return in how many rows they stay."""
    for trace in traces_of(words):
        if trace.kind in _TEXTS:
            _blot(trace, _sought(words))
    return sum(trace.rows for trace in traces_of(words))


def _sought(words: Sequence[str]) -> list[str]:
    return sorted({word for word in words if len(word) >= _LEAST_LETTERS}, key=len, reverse=True)


def _traces(words: Sequence[str]) -> Iterator[Trace]:
    """Read each table once, whatever its columns are."""
    patterns = [_like(word) for word in words]
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        columns = [row for row in cursor.fetchall() if not row[0].startswith(_UNREAD)]
        for table, found in groupby(columns, key=itemgetter(0)):
            own = [(column, kind) for _table, column, kind in found]
            counted = sql.SQL(", ").join(
                sql.SQL("count(*) FILTER (WHERE {}::text LIKE ANY (%s))").format(sql.Identifier(column))
                for column, _kind in own
            )
            cursor.execute(sql.SQL("SELECT {} FROM {}").format(counted, sql.Identifier(table)), [patterns] * len(own))
            for (column, kind), rows in zip(own, cursor.fetchone() or (), strict=True):
                if rows:
                    yield Trace(table, column, kind, rows)


def _blot(trace: Trace, words: Sequence[str]) -> None:
    """Write over one column, or leave it where the database has it stay."""
    column, table = sql.Identifier(trace.column), sql.Identifier(trace.table)
    statement = sql.SQL(
        "UPDATE {table} SET {column} = replace({column}::text, %s, %s)::{kind} WHERE {column}::text LIKE %s"
    ).format(table=table, column=column, kind=sql.SQL(trace.kind))
    for word in words:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, [word, ERASED, _like(word)])
        except DatabaseError:
            continue


def _like(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
