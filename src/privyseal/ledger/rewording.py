"""Questions put into words once for everybody, by stand-ins for what they go by, and asked with the values.

Whoever builds such a question gets the stand-ins alone: it can go by nothing else. It compares none with another, as
they all differ: keys are joined and looked for, and what is left of one set without another is for the database.
"""

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from threading import Lock
from typing import Any, Final, NoReturn, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, Prefetch, QuerySet

from privyseal.ledger.worded import Worded

Row = TypeVar("Row")
StandIn = TypeVar("StandIn", int, str, date, datetime)

_FIRST: Final = 1_900_000_000  # larger than any constant of a question, and fits a column of four bytes
_THEN: Final = datetime(2999, 1, 1, 13, 37, 11, 123_457, tzinfo=UTC)
_APART: Final = timedelta(days=2_000)
_MARK: Final = "e000" * 7  # what follows makes it as long as an id, in digits that one is written in
_LEFT: Final = re.compile(f"19000000[0-9]{{2}}|{_MARK}")
_GROUPS: Final = re.compile(r"\{19000000[0-9]{2}(,19000000[0-9]{2})*\}")


class NotReworded(RuntimeError):
    """A bug: a question goes by something that it is not asked with."""


class StandIns:
    """Values, and what stands for each: the same for whatever values, if they are named in the same order."""

    def __init__(self) -> None:
        self._values: dict[Hashable, Any] = {}

    def number(self, value: int) -> int:
        return self._add(_FIRST + len(self._values), value)

    def moment(self, value: datetime) -> datetime:
        return self._add(_THEN + _APART * len(self._values), value)

    def day(self, value: date) -> date:
        return self._add((_THEN + _APART * len(self._values)).date(), value)

    def text(self, value: str) -> str:
        return self._add(f"{_MARK}{len(self._values):04x}", value)

    def group(self, value: frozenset[int]) -> int:
        """Return the one member of what stands for keys among which something is looked for."""
        return self._add(_FIRST + len(self._values), value)

    @property
    def has_texts(self) -> bool:
        return any(isinstance(one, str) for one in self._values)

    def __contains__(self, found: object) -> bool:
        if isinstance(found, str) and _GROUPS.fullmatch(found):
            return all(isinstance(self._values.get(one), frozenset) for one in _members(found))
        if isinstance(found, bytes):
            return found.hex() in self._values
        if isinstance(found, datetime):
            return self._reckoned_from(found) is not None
        return isinstance(found, int | date | str) and found in self._values

    def value(self, found: Any) -> Any:  # noqa: ANN401 - a value of a question, of every kind
        """Return what a stand-in stands for, in the form that the question has it in."""
        if isinstance(found, str) and _GROUPS.fullmatch(found):
            joined = frozenset[int]().union(*(self._values[one] for one in _members(found)))
            return f"{{{','.join(map(str, sorted(joined)))}}}"
        if isinstance(found, bytes):
            return _bytes(self._values[found.hex()])
        if isinstance(found, datetime):
            stand_in = self._reckoned_from(found)
            return self._values[stand_in] + (found - stand_in) if stand_in else found
        value = self._values[found]
        return type(found)(value) if isinstance(found, int) else value

    def _reckoned_from(self, found: datetime) -> datetime | None:
        """Return from what a time was reckoned by adding a span; what was cut to whole minutes or days was not."""
        if found.microsecond != _THEN.microsecond:
            return None
        moments = (one for one in self._values if isinstance(one, datetime))
        return next((one for one in moments if abs(found - one) < _APART / 2), None)

    def _add(self, stand_in: StandIn, value: object) -> StandIn:
        self._values[stand_in] = value
        return stand_in


