"""What a line of a use is bound to where there is no file: paper that was photographed, or a closed envelope."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json

MOST_SHEETS: Final = 5_000
MOST_TAKEN: Final = 30
MOST_A_COPY: Final = 999
LONGEST_TITLE: Final = 100
LONGEST_ENVELOPE: Final = 32


class Binding(StrEnum):
    """What a line is bound to."""

    FILE = "file"
    PAPER = "paper"
    SECRET = "secret"  # noqa: S105  the design's word for a kind of paper, and no password


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document that exists only on paper: how many pages it has, and the photographs that were taken of it."""

    pages: int
    photographs: tuple[str, ...]

    @property
    def binding(self) -> Binding:
        return Binding.PAPER

    def to_json(self) -> dict[str, Json]:
        return {"to": self.binding.value, "pages": self.pages, "photographs": list(self.photographs)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A document whose content is not shown: its title, its envelope's number, its pages.

    ``impressions`` is how often a seal goes on a copy of it: no place says it.
    """

    pages: int
    title: str
    envelope: str
    impressions: int = 0

    @property
    def binding(self) -> Binding:
        return Binding.SECRET

    def to_json(self) -> dict[str, Json]:
        said: dict[str, Json] = {
            "to": self.binding.value,
            "pages": self.pages,
            "title": self.title,
            "envelope": self.envelope,
        }
        return said | ({"impressions": self.impressions} if self.impressions else {})


Bound = Paper | Secret


def bound_from_json(value: object) -> Bound:
    """Return what a line is bound to, or raise Misshapen."""
    kind = value.get("to") if isinstance(value, Mapping) else None
    if kind == Binding.PAPER:
        entry = shapes.fields(value, frozenset({"to", "pages", "photographs"}))
        taken = shapes.items(entry["photographs"], least=1, most=MOST_TAKEN)
        return Paper(pages=_pages(entry["pages"]), photographs=tuple(shapes.digest(one) for one in taken))
    if kind != Binding.SECRET:
        raise shapes.Misshapen
    counted = frozenset({"impressions"}) & set(value) if isinstance(value, Mapping) else frozenset()
    entry = shapes.fields(value, frozenset({"to", "pages", "title", "envelope"}) | counted)
    return Secret(
        pages=_pages(entry["pages"]),
        title=shapes.text(entry["title"], most=LONGEST_TITLE),
        envelope=shapes.text(entry["envelope"], most=LONGEST_ENVELOPE),
        impressions=shapes.integer(entry["impressions"], least=1, most=MOST_A_COPY) if counted else 0,
    )


def bound_in(kept: Mapping[str, Any] | None) -> Bound | None:
    """Return what is kept of a binding; None for a file."""
    return bound_from_json(dict(kept)) if kept else None


def binding_of(bound: Bound | None) -> Binding:
    return bound.binding if bound else Binding.FILE


def _pages(value: Json) -> int:
    return shapes.integer(value, least=1, most=MOST_SHEETS)
