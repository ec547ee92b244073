"""Which days are worked, and how far apart two moments are in working days and hours.

Tables and functions over plain values: no database, no clock, no web. Moments are in the zone in which days count.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from privyseal.kernel.errors import Refused

OPENS: Final = time(9)
CLOSES: Final = time(18)
SHORTEST_DAY_MINUTES: Final = 60
MOST_DAYS_OFF: Final = 60
MOST_DAYS_MADE_UP: Final = 20
YEARS: Final = range(2020, 2100)
FIRST_WARNED_OF: Final = 11
_FRIDAY: Final = 5
_DAY: Final = timedelta(days=1)


class CalendarNotPossible(Refused):
    """The table of a year cannot be meant: a day of another year, one that is both, or too many."""

    code = "calendar-not-possible"


class HoursNotPossible(Refused):
    """A company cannot close before it opens, or be open for less than an hour."""

    code = "hours-not-possible"


class Counted(StrEnum):
    """In what a span of working time is said."""

    DAYS = "days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Span:
    """So many working days, or working hours."""

    number: int
    counted: Counted = Counted.DAYS


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday from its first day to its last, and the days at a weekend on which is worked instead."""

    first: date
    last: date
    made_up: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class YearTable:
    """What is different in a year from Mondays to Fridays: days off, and days at a weekend that are worked."""

    off: frozenset[date]
    made_up: frozenset[date]


# fmt: off
HOLIDAYS: Final = (
    Holiday(date(2025, 1, 1),  date(2025, 1, 1)),                                         # 元旦, 国办发明电〔2024〕12号
    Holiday(date(2025, 1, 28), date(2025, 2, 4),  (date(2025, 1, 26), date(2025, 2, 8))),     # 春节, likewise
    Holiday(date(2025, 4, 4),  date(2025, 4, 6)),                                         # 清明节, likewise
    Holiday(date(2025, 5, 1),  date(2025, 5, 5),  (date(2025, 4, 27),)),                    # 劳动节, likewise
    Holiday(date(2025, 5, 31), date(2025, 6, 2)),                                         # 端午节, likewise
    Holiday(date(2025, 10, 1), date(2025, 10, 8), (date(2025, 9, 28), date(2025, 10, 11))),   # 国庆节、中秋节, likewise
    Holiday(date(2026, 1, 1),  date(2026, 1, 3),  (date(2026, 1, 4),)),                     # 元旦, 国办发明电〔2025〕7号
    Holiday(date(2026, 2, 15), date(2026, 2, 23), (date(2026, 2, 14), date(2026, 2, 28))),    # 春节, likewise
    Holiday(date(2026, 4, 4),  date(2026, 4, 6)),                                         # 清明节, likewise
    Holiday(date(2026, 5, 1),  date(2026, 5, 5),  (date(2026, 5, 9),)),                     # 劳动节, likewise
    Holiday(date(2026, 6, 19), date(2026, 6, 21)),                                        # 端午节, likewise
    Holiday(date(2026, 9, 25), date(2026, 9, 27)),                                        # 中秋节, likewise
    Holiday(date(2026, 10, 1), date(2026, 10, 7), (date(2026, 9, 20), date(2026, 10, 10))),   # 国庆节, likewise
)
# fmt: on


def _of_the_country() -> dict[int, YearTable]:
    tables: dict[int, YearTable] = {}
    for year in {holiday.first.year for holiday in HOLIDAYS}:
        own = [holiday for holiday in HOLIDAYS if holiday.first.year == year]
        off = frozenset(day for holiday in own for day in days_between(holiday.first, holiday.last))
        tables[year] = YearTable(off, frozenset(day for holiday in own for day in holiday.made_up))
    return tables


def days_between(first: date, last: date) -> list[date]:
    """Return the days from the first to the last, both counted."""
    return [first + n * _DAY for n in range((last - first).days + 1)]


NATIONAL: Final[Mapping[int, YearTable]] = MappingProxyType(_of_the_country())


