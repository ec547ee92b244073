"""Tables as the documents have them."""

from collections.abc import Sequence
from enum import StrEnum


def code(word: StrEnum | str) -> str:
    return f"`{word}`"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join(_line(cells) for cells in (head, ["---"] * len(head), *rows))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
