"""Bars drawn by the server, beside the table that says the same in figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.dates import MONTHS_3
from django.utils.functional import Promise

_HEIGHT: Final = 120
_STEP: Final = 50
_BAR: Final = 36


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar and where it stands; ``middle`` and ``above`` are for its words."""

    name: Promise | str
    value: int
    x: int
    y: int
    height: int
    middle: int
    above: int


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    height: int
    base: int
    bars: Sequence[Bar]


def months(values: Sequence[int]) -> Chart:
    """Return twelve bars whose tallest one is the largest value."""
    most = max(values, default=0) or 1
    bars = [
        Bar(
            name=MONTHS_3[number],
            value=value,
            x=(number - 1) * _STEP + (_STEP - _BAR) // 2,
            y=20 + _HEIGHT - _HEIGHT * value // most,
            height=_HEIGHT * value // most,
            middle=(number - 1) * _STEP + _STEP // 2,
            above=16 + _HEIGHT - _HEIGHT * value // most,
        )
        for number, value in enumerate(values, start=1)
    ]
    return Chart(width=_STEP * len(bars), height=_HEIGHT + 44, base=20 + _HEIGHT, bars=bars)
