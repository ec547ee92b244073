"""Reads ``access.txt``, the table of who gets what, and the routes of the product."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.http import HttpResponseNotAllowed
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

TABLE: Final = Path(__file__).with_name("access.txt")
NOBODY: Final = "nobody"
_BEFORE_CELLS: Final = 3
_NARROWEST: Final = 3
_SHOWS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Row:
    route: str
    method: str
    about: str
    cells: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.about}"


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    methods: tuple[str, ...]
    arguments: tuple[str, ...]


def table() -> tuple[tuple[str, ...], list[Row]]:
    """Return the roles and the rows."""
    lines = [line.replace("|", " ").split() for line in _lines()]
    header, rows = lines[0], lines[1:]
    return tuple(header[_BEFORE_CELLS:]), [Row(route, way, about, tuple(cells)) for route, way, about, *cells in rows]


def written(row: Row, cells: Sequence[str]) -> str:
    """Return the line of the table as it stands with these cells, ready to be put there."""
    columns, left = _lines()[0].split()[_BEFORE_CELLS:], iter(cells)
    words = ["|" if name == "|" else f"{next(left):<{max(len(name), _NARROWEST)}}" for name in columns]
    return f"{row.route:<16} {row.method:<6} {row.about:<17} " + " ".join(words).rstrip()


def _lines() -> list[str]:
    return [line for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def routes(patterns: Sequence[URLPattern | URLResolver] | None = None) -> Iterator[Route]:
    """Yield every route of the URLconf with the methods it answers."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        else:
            yield Route(str(pattern.name), _methods(pattern), tuple(pattern.pattern.converters))


def _methods(pattern: URLPattern) -> tuple[str, ...]:
    """Ask the view itself: what it does not answer, it answers with what it does."""
    arguments = dict.fromkeys(pattern.pattern.converters, "")
    answer = pattern.callback(RequestFactory().generic("PROBE", "/"), **arguments)
    assert isinstance(answer, HttpResponseNotAllowed), f"{pattern.name} does not say which methods it answers"
    return tuple(sorted(_SHOWS & {method.strip() for method in answer.headers["Allow"].split(",")}))
