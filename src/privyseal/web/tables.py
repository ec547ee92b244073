"""Lists that leave us as files for a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from enum import StrEnum
from io import StringIO
from typing import Final

from django.http import HttpResponse

from privyseal.identity import sheets
from privyseal.web.downloads import attachment

CSV: Final = "text/csv; charset=utf-8"
MOST_ROWS: Final = 50_000
# A spreadsheet takes a cell that begins with one of these for a formula, and runs it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_QUOTED: Final = "'"
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


def csv_file(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Answer with a table to be saved under this name; no cell of it is a formula."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow([harmless(str(cell)) for cell in header])
    writer.writerows([harmless(str(cell)) for cell in row] for row in rows)
    return attachment((_BYTE_ORDER_MARK + written.getvalue()).encode(), name=name, kind=CSV)


def harmless(cell: str) -> str:
    """Return the text of a cell so that a spreadsheet shows it and runs nothing."""
    return _QUOTED + cell if cell.lstrip(" ").startswith(_FORMULA) else cell
