"""Which columns lists can have, and a list by those that somebody chose: the first stands always and is the link."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Columns = Mapping[str, Promise]
T = TypeVar("T")

INCIDENTS: Final[Columns] = {
    "kind": _("Kind"),
    "about": _("About"),
    "company": _("Company"),
    "owner": _("Responsible"),
    "opened": _("Opened"),
    "due": _("Due"),
    "state": _("State"),
}
PEOPLE: Final[Columns] = {"name": _("Name"), "login": _("Login"), "state": _("State")}
TAKE_OUTS: Final[Columns] = {
    "number": _("Seal number"),
    "seal": _("Seal"),
    "company": _("Company"),
    "place": _("Place"),
    "bearer": _("Bearer"),
    "companion": _("Companion"),
    "due": _("Due back"),
    "state": _("State"),
}
MACHINES: Final[Columns] = {
    "name": pgettext_lazy("a thing", "Name"),
    "serial": _("Serial number"),
    "company": _("Company"),
    "kind": _("Kind"),
    "unit": _("Unit"),
    "keeper": _("Keeper"),
    "group": _("Group"),
    "seen": _("Last contact"),
    "state": _("State"),
}
STOCK_TAKES: Final[Columns] = {
    "what": _("What is counted"),
    "company": _("Company"),
    "counter": _("Who counts"),
    "witness": _("Witness"),
    "opened": _("Count opened"),
    "state": _("State"),
}


@dataclass(frozen=True, slots=True)
class TableRow:
    url: str
    first: object
    cells: Sequence[object]


@dataclass(frozen=True, slots=True)
class Table:
    headings: Sequence[Promise]
    rows: Sequence[TableRow]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The columns that were chosen of those that there are; where none are, a page shows rows, and a file has all."""

    columns: Columns
    names: Sequence[str]

    @property
    def headings(self) -> list[Promise]:
        return [self.columns[name] for name in self._taken]

    def cells(self, row: Sequence[object]) -> list[object]:
        """Return these cells of a row that has one for each column."""
        return [cell for name, cell in zip(self.columns, row, strict=True) if name in self._taken]

    def table(self, found: Iterable[T], rows: Iterable[Sequence[object]], *, to: Callable[[T], str]) -> Table | None:
        if not self.names:
            return None
        shown = [(to(one), self.cells(row)) for one, row in zip(found, rows, strict=True)]
        return Table(self.headings, [TableRow(url, first, cells) for url, (first, *cells) in shown])

    @property
    def _taken(self) -> list[str]:
        first, *others = self.columns
        return [first, *(name for name in others if not self.names or name in self.names)]
