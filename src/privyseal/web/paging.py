"""Long lists, a page at a time: nothing is counted, and no page costs more than the first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.db.models import Model, Q, QuerySet, Subquery
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
T = TypeVar("T")
A_PAGE: Final = 20
_LONGEST_NUMBER: Final = 6
_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows of a list. ``last`` is the uid to go on from, empty where nothing follows."""

    rows: list[M]
    last: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """Some of what is all in memory, counted from 1; ``earlier`` and ``later`` are where to go on from."""

    rows: Sequence[T]
    first: int
    last: int
    earlier: int | None
    later: int | None


def part_of(request: HttpRequest, rows: Sequence[T], *, size: int = A_PAGE) -> Part[T]:
    """Return what begins with the number that the address names."""
    first = min(_first(request), max(len(rows), 1))
    last = min(first + size - 1, len(rows))
    later = last + 1 if last < len(rows) else None
    return Part(rows[first - 1 : last], first, last, max(first - size, 1) if first > 1 else None, later)


def _first(request: HttpRequest) -> int:
    asked = request.GET.get("from", "1")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) <= _LONGEST_NUMBER else 1


def fact_before(request: HttpRequest) -> int | None:
    """Return the fact of the record that the address wants to go on from, None for the newest."""
    asked = request.GET.get("before", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= len(str(_LARGEST))
    return min(int(asked), _LARGEST) if is_number else None


def mark_of(request: HttpRequest) -> str:
    """Return the uid of the row that the address wants to go on from, empty for the first page."""
    return request.GET.get("after", "")


def cut(rows: Iterable[M], mark: str, *, size: int = A_PAGE) -> Page[M]:
    """Make a page of up to one row more than it shows: that one says that something follows."""
    found = list(rows)
    last = str(found[size - 1].uid) if len(found) > size else ""  # type: ignore[attr-defined]  # every listed model has a uid
    return Page(found[:size], last, is_first=not mark)


def page_of(request: HttpRequest, rows: QuerySet[M], *, by: str, then: str = "", size: int = A_PAGE) -> Page[M]:
    """Return what comes after the row whose uid the address names, in an order in which no two rows are equal."""
    mark, order = mark_of(request), [column for column in (by, then) if column]
    if mark:
        rows = rows.filter(_beyond(QuerySet(rows.model).filter(uid=mark).order_by(), order))
    return cut(rows.order_by(*order)[: size + 1], mark, size=size)


def _beyond(row: QuerySet[M], order: Sequence[str]) -> Q:
    """Return what comes after a row in this order."""
    first, *rest = order
    column, direction = first.removeprefix("-"), "lt" if first.startswith("-") else "gt"
    there = Subquery(row.values(column))
    beyond = Q((f"{column}__{direction}", there))
    return beyond | Q((column, there)) & _beyond(row, rest) if rest else beyond
