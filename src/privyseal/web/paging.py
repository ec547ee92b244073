"""Long lists, a page at a time: nothing is counted, and no page costs more than the first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.db.models import Model, QuerySet, Subquery
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
A_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows of a list. ``last`` is the uid to go on from, empty where nothing follows."""

    rows: list[M]
    last: str
    is_first: bool


def mark_of(request: HttpRequest) -> str:
    """Return the uid of the row that the address wants to go on from, empty for the first page."""
    return request.GET.get("after", "")


def cut(rows: Iterable[M], mark: str, *, size: int = A_PAGE) -> Page[M]:
    """Make a page of up to one row more than it shows: that one says that something follows."""
    found = list(rows)
    last = str(found[size - 1].uid) if len(found) > size else ""  # type: ignore[attr-defined]  # every listed model has a uid
    return Page(found[:size], last, is_first=not mark)


def page_of(request: HttpRequest, rows: QuerySet[M], *, by: str, size: int = A_PAGE) -> Page[M]:
    """Return what comes after the row whose uid the address names, in an order in which no two rows are equal."""
    mark = mark_of(request)
    column, direction = by.removeprefix("-"), "lt" if by.startswith("-") else "gt"
    if mark:
        named: QuerySet[M, dict[str, object]] = QuerySet(rows.model).filter(uid=mark).order_by().values(column)
        rows = rows.filter(**{f"{column}__{direction}": Subquery(named)})
    return cut(rows.order_by(by)[: size + 1], mark, size=size)
