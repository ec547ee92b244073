"""What one bench found, as a table for people and as JSON for machines."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from bench.goals import Goal

_HEAD: Final = ("figure", "goal", "measured", "probe of the same run")
_MANY, _SOME = 100, 10
_NINETY_NINE: Final = 0.99


@dataclass(frozen=True, slots=True)
class Probe:
    """What the machine does without the product."""

    name: str
    value: float
    unit: str

    @property
    def text(self) -> str:
        return f"{self.name}: {amount(self.value, self.unit)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement, with its goal if it has one and the probes that bound it."""

    name: str
    value: float
    unit: str
    goal: Goal | None = None
    probes: tuple[Probe, ...] = ()

    @property
    def is_missed(self) -> bool:
        return self.goal is not None and not self.goal.is_met(self.value)


@dataclass(frozen=True, slots=True)
class Report:
    bench: str
    figures: tuple[Figure, ...]

    @property
    def missed(self) -> tuple[Figure, ...]:
        return tuple(figure for figure in self.figures if figure.is_missed)

    def table(self) -> str:
        """Return the figures as a table that reads well as it is and in a document."""
        rows = [_HEAD, *(_row(figure) for figure in self.figures)]
        widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
        lines = [_line(row, widths) for row in rows]
        return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]]) + "\n"

    def to_json(self) -> Mapping[str, Any]:
        return {"bench": self.bench, "figures": [_plain(figure) for figure in self.figures]}


def reached(goal: Goal, value: float, *probes: Probe) -> Figure:
    return Figure(goal.figure, value, goal.unit, goal, probes)


def amount(value: float, unit: str) -> str:
    digits = 0 if value >= _MANY else 1 if value >= _SOME else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def ninety_ninth(values: Sequence[float]) -> float:
    """Return the value that 99 of 100 do not exceed."""
    return sorted(values)[math.ceil(_NINETY_NINE * len(values)) - 1]


def _row(figure: Figure) -> tuple[str, str, str, str]:
    goal = figure.goal.text if figure.goal else ""
    measured = amount(figure.value, figure.unit) + (" MISSED" if figure.is_missed else "")
    return figure.name, goal, measured, "; ".join(probe.text for probe in figure.probes)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _plain(figure: Figure) -> Mapping[str, Any]:
    return {
        "figure": figure.name,
        "value": figure.value,
        "unit": figure.unit,
        "goal": figure.goal.text if figure.goal else None,
        "is_missed": figure.is_missed,
        "probes": [{"probe": probe.name, "value": probe.value, "unit": probe.unit} for probe in figure.probes],
    }
