"""Where the words by which somebody is known still stand, read off the database's own list of tables.

The ledger is not looked through: it has no place for a name. What a right or a rule of the database keeps as it
is stays, and is counted. A table is gone through some blocks of its file at a time, so that nobody waits for long.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Final

from django.db import DatabaseError, connection, transaction
from psycopg import sql

from privyseal.identity.names import ERASED
from privyseal.ledger.transactions import transaction_required

BLOCKS: Final = 2_048
"""How much of the tables is gone through in one transaction: 16 MB."""

_LEAST_LETTERS: Final = 2
_COLUMNS: Final = """
    SELECT c.relname, a.attname, format_type(a.atttypid, NULL),
      pg_relation_size(c.oid) / current_setting('block_size')::int
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated = '' AND (t.typname IN ('text', 'varchar', 'jsonb', 'json') OR t.typcategory = 'A')
      AND has_column_privilege(c.oid, a.attnum, 'SELECT')
    ORDER BY 1, 2
"""
# A fact has no place for a name: what stands in the ledger are pseudonyms. What is sought stands in its own row.
_UNREAD: Final = ("ledger_", "django_", "blotting")
_TEXTS: Final = ("text", "character varying", "jsonb", "json")
# A login is not a part of a longer one, of a digest or of an English word. In JSON a line ends with a letter.
_BEFORE: Final = r"(?:(?<![A-Za-z0-9_-])(?<![A-Za-z0-9]\.)|(?<=\\[nrt]))"
_AFTER: Final = r"(?![A-Za-z0-9_-])(?!\.[A-Za-z0-9])"


@dataclass(frozen=True, slots=True)
class Place:
    """As far as the tables, in the order of their names, have been gone through."""

    table: str = ""
    block: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What one step came to: where the next begins, or None after the last; and how many tables are done."""

    after: Place | None
    tables: int = 0
    of: int = 0
    rows: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: Sequence[tuple[str, str]]
    blocks: int


@dataclass(frozen=True, slots=True)
class _Part:
    """Some blocks of a table, and its columns with their kinds."""

    table: str
    columns: Mapping[str, str]
    first: int
    end: int


@transaction_required
def blot_some(words: Sequence[str], start: Place, *, blocks: int = BLOCKS) -> Step:
    """Put a blot in the place of these words in so many blocks from a place on, wherever they may be written over."""
    sought = sorted({word for word in words if len(word) >= _LEAST_LETTERS}, key=len, reverse=True)
    tables, room = list(_tables()) if sought else [], blocks
    step = Step(None, of=len(tables))
    for table in tables:
        if table.name < start.table:
            continue
        first = start.block if table.name == start.table else 0
        end = max(first, min(table.blocks, first + room))
        rows, left = _blot(_Part(table.name, dict(table.columns), first, end), sought) if first < end else (0, 0)
        step = replace(step, rows=step.rows + rows, left=step.left + left)
        room -= end - first
        if end < table.blocks or room <= 0:
            return replace(step, after=Place(table.name, end))
        step = replace(step, tables=step.tables + 1)
    return step


def matching(word: str) -> str:
    """Return a pattern, for Python and for PostgreSQL, of a word that is not a part of a longer one."""
    return f"{_BEFORE}{re.escape(word)}{_AFTER}"


def _tables() -> Iterator[_Table]:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        rows = [row for row in cursor.fetchall() if not row[0].startswith(_UNREAD)]
    for name, found in groupby(rows, key=itemgetter(0)):
        own = list(found)
        yield _Table(name, [(column, kind) for _table, column, kind, _blocks in own], own[0][3])


def _blot(part: _Part, words: Sequence[str]) -> tuple[int, int]:
    """Write over what may be in these blocks; return in how many rows of columns that was, and in how many not."""
    found = {column: count for column, count in _counted(part, part.columns, words).items() if count}
    if not found:
        return 0, 0
    for column in found:
        if part.columns[column] in _TEXTS:
            for word in words:
                _write_over(part, column, word)
    left = sum(_counted(part, found, words).values())
    return max(0, sum(found.values()) - left), left


def _counted(part: _Part, columns: Iterable[str], words: Sequence[str]) -> dict[str, int]:
    """Return for each column in how many rows of these blocks one of the words stands; the blocks are read once."""
    names = list(columns)
    counted = sql.SQL(", ").join(
        sql.SQL("count(*) FILTER (WHERE {column}::text LIKE ANY (%s) AND {column}::text ~ %s)").format(
            column=sql.Identifier(name)
        )
        for name in names
    )
    likes, pattern = [_like(word) for word in words], "|".join(map(matching, words))
    statement = sql.SQL("SELECT {} FROM {} WHERE ctid >= %s::tid AND ctid < %s::tid")
    asked: list[list[str] | str] = [value for _name in names for value in (likes, pattern)]
    with connection.cursor() as cursor:
        cursor.execute(statement.format(counted, sql.Identifier(part.table)), (*asked, *_range(part)))
        return dict(zip(names, cursor.fetchone() or (), strict=True))


def _write_over(part: _Part, name: str, word: str) -> None:
    """Write over one word in one column, or leave it where the database has it stay; that is told by counting again."""
    column, table = sql.Identifier(name), sql.Identifier(part.table)
    statement = sql.SQL(
        "UPDATE {table} SET {column} = regexp_replace({column}::text, %s, %s, 'g')::{kind}"
        " WHERE ctid >= %s::tid AND ctid < %s::tid AND {column}::text LIKE %s AND {column}::text ~ %s"
    ).format(table=table, column=column, kind=sql.SQL(part.columns[name]))
    pattern = matching(word)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [pattern, ERASED, *_range(part), _like(word), pattern])
    except DatabaseError:
        return


def _range(part: _Part) -> tuple[str, str]:
    return f"({part.first},0)", f"({part.end},0)"


def _like(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
