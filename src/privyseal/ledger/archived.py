"""Whether the database keeps its own log elsewhere as it is written: PostgreSQL itself only tries again and says so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

UNKEPT: Final = """
SELECT last_failed_wal, last_failed_time FROM pg_stat_archiver
WHERE last_failed_time > coalesce(last_archived_time, '-infinity')
"""


@dataclass(frozen=True, slots=True)
class Unkept:
    """The first file of the log that its archive does not take, and when that was tried last."""

    file: str
    at: datetime


def unkept() -> Unkept | None:
    """Return what waits for its archive, after it was tried in vain; None where nothing does or nothing is archived."""
    with connection.cursor() as cursor:
        cursor.execute(UNKEPT)
        found = cursor.fetchone()
    return Unkept(*found) if found else None
