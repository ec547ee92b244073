"""What a table of people or units has to say, row by row. Rows come in as text, errors go out with row and column."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Generic, TypeVar

from privyseal.identity.names import NameNotPlain, plain_name
from privyseal.identity.rules.organisation import Office
from privyseal.kernel.errors import Refused

MOST_LEVELS: Final = 10
_LONGEST: Final = 64
_BETWEEN: Final = "/"
_DAY: Final = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")


class Column(StrEnum):
    """A column of a table; its key stands in the heading."""

    LOGIN = "login"
    NAME = "name"
    COMPANY = "company"
    UNIT = "unit"
    JOINED_ON = "joined_on"
    POST = "post"
    OFFICE = "office"
    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"
    DEPUTY_FOR = "deputy_for"


class Wrong(StrEnum):
    """What is wrong with a cell."""

    MISSING = "missing"
    TOO_LONG = "too-long"
    NOT_PLAIN = "not-plain"
    NOT_A_DATE = "not-a-date"
    FORMULA = "formula"
    NOT_TEXT = "not-text"
    TWICE = "twice"
    TAKEN = "taken"
    NO_SUCH_COMPANY = "no-such-company"
    NO_SUCH_UNIT = "no-such-unit"
    NO_SUCH_TYPE = "no-such-type"
    NO_SUCH_PERSON = "no-such-person"
    MAY_NOT_KEEP = "may-not-keep"
    LOOKS_TAKEN = "looks-taken"
    NOT_YOURS = "not-yours"
    NO_SUCH_OFFICE = "no-such-office"
    NO_SUCH_POST = "no-such-post"
    NOT_ONESELF = "not-oneself"
    NOT_A_TERM = "not-a-term"
    DEPUTY_WITHOUT_END = "deputy-without-end"
    NOBODY_TO_DEPUTISE = "nobody-to-deputise"
    POWERS_CONFLICT = "powers-conflict"
    OWN_WORD = "own-word"
    KEEPS_A_SEAL = "keeps-a-seal"
    BARRED_FROM_KEEPING = "barred-from-keeping"
    KEEPERS_NOT_SEPARATE = "keepers-not-separate"
    OTHER_LEVEL = "other-level"


class Import(StrEnum):
    """How far a table that somebody brought has come."""

    READING = "reading"
    WRONG = "wrong"
    FINE = "fine"
    ENTERING = "entering"
    ENTERED = "entered"
    REFUSED = "refused"

    @property
    def is_under_way(self) -> bool:
        return self in {Import.READING, Import.ENTERING}


# fmt: off
PEOPLE: Final = (Column.LOGIN, Column.NAME, Column.COMPANY, Column.UNIT, Column.JOINED_ON)
UNITS: Final = (Column.COMPANY, Column.UNIT)
POSTS: Final = (Column.COMPANY, Column.UNIT, Column.POST, Column.OFFICE)
HOLDINGS: Final = (
    Column.LOGIN,
    Column.COMPANY,
    Column.UNIT,
    Column.POST,
    Column.STARTS_ON,
    Column.ENDS_ON,
    Column.DEPUTY_FOR,
)
OPTIONAL: Final = frozenset({
    Column.UNIT,         # whoever or whatever is in no unit belongs to the company itself; a unit's own row needs it
    Column.ENDS_ON,      # most posts are held until further notice
    Column.DEPUTY_FOR,   # most hold their post in their own right
})
# fmt: on


class ImportHasErrors(Refused):
    """One row is wrong, so none is entered."""

    code = "import-has-errors"


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was read: its number in the sheet, its cells as text, and those that could not be read as text."""

    number: int
    cells: Mapping[str, str]
    wrong: Mapping[str, Wrong]


@dataclass(frozen=True, slots=True)
class CellError:
    row: int
    column: str
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class PersonLine:
    row: int
    login: str
    name: str
    uscc: str
    unit: tuple[str, ...]
    joined_on: date


@dataclass(frozen=True, slots=True)
class UnitLine:
    row: int
    uscc: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostLine:
    row: int
    uscc: str
    unit: tuple[str, ...]
    name: str
    office: Office


@dataclass(frozen=True, slots=True)
class HoldingLine:
    row: int
    login: str
    uscc: str
    unit: tuple[str, ...]
    post: str
    starts_on: date
    ends_on: date | None
    deputy_for: str = ""


Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Line]):
    lines: tuple[Line, ...]
    errors: tuple[CellError, ...]


