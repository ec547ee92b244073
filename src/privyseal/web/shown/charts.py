"""Charts drawn by the server, beside or inside tables that say the same in figures.

Widths are in hundredths of whatever room there is: nothing is made smaller on a telephone, and no style is inline.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import pgettext

_HEIGHT: Final = 160
_ABOVE: Final = 16
_LINES: Final = 4
_OF_SLOT: Final = 0.62
_WHOLE: Final = 100.0
_NICE: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Column:
    """One column and where it stands; ``before`` is what its mark says, ``is_even`` where its name always stands."""

    name: str
    value: int
    before: int
    x: str
    middle: str
    until: str
    y: int
    height: int
    before_y: int
    is_even: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns over lines that count in round steps; ``width`` is of each, ``base`` where they stand."""

    columns: Sequence[Column]
    lines: Sequence[tuple[int, int]]
    width: str
    base: int
    height: int
    has_before: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a table with a bar in it; ``share`` is its length, of the longest one, ``tone`` its colour."""

    name: Promise | str
    value: int
    share: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole, from ``x`` on."""

    name: Promise | str
    value: int
    x: str
    share: str
    tone: str


def columns(values: Sequence[tuple[str, int, int]]) -> Columns:
    """Return a column for each name with its value, and a mark at what it was before."""
    most = max((max(value, before) for _, value, before in values), default=0)
    step = _step(most)
    top = step * max(1, -(-most // step))
    slot = _WHOLE / max(1, len(values))

    def up(value: int) -> int:
        return round(_HEIGHT * value / top)

    drawn = [
        Column(
            name=name,
            value=value,
            before=before,
            x=_percent(slot * number + slot * (1 - _OF_SLOT) / 2),
            middle=_percent(slot * (number + 0.5)),
            until=_percent(slot * number + slot * (1 + _OF_SLOT) / 2),
            y=_ABOVE + _HEIGHT - up(value),
            height=up(value),
            before_y=_ABOVE + _HEIGHT - up(before),
            is_even=(len(values) - number) % 2 == 1,
        )
        for number, (name, value, before) in enumerate(values)
    ]
    lines = [(count, _ABOVE + _HEIGHT - up(count)) for count in range(0, top + 1, step)]
    return Columns(
        columns=drawn,
        lines=lines,
        width=_percent(slot * _OF_SLOT),
        base=_ABOVE + _HEIGHT,
        height=_ABOVE + _HEIGHT + 24,
        has_before=any(before for _, _, before in values),
    )


def months(values: Sequence[int]) -> Columns:
    """Return the twelve months of a year."""
    return columns([(month_name(date(2000, month, 1)), value, 0) for month, value in enumerate(values, start=1)])


def month_name(first: date) -> str:
    """Return the short name of a month, which has little room under its column."""
    return date_format(first, pgettext("short name of a month", "M"))


def bars(rows: Iterable[tuple[Promise | str, int, str, str]]) -> list[Bar]:
    """Return rows of name, value, address and tone, each with a bar as long as its value is large."""
    found = list(rows)
    most = max((value for _, value, _, _ in found), default=0) or 1
    return [Bar(name, value, _percent(_WHOLE * value / most), url, tone) for name, value, url, tone in found]


def rest(name: str, value: int) -> Bar:
    """Return the row of everything that has no row of its own, and no bar: it would make all others short."""
    return Bar(name, value, _percent(0), tone="rest")


def parts(rows: Iterable[tuple[Promise | str, int, str]]) -> list[Part]:
    """Return rows of name, value and tone as parts of one bar."""
    found = list(rows)
    whole = sum(value for _, value, _ in found) or 1
    drawn, sum_before = list[Part](), 0
    for name, value, tone in found:
        drawn.append(Part(name, value, _percent(_WHOLE * sum_before / whole), _percent(_WHOLE * value / whole), tone))
        sum_before += value
    return drawn


def _step(most: int) -> int:
    """Return the smallest round step of which few reach over the largest value."""
    power = 1
    while True:
        for nice in _NICE:
            if nice * power * _LINES >= most:
                return nice * power
        power *= 10


def _percent(share: float) -> str:
    return f"{share:.2f}%"
