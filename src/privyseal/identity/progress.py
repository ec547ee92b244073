"""How far a long write is, seen from outside while its transaction is still open."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from privyseal.identity.tables import Tell

_WRITE = "UPDATE table_import SET done = %s WHERE uid = %s"


@contextmanager
def told(import_uid: str) -> Iterator[Tell]:
    """Give what writes the number of rows done over a connection of its own, which commits each time.

    Until its end the long transaction leaves the import's row alone: it would wait for itself.
    """
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            yield lambda rows: cursor.execute(_WRITE, [rows, import_uid])
    finally:
        beside.close()
