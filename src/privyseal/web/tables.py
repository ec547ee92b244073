"""Lists that leave us as files for a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from io import StringIO, TextIOWrapper
from tempfile import TemporaryFile
from typing import Final

from django.http import FileResponse, HttpResponse

from privyseal.identity import sheets
from privyseal.web.downloads import attachment, written

CSV: Final = "text/csv; charset=utf-8"
MOST_ROWS: Final = 50_000
# A spreadsheet takes a cell that begins with one of these for a formula, and runs it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_QUOTED: Final = "'"
# Where semicolons stand between cells, as in much of Europe, a quote in the middle of a line keeps nothing together.
_INSIDE: Final = re.compile(r"([;\t\r\n]\s*)(?=[=+\-@＝＋－＠])")
_BYTE_ORDER_MARK: Final = "\ufeff"  # without it, spreadsheets take the Chinese for another encoding


class Ending(StrEnum):
    """What a table can be saved as, by the end of its file's name."""

    CSV = "csv"
    XLSX = "xlsx"


def table_file(name: str, ending: Ending, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Answer with a table to be saved under this name and ending."""
    if ending is Ending.CSV:
        return csv_file(f"{name}.csv", header, rows)
    return attachment(sheets.filled(header, rows), name=f"{name}.xlsx", kind=sheets.XLSX)


def long_table_file(
    name: str, ending: Ending, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> FileResponse:
    """Answer with a table of any length: written to the disk first, while whoever asks may still read what is in it."""
    file = TemporaryFile()  # noqa: SIM115  the answer closes it once it is sent
    if ending is Ending.XLSX:
        sheets.fill(file, header, rows)
        return written(file, name=f"{name}.xlsx", kind=sheets.XLSX)
    text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    text.write(_BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow([harmless(str(cell)) for cell in header])
    writer.writerows([harmless(str(cell)) for cell in row] for row in rows)
    return written(text.detach(), name=f"{name}.csv", kind=CSV)


def csv_file(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Answer with a table to be saved under this name; no cell of it is a formula."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow([harmless(str(cell)) for cell in header])
    writer.writerows([harmless(str(cell)) for cell in row] for row in rows)
    return attachment((_BYTE_ORDER_MARK + written.getvalue()).encode(), name=name, kind=CSV)


def harmless(cell: str) -> str:
    """Return the text of a cell so that a spreadsheet shows it and runs nothing, whatever it takes cells apart by."""
    inside = _INSIDE.sub(rf"\1{_QUOTED}", cell)
    return _QUOTED + inside if cell.lstrip(" ").startswith(_FORMULA) else inside