class Cells:
    """The cells of one row, asked for one by one; what is wrong with them is kept."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.errors: list[CellError] = []

    def text(self, column: StrEnum, *, is_needed: bool = True) -> str:
        """Return a plain text of at most 64 characters; one that is wrong is kept as an error and returned as nothing."""
        found = self._found(column, is_needed=is_needed)
        try:
            return plain_name(found) if found else ""
        except NameNotPlain:
            return self.is_wrong(column, Wrong.NOT_PLAIN)

    def path(self, column: StrEnum, *, is_needed: bool = True) -> tuple[str, ...]:
        """Return names that stand below each other, as in 财务部/资金组."""
        names = [name.strip() for name in self.text(column, is_needed=is_needed).split(_BETWEEN)]
        if names == [""]:
            return ()
        if not all(names) or len(names) > MOST_LEVELS:
            self.is_wrong(column, Wrong.NOT_PLAIN)
        return tuple(names)

    def day(self, column: StrEnum) -> date:
        found = self._found(column, is_needed=True)
        said = _DAY.fullmatch(found)
        try:
            return date(*(int(part) for part in said.groups())) if said else self._no_day(column, found)
        except ValueError:
            return self._no_day(column, found)

    def optional_day(self, column: StrEnum) -> date | None:
        return self.day(column) if self._row.cells.get(column.value) or column.value in self._row.wrong else None

    def is_wrong(self, column: StrEnum, wrong: Wrong) -> str:
        self.errors.append(CellError(self._row.number, column.value, wrong))
        return ""

    def _no_day(self, column: StrEnum, found: str) -> date:
        if found:
            self.is_wrong(column, Wrong.NOT_A_DATE)
        return date.min

    def _found(self, column: StrEnum, *, is_needed: bool) -> str:
        if column.value in self._row.wrong:
            return self.is_wrong(column, self._row.wrong[column.value])
        found = self._row.cells.get(column.value, "").strip()
        if not found and is_needed:
            return self.is_wrong(column, Wrong.MISSING)
        return found if len(found) <= _LONGEST * MOST_LEVELS else self.is_wrong(column, Wrong.TOO_LONG)


def people(rows: Sequence[Row]) -> Parsed[PersonLine]:
    def line(row: Row, cells: Cells) -> PersonLine:
        return PersonLine(
            row=row.number,
            login=_short(cells, Column.LOGIN),
            name=_short(cells, Column.NAME),
            uscc=_short(cells, Column.COMPANY),
            unit=cells.path(Column.UNIT, is_needed=False),
            joined_on=cells.day(Column.JOINED_ON),
        )

    return parsed(rows, line, key=lambda each: each.login, column=Column.LOGIN)


def units(rows: Sequence[Row]) -> Parsed[UnitLine]:
    def line(row: Row, cells: Cells) -> UnitLine:
        return UnitLine(row.number, _short(cells, Column.COMPANY), cells.path(Column.UNIT))

    return parsed(rows, line, key=lambda each: (each.uscc, *each.path) if each.path else "", column=Column.UNIT)


def posts(rows: Sequence[Row], called: Mapping[str, str]) -> Parsed[PostLine]:
    """Read every row; ``called`` says by which words an office may be named."""

    def line(row: Row, cells: Cells) -> PostLine:
        named = cells.text(Column.OFFICE)
        if named and named not in called:
            cells.is_wrong(Column.OFFICE, Wrong.NO_SUCH_OFFICE)
        return PostLine(
            row=row.number,
            uscc=_short(cells, Column.COMPANY),
            unit=cells.path(Column.UNIT, is_needed=False),
            name=_short(cells, Column.POST),
            office=Office(called.get(named, Office.STAFF)),
        )

    return parsed(
        rows, line, key=lambda each: (each.uscc, each.unit, each.name) if each.name else "", column=Column.POST
    )


def holdings(rows: Sequence[Row]) -> Parsed[HoldingLine]:
    def line(row: Row, cells: Cells) -> HoldingLine:
        starts_on, ends_on = cells.day(Column.STARTS_ON), cells.optional_day(Column.ENDS_ON)
        if ends_on is not None and date.min not in {starts_on, ends_on} and ends_on < starts_on:
            cells.is_wrong(Column.ENDS_ON, Wrong.NOT_A_TERM)
        deputy_for = _short(cells, Column.DEPUTY_FOR, is_needed=False)
        if deputy_for and ends_on is None:
            cells.is_wrong(Column.ENDS_ON, Wrong.DEPUTY_WITHOUT_END)
        return HoldingLine(
            row=row.number,
            login=_short(cells, Column.LOGIN),
            uscc=_short(cells, Column.COMPANY),
            unit=cells.path(Column.UNIT, is_needed=False),
            post=_short(cells, Column.POST),
            starts_on=starts_on,
            ends_on=ends_on,
            deputy_for=deputy_for,
        )

    def key(each: HoldingLine) -> object:
        return (each.login, each.uscc, each.unit, each.post) if each.login and each.post else ""

    return parsed(rows, line, key=key, column=Column.POST)


def parsed(
    rows: Sequence[Row], line: Callable[[Row, Cells], Line], *, key: Callable[[Line], object], column: StrEnum
) -> Parsed[Line]:
    """Read every row; one whose key stood in a row before is wrong in that column."""
    lines: list[Line] = []
    errors: list[CellError] = []
    seen: Counter[object] = Counter()
    for row in rows:
        cells = Cells(row)
        found = line(row, cells)
        seen[key(found)] += 1
        if key(found) and seen[key(found)] > 1:
            cells.is_wrong(column, Wrong.TWICE)
        lines.append(found)
        errors += cells.errors
    return Parsed(tuple(lines), tuple(errors))


def check_whole(errors: Iterable[CellError]) -> None:
    """Return if no cell is wrong, or refuse the whole table."""
    found = list(errors)
    if found:
        raise ImportHasErrors(row=found[0].row, column=found[0].column, count=len(found))


def _short(cells: Cells, column: StrEnum, *, is_needed: bool = True) -> str:
    text = cells.text(column, is_needed=is_needed)
    return text if len(text) <= _LONGEST else cells.is_wrong(column, Wrong.TOO_LONG)