def _bytes(text: str) -> bytes:
    """Return a digest or an id as the database has it, and what is none as what finds nothing."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return text.encode()


def _members(found: str) -> list[int]:
    return [int(one) for one in found[1:-1].split(",")]


@dataclass(frozen=True, slots=True)
class _Kept:
    rows: QuerySet[Any, Any]
    worded: Worded
    said: tuple[bool, ...]


class Rewordings:
    """The words of questions, by how they are built. Answers are never kept."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, _Kept | None] = {}
        self._lock = Lock()

    def rows(self, about: Hashable, said: StandIns, build: Callable[[], QuerySet[Any, Row]]) -> list[Row]:
        """Ask what ``build`` builds of stand-ins; ``about`` tells apart what is built of the same stand-ins."""
        with self._lock:
            is_new = about not in self._kept
        if is_new:
            found = _put_into_words(build, said)
            with self._lock:
                self._kept[about] = found
        kept = self._kept[about]
        if kept is None:
            return []
        asked = kept.rows.all()
        worded = kept.worded
        values = (said.value(one) if is_said else one for one, is_said in zip(worded.values, kept.said, strict=True))
        asked.query.worded = replace(worded, values=tuple(values))  # type: ignore[attr-defined]  # read by our compiler
        return list(asked)


def _put_into_words(build: Callable[[], QuerySet[Any, Any]], said: StandIns) -> _Kept | None:
    with connection.execute_wrapper(_not_while_building):
        rows = build()
        compiler: Any = rows.query.get_compiler(connection=connection)
        try:
            words, values = compiler.as_sql()
        except EmptyResultSet:
            if said.has_texts:  # the text may be why
                raise NotReworded("finds nothing by what stands for a text") from None
            return None
    _hold_no_values(rows)
    is_said = tuple(one in said for one in values)
    for one, is_known in zip(values, is_said, strict=True):
        if not is_known and (isinstance(one, date) or _LEFT.search(str(one))):
            raise NotReworded(f"{one!r} in {words}")
    if _LEFT.search(words):
        raise NotReworded(words)
    shape = compiler.select, compiler.klass_info, compiler.annotation_col_map
    return _Kept(rows, Worded(words, tuple(values), *shape, compiler.col_count, compiler.has_extra_select), is_said)


def _not_while_building(_execute: object, sql: str, *_: object) -> NoReturn:
    raise NotReworded(f"asks {sql} while it is built")


def _hold_no_values(rows: QuerySet[Any, Any]) -> None:
    """Return if what is fetched beside the rows goes by the rows alone."""
    if rows._known_related_objects:  # type: ignore[attr-defined]  # noqa: SLF001
        raise NotReworded("is asked from a row")
    for lookup in rows._prefetch_related_lookups:  # type: ignore[attr-defined]  # noqa: SLF001
        beside: QuerySet[Model] | None = lookup.queryset if isinstance(lookup, Prefetch) else None
        if beside is not None:
            if beside.query.where:
                raise NotReworded("what is fetched beside has conditions")
            _hold_no_values(beside)


REWORDINGS: Final = Rewordings()


class Most(int):
    """How many rows are asked for: stands in the words themselves."""


_TOLD_APART: Final = (bool, Enum, type(None), Most)  # what these say may change the words


def asked_with(find: Callable[..., QuerySet[Any, Row]], *said: Any) -> list[Row]:  # noqa: ANN401 - keys, times, texts and sets of keys
    """Return the rows of ``find(*said)``, a function of a module that goes by these alone and asks nothing itself."""
    stand_ins = StandIns()
    given = [stand_in(one, stand_ins) for one in said]
    return REWORDINGS.rows(about(find, said), stand_ins, lambda: find(*given))


def stand_in(one: Any, stand_ins: StandIns) -> Any:  # noqa: ANN401 - of the same kind
    if isinstance(one, _TOLD_APART):
        return one
    if isinstance(one, frozenset):
        return frozenset({stand_ins.group(one)})
    if isinstance(one, datetime):
        return stand_ins.moment(one)
    if isinstance(one, date):
        return stand_ins.day(one)
    return stand_ins.text(one) if isinstance(one, str) else stand_ins.number(one)


def about(find: Callable[..., QuerySet[Any, Row]], said: Iterable[Any]) -> Hashable:
    if getattr(find, "__closure__", None) is not None:
        raise NotReworded(f"{find} goes by what it was made in")
    return (find, *(one if isinstance(one, _TOLD_APART) else type(one) for one in said))
