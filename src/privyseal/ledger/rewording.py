"""Questions put into words once for everybody, by stand-ins for what they go by, and asked with the values.

Whoever builds such a question gets the stand-ins alone: it can go by nothing else. Nor may it look at them: keys are
joined and looked for, and what is left of one set without another is for the database. So it is built again with
others, some of them alike, and refused where its words are others then.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from threading import Lock
from typing import Any, Final, NoReturn, TypeAlias, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, Prefetch, QuerySet
from psycopg import sql

from privyseal.ledger.stand_ins import StandIns, is_left
from privyseal.ledger.worded import Worded

Row = TypeVar("Row")
# Names what a question goes by, and returns how it is built of what stands for that.
Named: TypeAlias = Callable[[StandIns], Callable[[], QuerySet]]  # type: ignore[type-arg]  # cannot be subscripted at run time

_PLACES: Final = re.compile(r"%(.)")
_ANY_OF: Final = re.compile(r" IN \(([^()]*)\)")


class NotReworded(RuntimeError):
    """A bug: a question goes by something that it is not asked with."""


@dataclass(frozen=True, slots=True)
class _Kept:
    rows: QuerySet[Any, Any]
    worded: Worded
    said: tuple[bool, ...]

    def values(self, said: StandIns) -> tuple[Any, ...]:
        told = zip(self.worded.values, self.said, strict=True)
        return tuple(said.value(one) if is_said else one for one, is_said in told)


class Rewordings:
    """The words of questions, by how they are built. Answers are never kept."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, _Kept | None] = {}
        self._lock = Lock()

    def rows(self, about: Hashable, name: Callable[[StandIns], Callable[[], QuerySet[Any, Row]]]) -> list[Row]:
        """Ask what is built of stand-ins for what is named; ``about`` tells apart what is built of the same ones."""
        said = StandIns()
        build = name(said)
        with self._lock:
            is_new = about not in self._kept
        if is_new:
            found = _put_into_words(build, said)
            _check_words(found, said, name)
            with self._lock:
                self._kept[about] = found and _with_constants(found)
        kept = self._kept[about]
        if kept is None:
            return []
        asked = kept.rows.all()
        asked.query.worded = replace(kept.worded, values=kept.values(said))  # type: ignore[attr-defined]  # read by our compiler
        return list(asked)


def _put_into_words(build: Callable[[], QuerySet[Any, Any]], said: StandIns) -> _Kept | None:
    rows = _built(build)
    compiler: Any = rows.query.get_compiler(connection=connection)
    try:
        words, values = compiler.as_sql()
    except EmptyResultSet:
        return None
    _hold_no_values(rows)
    is_said = tuple(one in said for one in values)
    for one, is_known in zip(values, is_said, strict=True):
        if not is_known and (isinstance(one, date) or is_left(one)):
            raise NotReworded(f"{one!r} in {words}")
    if is_left(words):
        raise NotReworded(words)
    shape = compiler.select, compiler.klass_info, compiler.annotation_col_map
    return _Kept(rows, Worded(words, tuple(values), *shape, compiler.col_count, compiler.has_extra_select), is_said)


def _check_words(kept: _Kept | None, said: StandIns, name: Named) -> None:
    """Return if the question is asked in the words that it has when it is built of other values, or refuse it."""
    for series in said.others():
        others = StandIns(series)
        rows = _built(name(others))
        try:
            built = _told(*rows.query.get_compiler(connection=connection).as_sql())
        except EmptyResultSet:
            built = None
        asked = None if kept is None else _told(kept.worded.words, kept.values(said.standing_for(others)))
        if built != asked:
            raise NotReworded(f"looks at what it goes by: {built} instead of {asked}")


def _with_constants(kept: _Kept) -> _Kept:
    """Return the same with its own texts in the words, where a plan for whatever values finds them.

    It knows then which rows these are, and that an index of such rows alone serves.
    """
    worded = kept.worded
    left = iter(zip(worded.values, kept.said, strict=True))
    values: list[Any] = []
    said: list[bool] = []

    def placed(place: re.Match[str]) -> str:
        if place[1] != "s":
            return place[0]
        value, is_said = next(left)
        if isinstance(value, str) and not is_said:
            return sql.Literal(str(value)).as_string(None).replace("%", "%%")
        values.append(value)
        said.append(is_said)
        return place[0]

    words = _PLACES.sub(placed, worded.words)
    return _Kept(kept.rows, replace(worded, words=words, values=tuple(values)), tuple(said))


def _built(build: Callable[[], QuerySet[Any, Row]]) -> QuerySet[Any, Row]:
    with connection.execute_wrapper(_not_while_building):
        return build()


def _told(words: str, values: Sequence[Any]) -> str:
    """Return the words with the values in them; one of several is the same one in every order, and said twice."""
    left = iter(values)
    told = _PLACES.sub(lambda place: repr(next(left)) if place[1] == "s" else place[0], words)
    return _ANY_OF.sub(lambda those: f" IN {sorted(set(those[1].split(', ')))}", told)


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


class Verbatim(str):
    """A text of our own: stands in the words themselves."""

    __slots__ = ()


_TOLD_APART: Final = (bool, Enum, type(None), Most, Verbatim)  # what these say may change the words


def asked_with(find: Callable[..., QuerySet[Any, Row]], *said: Any) -> list[Row]:  # noqa: ANN401 - keys, times, texts and sets of keys
    """Return the rows of ``find(*said)``, a function of a module that goes by these alone and asks nothing itself."""

    def name(stand_ins: StandIns) -> Callable[[], QuerySet[Any, Row]]:
        given = [stand_in(one, stand_ins) for one in said]
        return lambda: find(*given)

    return REWORDINGS.rows(about(find, said), name)


def padded(texts: Iterable[str]) -> list[str]:
    """Return the texts, the last one several times, so that few numbers of them are told apart."""
    found = sorted(texts)
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found)) if found else []


def stand_in(one: Any, stand_ins: StandIns) -> Any:  # noqa: ANN401 - of the same kind
    if _is_told_apart(one):
        return one
    if isinstance(one, frozenset):
        return stand_ins.group(one)
    if isinstance(one, datetime):
        return stand_ins.moment(one)
    if isinstance(one, date):
        return stand_ins.day(one)
    return stand_ins.text(one) if isinstance(one, str) else stand_ins.number(one)


def _is_told_apart(one: Any) -> bool:  # noqa: ANN401 - as above
    return isinstance(one, _TOLD_APART) or not one


def about(find: Callable[..., QuerySet[Any, Row]], said: Iterable[Any]) -> Hashable:
    if getattr(find, "__closure__", None) is not None:
        raise NotReworded(f"{find} goes by what it was made in")
    return (find, *(one if _is_told_apart(one) else type(one) for one in said))
