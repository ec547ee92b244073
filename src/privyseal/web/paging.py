"""Long lists, a page at a time: nothing is counted, and no page costs more than the first."""

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


def page_of(request: HttpRequest, rows: QuerySet[M], *, by: str, size: int = A_PAGE) -> Page[M]:
    """Return what comes after the row whose uid the address names, in an order in which no two rows are equal."""
    mark = request.GET.get("after", "")
    column, direction = by.removeprefix("-"), "lt" if by.startswith("-") else "gt"
    if mark:
        named: QuerySet[M, dict[str, object]] = QuerySet(rows.model).filter(uid=mark).order_by().values(column)
        rows = rows.filter(**{f"{column}__{direction}": Subquery(named)})
    found = list(rows.order_by(by)[: size + 1])
    last = str(found[size - 1].uid) if len(found) > size else ""  # type: ignore[attr-defined]  # every listed model has a uid
    return Page(found[:size], last, is_first=not mark)
