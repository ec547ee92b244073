"""Values, and what stands for each while a question is put into words that are asked with other values later."""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from operator import eq, sub
from typing import Any, Final, TypeVar

StandIn = TypeVar("StandIn", int, str, date, datetime)

_APART: Final = timedelta(days=2_000)
_MARK: Final = "e000" * 7  # what follows makes it as long as an id, in digits that one is written in
_LEFT: Final = re.compile(f"19000000[0-9]{{2}}|{_MARK}")
_GROUPS: Final = re.compile(r"\{19000000[0-9]{2}(,19000000[0-9]{2})*\}")


@dataclass(frozen=True, slots=True)
class Series:
    """What stands for the first value, the second and so on: those that ``nth`` numbers alike are alike."""

    number: int
    moment: datetime
    text: Callable[[int], str]
    group: Callable[[int], frozenset[int]]
    nth: Callable[[int], int]


_FIRST: Final = Series(
    number=1_900_000_000,  # larger than any constant of a question, and fits a column of four bytes
    moment=datetime(2999, 1, 1, 13, 37, 11, 123_457, tzinfo=UTC),
    text=lambda nth: f"{_MARK}{nth:04x}",
    group=lambda number: frozenset({number}),
    nth=lambda place: place,
)


def _other(nth: Callable[[int], int]) -> Series:
    """Return what is unlike the first in all that a function could look at: small, long ago, several, in capitals."""
    return Series(
        number=1,
        moment=datetime(1971, 2, 3, 4, 5, 6, 7, tzinfo=UTC),
        text=lambda nth: f" {_MARK}{nth:04x} ".upper() if nth else "0",
        group=lambda number: frozenset({number, number + 1_000}),
        nth=nth,
    )


class StandIns:
    """Values, and what stands for each: the same for whatever values, if they are named in the same order."""

    def __init__(self, series: Series = _FIRST) -> None:
        self._series = series
        self._values: dict[Hashable, Any] = {}
        self.given: list[Any] = []

    def number(self, value: int) -> int:
        return self._add(self._number(), value)

    def moment(self, value: datetime) -> datetime:
        return self._add(self._moment(), value)

    def day(self, value: date) -> date:
        return self._add(self._moment().date(), value)

    def text(self, value: str) -> str:
        return self._add(self._series.text(self._nth()), value)

    def group(self, value: frozenset[int]) -> frozenset[int]:
        """Return what stands for keys among which something is looked for."""
        number = self._number()
        self._values[number] = value
        self.given.append(self._series.group(number))
        return self._series.group(number)

    def others(self) -> list[Series]:
        """Return what the same question has to have the same words for, whichever of its values are alike.

        All are, none is and the last comes first, or one is not: what is in some sets and not in others.
        """
        if not self.given:
            return []
        keys = [place for place, one in enumerate(self.given) if isinstance(one, int | frozenset)]
        apart = [None, *keys] if keys[2:] else [None]
        return [_other(partial(sub, len(self.given))), *(_other(partial(eq, place)) for place in apart)]

    def standing_for(self, others: "StandIns") -> "StandIns":
        """Return these as if what stands in elsewhere had been the values."""
        found = StandIns()
        found._values = dict(zip(self._values, others.given, strict=True))
        return found

    def __contains__(self, found: object) -> bool:
        if isinstance(found, str) and _GROUPS.fullmatch(found):
            return all(one in self._values for one in _members(found))
        if isinstance(found, bytes):
            return found.hex() in self._values
        if isinstance(found, datetime):
            return self._reckoned_from(found) is not None
        known = self._values.get(found) if isinstance(found, int | date | str) else None
        return known is not None and not isinstance(known, frozenset)

    def value(self, found: Any) -> Any:  # noqa: ANN401 - a value of a question, of every kind
        """Return what a stand-in stands for, in the form that the question has it in."""
        if isinstance(found, str) and _GROUPS.fullmatch(found):
            those = (self._values[one] for one in _members(found))
            joined = frozenset[int]().union(*(one if isinstance(one, frozenset) else {one} for one in those))
            return f"{{{','.join(map(str, sorted(joined)))}}}"
        if isinstance(found, bytes):
            return _bytes(self._values[found.hex()])
        if isinstance(found, datetime):
            stand_in = self._reckoned_from(found)
            return self._values[stand_in] + (found - stand_in) if stand_in else found
        value = self._values[found]
        return type(found)(value) if isinstance(found, int) else value

    def _reckoned_from(self, found: datetime) -> datetime | None:
        """Return from what a time was reckoned by adding a span; what was cut to whole minutes or days was not."""
        if found.microsecond != _FIRST.moment.microsecond:
            return None
        moments = (one for one in self._values if isinstance(one, datetime))
        return next((one for one in moments if abs(found - one) < _APART / 2), None)

    def _nth(self) -> int:
        return self._series.nth(len(self.given))

    def _number(self) -> int:
        return self._series.number + self._nth()

    def _moment(self) -> datetime:
        return self._series.moment + _APART * self._nth()

    def _add(self, stand_in: StandIn, value: object) -> StandIn:
        self._values[stand_in] = value
        self.given.append(stand_in)
        return stand_in


def is_left(words: object) -> bool:
    """Tell whether a stand-in is a part of these words."""
    return _LEFT.search(str(words)) is not None


def _bytes(text: str) -> bytes:
    """Return a digest or an id as the database has it, and what is none as what finds nothing."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return text.encode()


def _members(found: str) -> list[int]:
    return [int(one) for one in found[1:-1].split(",")]