@dataclass(frozen=True, slots=True)
class Calendar:
    """The tables that count somewhere, by year; a year without one has its weekends off and nothing else.

    Hours run from when it opens on a working day until it closes.
    """

    tables: Mapping[int, YearTable]
    opens: time = OPENS
    closes: time = CLOSES

    def knows(self, year: int) -> bool:
        return year in self.tables

    def is_worked(self, day: date) -> bool:
        table = self.tables.get(day.year)
        if table is not None and (day in table.off or day in table.made_up):
            return day in table.made_up
        return day.isoweekday() <= _FRIDAY


def check_table(year: int, off: Collection[date], made_up: Collection[date]) -> None:
    """Return if the table of a year can be meant, or refuse."""
    is_of_year = year in YEARS and all(day.year == year for day in (*off, *made_up))
    are_few = len(off) <= MOST_DAYS_OFF and len(made_up) <= MOST_DAYS_MADE_UP
    are_at_weekends = all(day.isoweekday() > _FRIDAY for day in made_up)
    if not (is_of_year and are_few and are_at_weekends and set(off).isdisjoint(made_up)):
        raise CalendarNotPossible(year=year)


def check_hours(opens: time, closes: time) -> None:
    """Return if a company can be open from one time to another, or refuse."""
    minutes = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
    if minutes < SHORTEST_DAY_MINUTES:
        raise HoursNotPossible


def year_needed(day: date) -> int:
    """Return for which year a table has to be there: from November on for the next."""
    return day.year + (day.month >= FIRST_WARNED_OF)


def due_after(begun: datetime, span: Span, calendar: Calendar) -> datetime:
    """Return when a span is over that begins now.

    The day on which it begins does not count, and it ends when the last one closes (Civil Code, articles 201 and 203);
    hours run while it is open.
    """
    if span.counted is Counted.HOURS:
        return _hours_after(begun, span.number, calendar)
    return _at(begun, _days_from(begun.date(), span.number, calendar, _DAY), calendar.closes)


def day_after(day: date, number: int, calendar: Calendar) -> date:
    """Return the day that is so many working days after another, which does not count."""
    return _days_from(day, number, calendar, _DAY)


def before(due: datetime, span: Span, calendar: Calendar) -> datetime:
    """Return when to remind somebody of what is due: in the morning of so many working days, or hours, before it."""
    if span.counted is Counted.HOURS:
        return _hours_before(due, span.number, calendar)
    return _at(due, _days_from(due.date(), span.number, calendar, -_DAY), calendar.opens)


def worked_between(begun: date, end: date, calendar: Calendar) -> int:
    """Return how many working days lie after one day, up to another."""
    return sum(calendar.is_worked(day) for day in days_between(begun + _DAY, end))


def _days_from(day: date, number: int, calendar: Calendar, step: timedelta) -> date:
    while number:
        day += step
        number -= calendar.is_worked(day)
    return day


def _hours_after(moment: datetime, hours: int, calendar: Calendar) -> datetime:
    left, day = timedelta(hours=hours), moment.date()
    while True:
        opens, closes = _open(moment, day, calendar)
        begins = max(moment, opens)
        if closes - begins >= left:
            return begins + left
        left -= max(closes - begins, timedelta(0))
        day += _DAY


def _hours_before(moment: datetime, hours: int, calendar: Calendar) -> datetime:
    left, day = timedelta(hours=hours), moment.date()
    while True:
        opens, closes = _open(moment, day, calendar)
        ends = min(moment, closes)
        if ends - opens >= left:
            return ends - left
        left -= max(ends - opens, timedelta(0))
        day -= _DAY


def _open(moment: datetime, day: date, calendar: Calendar) -> tuple[datetime, datetime]:
    """Return from when until when a day is open; one that is not worked opens and closes at once."""
    opens = _at(moment, day, calendar.opens)
    return opens, _at(moment, day, calendar.closes) if calendar.is_worked(day) else opens


def _at(moment: datetime, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, moment.tzinfo)


def in_spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return days as spans without a gap, each by its first and last day."""
    spans: list[tuple[date, date]] = []
    for day in sorted(days):
        if spans and spans[-1][1] + _DAY == day:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans
