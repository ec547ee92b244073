"""A month of rubber seals outside the company: which seal is with whom on which day, over plain values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.formats import date_format, get_format
from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privyseal.custody.models import TakeOut
from privyseal.custody.rules.takeout import Late, Stage
from privyseal.identity.rules.working_days import YEARS, Calendar, days_between
from privyseal.language.takeout import LATE, STAGE
from privyseal.web.shown.words import Badge

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7
_FRIDAY: Final = 5
_OUTSIDE: Final = (Stage.OUT.value, Stage.BROUGHT.value)
_AHEAD: Final = (Stage.BOOKED.value, Stage.GIVEN.value)
_LATE_ON_A_DAY: Final = Badge(LATE[Late.OVERDUE], "rejected")
_BOOKED: Final = Badge(STAGE[Stage.BOOKED], "pending")
_OUT: Final = Badge(gettext_lazy("Outside"), "caution")
_WAS_OUT: Final = Badge(gettext_lazy("Was outside"), "neutral")


@dataclass(frozen=True, slots=True)
class Away:
    """One seal on one day; ``hours`` says what of its way out and back falls on this day."""

    one: TakeOut
    badge: Badge
    hours: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the grid; ``off`` says in words what is different from Mondays to Fridays."""

    day: date
    is_of_month: bool
    is_today: bool
    is_worked: bool
    off: Promise | str
    away: Sequence[Away]


def first_of(said: str, today: date) -> date:
    """Return the first day of the month that is asked for as 2026-11, or of this one."""
    try:
        asked = datetime.strptime(said, "%Y-%m").date()  # noqa: DTZ007  a month, which has no zone
    except ValueError:
        return today.replace(day=1)
    return asked if asked.year in YEARS else today.replace(day=1)


def next_month(first: date) -> date:
    return (first + 31 * _DAY).replace(day=1)


def month_before(first: date) -> date:
    return (first - _DAY).replace(day=1)


def grid_of(first: date) -> list[date]:
    """Return the days of whole weeks around a month; a week begins as the language has it."""
    begins = int(get_format("FIRST_DAY_OF_WEEK"))
    start = first - ((first.isoweekday() - begins) % _WEEK) * _DAY
    last = next_month(first) - _DAY
    after = (begins - 1 - last.isoweekday()) % _WEEK
    return days_between(start, last + after * _DAY)


def moments_of(days: Sequence[date]) -> tuple[datetime, datetime]:
    """Return when the first of the days begins and the last one ends, here."""
    zone = get_current_timezone()
    return datetime.combine(days[0], time.min, zone), datetime.combine(days[-1] + _DAY, time.min, zone)


def month_of(first: date, found: Iterable[TakeOut], at: datetime, calendar: Calendar) -> list[Day]:
    """Return every day of the grid with the seals that are outside, were, or are to be."""
    days, today = grid_of(first), localtime(at).date()
    away = _by_day(found, at, days)
    return [
        Day(
            day,
            is_of_month=day.month == first.month,
            is_today=day == today,
            is_worked=calendar.is_worked(day),
            off=_different(day, calendar),
            away=away.get(day, ()),
        )
        for day in days
    ]


def span_of(one: TakeOut, at: datetime) -> tuple[datetime, datetime]:
    """Return from when until when a seal is away: as it was, or else as it is to be; one that is not back stays."""
    begins = one.received_at or one.starts_at
    if one.taken_at is not None:
        return begins, max(begins, one.taken_at)
    return begins, max(begins, one.due_at, at) if one.stage in _OUTSIDE else max(begins, one.due_at)


def _by_day(found: Iterable[TakeOut], at: datetime, days: Sequence[date]) -> Mapping[date, list[Away]]:
    by_day: dict[date, list[Away]] = defaultdict(list)
    for one in found:
        begins, ends = (localtime(moment) for moment in span_of(one, at))
        for day in days_between(max(begins.date(), days[0]), min(ends.date(), days[-1])):
            by_day[day].append(Away(one, _badge(one, day, ends), _hours(one, day, begins)))
    return by_day


def _badge(one: TakeOut, day: date, ends: datetime) -> Badge:
    due = localtime(one.due_at)
    if one.stage not in _AHEAD and ends > due and day >= due.date():
        return _LATE_ON_A_DAY
    if one.stage in _AHEAD:
        return _BOOKED
    return _OUT if one.stage in _OUTSIDE else _WAS_OUT


def _hours(one: TakeOut, day: date, begins: datetime) -> str:
    due = localtime(one.due_at)
    words = []
    if day == begins.date():
        words.append(_("out %(time)s") % {"time": date_format(begins, "TIME_FORMAT")})
    if one.taken_at is not None and day == localtime(one.taken_at).date():
        words.append(_("back %(time)s") % {"time": date_format(localtime(one.taken_at), "TIME_FORMAT")})
    elif one.taken_at is None and day == due.date():
        words.append(_("back by %(time)s") % {"time": date_format(due, "TIME_FORMAT")})
    elif one.taken_at is None and day > due.date():
        words.append(_("was due %(day)s") % {"day": date_format(due, "MONTH_DAY_FORMAT")})
    return " · ".join(words)


def _different(day: date, calendar: Calendar) -> Promise | str:
    is_weekend = day.isoweekday() > _FRIDAY
    if calendar.is_worked(day):
        return gettext_lazy("Worked instead") if is_weekend else ""
    table = calendar.tables.get(day.year)
    return gettext_lazy("Day off") if table is not None and day in table.off else ""
