"""How the database plans what it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_for_what_is_asked() -> Iterator[None]:
    """Have what is asked inside planned for its words and states: no plan is good for rare and for common ones.

    Nor does a plan for any value use an index of some rows alone.
    """
    connection.ensure_connection()
    kept, connection.connection.prepare_threshold = connection.connection.prepare_threshold, None
    try:
        yield
    finally:
        connection.connection.prepare_threshold = kept
