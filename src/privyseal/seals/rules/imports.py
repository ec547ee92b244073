"""What a table of seals that exist already has to say, row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from privyseal.identity.rules import Cells, Parsed, Row, Wrong, parsed
from privyseal.seals.rules.life import SealType

_LONGEST: Final = 64


class SealColumn(StrEnum):
    """A column of a table of seals; its key stands in the heading."""

    COMPANY = "company"
    NAME = "name"
    TYPE = "type"
    UNIT = "unit"
    KEEPER = "keeper"
    MAKER = "maker"
    FILING_NUMBER = "filing_number"
    MADE_ON = "made_on"
    ENDS_ON = "ends_on"


SEALS: Final = tuple(SealColumn)
# fmt: off
SEALS_OPTIONAL: Final = frozenset({
    SealColumn.UNIT,            # a seal of no unit belongs to the company itself
    SealColumn.MAKER,           # nobody may know any more who carved it
    SealColumn.FILING_NUMBER,   # an unfiled seal is entered all the same, and reported
    SealColumn.MADE_ON,
    SealColumn.ENDS_ON,
})
# fmt: on


@dataclass(frozen=True, slots=True)
class SealLine:
    row: int
    uscc: str
    name: str
    type: SealType
    own_type: str
    unit: tuple[str, ...]
    keeper: str
    maker: str
    filing_number: str
    made_on: date | None
    ends_on: date | None


def seals(rows: Sequence[Row], types: Mapping[str, SealType | None]) -> Parsed[SealLine]:
    """Read every row; ``types`` are the words by which a type may be called, and None for one of a group's own."""

    def line(row: Row, cells: Cells) -> SealLine:
        called = cells.text(SealColumn.TYPE)
        if called and called not in types:
            cells.is_wrong(SealColumn.TYPE, Wrong.NO_SUCH_TYPE)
        return SealLine(
            row=row.number,
            uscc=cells.text(SealColumn.COMPANY),
            name=_short(cells, SealColumn.NAME),
            type=types.get(called) or SealType.OTHER,
            own_type=called if called in types and types[called] is None else "",
            unit=cells.path(SealColumn.UNIT, is_needed=False),
            keeper=cells.text(SealColumn.KEEPER),
            maker=_short(cells, SealColumn.MAKER, is_needed=False),
            filing_number=_short(cells, SealColumn.FILING_NUMBER, is_needed=False),
            made_on=cells.optional_day(SealColumn.MADE_ON),
            ends_on=cells.optional_day(SealColumn.ENDS_ON),
        )

    return parsed(rows, line, key=lambda each: (each.uscc, each.name) if each.name else "", column=SealColumn.NAME)


def _short(cells: Cells, column: SealColumn, *, is_needed: bool = True) -> str:
    text = cells.text(column, is_needed=is_needed)
    return text if len(text) <= _LONGEST else cells.is_wrong(column, Wrong.TOO_LONG)
