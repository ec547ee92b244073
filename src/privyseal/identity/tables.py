"""A kind of table that can be entered as a whole: how it is read, what it is held against, and what enters it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from privyseal.identity.models import Person
from privyseal.identity.rules import CellError, Parsed, Power, Row

Tell: TypeAlias = Callable[[int], None]
"""Says how many rows are done."""


class Enter(Protocol):
    """Enters every line within the caller's transaction, and returns how many rows that made."""

    def __call__(self, actor: Person, at: datetime, *, lines: Any, sha256: str, tell: Tell) -> int: ...  # noqa: ANN401  lines of any kind of table


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    name: str
    power: Power
    columns: Sequence[StrEnum]
    optional: frozenset[StrEnum]
    most: int
    parse: Callable[[Sequence[Row], Mapping[str, str]], Parsed[Any]]
    wrong: Callable[[Person, datetime, Any], list[CellError]]
    enter: Enter
    task: str

    def __repr__(self) -> str:
        return f"<table of {self.name}>"


def tell_nobody(_rows: int) -> None:
    """Let a small table be entered in silence."""
