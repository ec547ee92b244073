"""Tables from XLSX files that somebody sends: measured, looked over and only then read, into text alone."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO
from typing import IO, Any, Final
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]  # the library ships no types
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]  # the library ships no types
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]  # the library ships no types
from openpyxl.styles import Font  # type: ignore[import-untyped]  # the library ships no types
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # the library ships no types
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]  # the library ships no types
from openpyxl.writer.excel import save_workbook  # type: ignore[import-untyped]  # the library ships no types

from privyseal.identity.rules import Row, Wrong
from privyseal.kernel.errors import Refused
from privyseal.kernel.file_kinds import TABLE

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES: Final = TABLE.most_bytes
_MOST_INFLATED: Final = 100 * 1024 * 1024
_MOST_PARTS: Final = 200
_MOST_COLUMNS: Final = 40
_MOST_LINES: Final = 200_000  # empty ones included
_MOST_MARKS: Final = 600_000  # of markup: one that is read as a style takes half a kilobyte of memory
_FIRST_BYTES: Final = 1024
# What the readers of ZIP, of deflated bytes and of the parts raise over what was damaged, or made to be read wrongly.
_BROKEN: Final = (
    BadZipFile,
    InvalidFileException,
    zlib.error,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    AttributeError,
)
_FORMULA: Final = "f"
_COLUMN_WIDTH: Final = 26
_MOST_IN_A_CELL: Final = 32_767  # UTF-16 units: the most that a spreadsheet opens
_CUT: Final = " […]"


class SheetUnreadable(Refused):
    """This is no XLSX file, or not one that we read: too large, encrypted, or built to do harm."""

    code = "sheet-unreadable"


class ColumnsMissing(Refused):
    code = "columns-missing"


class TooManyRows(Refused):
    code = "too-many-rows"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a template: its key, and what people read."""

    key: str
    words: str

    def __str__(self) -> str:
        return f"{self.words} ({self.key})"


def read(data: bytes, columns: Sequence[StrEnum], *, optional: frozenset[StrEnum], most: int) -> list[Row]:
    """Return the rows of the first sheet by the keys in its headings, or refuse.

    (1) sizes, and how much markup; (2) no part declares anything; (3) cells become text, formulas never values.
    """
    check_container(data)  # (1) (2)
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
        rows = list(_rows(book.worksheets[0], columns, optional, most))  # (3)
        book.close()
    except _BROKEN as error:
        raise SheetUnreadable from error
    return rows


def template(headings: Sequence[Heading]) -> bytes:
    """Return an empty table with these headings; every column is text, so that nothing is lost in typing."""
    book = Workbook()
    sheet = book.active
    sheet.append([str(heading) for heading in headings])
    sheet.freeze_panes = "A2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = _COLUMN_WIDTH
        sheet.column_dimensions[cell.column_letter].number_format = "@"
    data = BytesIO()
    save_workbook(book, data)
    return data.getvalue()


def filled(header: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table with these rows; every cell is text, whatever it begins with."""
    data = BytesIO()
    fill(data, header, rows)
    return data.getvalue()


def fill(file: IO[bytes], header: Sequence[object], rows: Iterable[Sequence[object]]) -> None:
    """Write a table into a file, row by row: however many there are, few are in memory at once."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for index in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(index)].width = _COLUMN_WIDTH
    sheet.append([_as_text(sheet, cell, is_bold=True) for cell in header])
    for row in rows:
        sheet.append([_as_text(sheet, cell) for cell in row])
    save_workbook(book, file)


def _as_text(sheet: Any, said: object, *, is_bold: bool = False) -> Any:  # noqa: ANN401  untyped library
    cell = WriteOnlyCell(sheet, _cut(ILLEGAL_CHARACTERS_RE.sub("", str(said))))
    cell.data_type = "s"  # else what begins with = would be a formula
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def _cut(text: str) -> str:
    """Return as much as a cell holds, with a mark where that is not all: the library would cut it without a word."""
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * _MOST_IN_A_CELL:
        return text
    return units[: 2 * (_MOST_IN_A_CELL - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


def check_container(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise SheetUnreadable
    try:
        with ZipFile(BytesIO(data)) as container:
            parts = container.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_INFLATED:
                raise SheetUnreadable
            marks = 0
            for part in parts:
                data_of = container.open(part).read(part.file_size + 1)
                _check_part(data_of, part.file_size)
                marks += data_of.count(b"<")
    except _BROKEN as error:
        raise SheetUnreadable from error
    if marks > _MOST_MARKS:
        raise SheetUnreadable


def _check_part(data: bytes, said: int) -> None:
    """Refuse a part that is larger than it says, or XML with declarations: those grow without end, or read files."""
    head = data[:_FIRST_BYTES]
    is_other_encoding = head[:2] in {b"\xff\xfe", b"\xfe\xff"} or (b"\x00" in head[:4] and head[:1] == b"<")
    if len(data) > said or is_other_encoding or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise SheetUnreadable


def _rows(sheet: Any, columns: Sequence[StrEnum], optional: frozenset[StrEnum], most: int) -> Iterator[Row]:  # noqa: ANN401  untyped library
    lines = sheet.iter_rows(max_col=_MOST_COLUMNS)
    keys = [_key(cell.value) for cell in next(lines, ())]
    if {column.value for column in columns if column not in optional} - set(keys):
        raise ColumnsMissing
    for number, cells in enumerate(lines, start=2):
        named = {key: cell for key, cell in zip(keys, cells, strict=False) if key and cell.value is not None}
        if number > (most + 1 if named else _MOST_LINES):
            raise TooManyRows(most=most)
        if not named:
            continue
        read_as = {key: _text(cell) for key, cell in named.items()}
        yield Row(
            number,
            {key: text for key, text in read_as.items() if not isinstance(text, Wrong)},
            {key: text for key, text in read_as.items() if isinstance(text, Wrong)},
        )


def _key(heading: object) -> str:
    """Return the key of a heading like 姓名 (name)."""
    text = str(heading or "").strip()
    return text.rpartition("(")[2].rstrip(")").strip() if text.endswith(")") else text


def _text(cell: Any) -> str | Wrong:  # noqa: ANN401  untyped library
    value = cell.value
    if cell.data_type == _FORMULA or (isinstance(value, str) and value.startswith("=")):
        return Wrong.FORMULA
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    is_text = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value).strip() if is_text else Wrong.NOT_TEXT
