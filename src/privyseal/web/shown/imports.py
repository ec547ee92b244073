"""Tables that were brought in, as a reader sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils.functional import Promise

from privyseal.identity.models import TableImport
from privyseal.identity.rules import Import, Wrong
from privyseal.language.refusals import words_of
from privyseal.language.tables import IMPORT, WRONG
from privyseal.web.shown.words import Badge

_MOST_SHOWN: Final = 10
_TONE: Final = {
    Import.READING: "pending",
    Import.WRONG: "rejected",
    Import.FINE: "approved",
    Import.ENTERING: "pending",
    Import.ENTERED: "approved",
    Import.REFUSED: "rejected",
}


@dataclass(frozen=True, slots=True)
class ErrorRow:
    row: int
    column: Promise | str
    words: Promise


@dataclass(frozen=True, slots=True)
class Brought:
    """One import: ``done`` of ``rows`` are entered, and nobody else sees any of them before the end."""

    uid: str
    by: str
    at: datetime
    badge: Badge
    state: Import
    is_under_way: bool
    rows: int
    done: int
    errors: tuple[ErrorRow, ...]
    error_count: int
    refusal: str


def of(found: TableImport, words: Mapping[str, Promise]) -> Brought:
    state = Import(found.state)
    return Brought(
        uid=found.uid,
        by=found.brought_by.name,
        at=found.brought_at,
        badge=Badge(IMPORT[state], _TONE[state]),
        state=state,
        is_under_way=state.is_under_way,
        rows=found.rows,
        done=found.done,
        errors=tuple(
            ErrorRow(row, words.get(column, column), WRONG[Wrong(wrong)]) for row, column, wrong in found.errors
        ),
        error_count=found.error_count,
        refusal=words_of(found.refusal["code"], found.refusal["facts"]) if found.refusal else "",
    )


def rows(brought: QuerySet[TableImport]) -> list[Brought]:
    return [of(each, {}) for each in brought[:_MOST_SHOWN]]
