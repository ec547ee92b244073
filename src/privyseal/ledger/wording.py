"""Questions whose words are kept for whoever asks again: to find them takes longer than to answer."""

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date, datetime
from threading import Lock
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

_MOST_KEPT: Final = 1_000  # a few thousand bytes each; those that differ in their values alone share their words
_THEN: Final = object()


class Wordings:
    """The words of questions for keys, and where in their values the time stands. Answers are never kept."""

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[str, tuple[Any, ...]]] = OrderedDict()
        self._lock = Lock()

    def ask(self, about: Hashable, at: datetime, build: Callable[[], QuerySet[Any, Any]]) -> list[int]:
        """Ask what ``build`` asks; ``about`` names everything but the time that it goes by, read anew by the caller."""
        worded = self._found(about)
        if worded is None:
            query = build().query
            try:
                sql, values = query.get_compiler(connection=connection).as_sql()
            except EmptyResultSet:
                return []
            worded = sys.intern(sql), tuple(_THEN if value == at else value for value in values)
            # A time or day that was reckoned from that of the asking holds this once.
            if not any(isinstance(value, date) for value in worded[1]):
                self._keep(about, worded)
        words, values = worded
        with connection.cursor() as cursor:
            cursor.execute(words, [at if value is _THEN else value for value in values])
            return [key for (key,) in cursor.fetchall()]

    def _found(self, about: Hashable) -> tuple[str, tuple[Any, ...]] | None:
        with self._lock:
            found = self._kept.get(about)
            if found is not None:
                self._kept.move_to_end(about)
            return found

    def _keep(self, about: Hashable, worded: tuple[str, tuple[Any, ...]]) -> None:
        with self._lock:
            self._kept[about] = worded
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)


WORDINGS: Final = Wordings()
