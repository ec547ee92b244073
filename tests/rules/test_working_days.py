"""Working days: which there are, and when a span of them is over."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from privyseal.identity.rules.working_days import (
    CLOSES,
    NATIONAL,
    OPENS,
    Calendar,
    CalendarNotPossible,
    Counted,
    HoursNotPossible,
    Span,
    YearTable,
    before,
    check_hours,
    check_table,
    due_after,
    in_spans,
    worked_between,
    year_needed,
)

ZONE = ZoneInfo("Asia/Shanghai")
COUNTRY = Calendar(NATIONAL)
MOMENTS = some.datetimes(datetime(2024, 12, 1), datetime(2027, 3, 1), timezones=some.just(ZONE))  # noqa: DTZ001  bounds
DAYS = some.dates(date(2025, 1, 1), date(2026, 12, 31))
CALENDARS = some.builds(
    lambda off, made_up: Calendar({year: YearTable(off - made_up, made_up) for year in (2025, 2026)}),
    some.frozensets(DAYS, max_size=60),
    some.frozensets(DAYS.filter(lambda day: day.isoweekday() > 5), max_size=9),  # Saturdays and Sundays
)
SPANS = some.builds(Span, some.integers(0, 40), some.sampled_from(Counted))


def at(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        ("2026-11-26", True),
        ("2026-11-28", False),
        ("2026-02-14", True),  # a Saturday before the Spring Festival
        ("2026-02-16", False),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2025-10-08", False),
        ("2030-05-01", True),  # nobody has said anything of that year
        ("2030-05-04", False),
    ],
)
def test_the_country_works_on_these_days(day: str, is_worked: bool) -> None:  # noqa: FBT001  a case
    assert COUNTRY.is_worked(date.fromisoformat(day)) is is_worked


def test_a_year_has_about_two_hundred_and_fifty_working_days() -> None:
    for year in NATIONAL:
        assert worked_between(date(year - 1, 12, 31), date(year, 12, 31), COUNTRY) in {248, 249, 250}


@pytest.mark.parametrize(
    ("begun", "span", "due"),
    [
        (at("2026-11-26"), Span(2), at("2026-11-30", "18:00")),
        (at("2026-11-28"), Span(1), at("2026-11-30", "18:00")),
        (at("2026-09-30"), Span(3), at("2026-10-10", "18:00")),  # over the national holidays, to a worked Saturday
        (at("2026-11-27", "17:00"), Span(4, Counted.HOURS), at("2026-11-30", "12:00")),
        (at("2026-11-28"), Span(9, Counted.HOURS), at("2026-11-30", "18:00")),
        (at("2026-11-27", "03:00"), Span(2, Counted.HOURS), at("2026-11-27", "11:00")),
    ],
)
def test_a_span_is_over_where_people_would_say(begun: datetime, span: Span, due: datetime) -> None:
    assert due_after(begun, span, COUNTRY) == due


@given(begun=MOMENTS, span=SPANS, calendar=CALENDARS)
def test_a_span_ends_while_people_work_and_a_longer_one_later(begun: datetime, span: Span, calendar: Calendar) -> None:
    due = due_after(begun, Span(span.number + 1, span.counted), calendar)

    assert calendar.is_worked(due.date())
    assert OPENS < due.time() <= CLOSES
    assert due > begun
    assert due_after(begun, Span(span.number + 2, span.counted), calendar) > due
    assert due_after(begun + timedelta(hours=7), Span(span.number + 1, span.counted), calendar) >= due


@given(begun=MOMENTS, number=some.integers(1, 40), calendar=CALENDARS)
def test_a_span_in_days_counts_each_working_day_after_its_first(
    begun: datetime, number: int, calendar: Calendar
) -> None:
    due = due_after(begun, Span(number), calendar)

    assert worked_between(begun.date(), due.date(), calendar) == number


@given(begun=MOMENTS, number=some.integers(1, 90), calendar=CALENDARS)
def test_hours_counted_back_from_the_end_come_to_the_beginning(
    begun: datetime, number: int, calendar: Calendar
) -> None:
    span = Span(number, Counted.HOURS)
    due = due_after(begun, span, calendar)

    assert due_after(before(due, span, calendar), span, calendar) == due


@given(due=MOMENTS, span=SPANS, calendar=CALENDARS)
def test_a_reminder_comes_while_people_work_and_not_after_the_end(
    due: datetime, span: Span, calendar: Calendar
) -> None:
    told = before(due, Span(span.number + 1, span.counted), calendar)

    assert told < due
    assert calendar.is_worked(told.date())
    assert OPENS <= told.time() < CLOSES


@pytest.mark.parametrize(
    ("off", "made_up"),
    [
        ([date(2026, 1, 1)], []),
        ([], [date(2027, 3, 1)]),
        ([date(2027, 3, 6)], [date(2027, 3, 6)]),
        ([date(2027, 1, 1) + timedelta(days=n) for n in range(61)], []),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(off: list[date], made_up: list[date]) -> None:
    with pytest.raises(CalendarNotPossible):
        check_table(2027, off, made_up)


def test_what_the_country_said_can_be_meant() -> None:
    for year, table in NATIONAL.items():
        check_table(year, table.off, table.made_up)


def test_the_next_year_is_needed_from_november_on() -> None:
    assert [year_needed(date(2026, month, 30)) for month in (10, 11, 12)] == [2026, 2027, 2027]


@given(some.frozensets(DAYS))
def test_spans_hold_each_day_once(days: frozenset[date]) -> None:
    spans = in_spans(days)

    assert sum((last - first).days + 1 for first, last in spans) == len(days)
    assert all(first <= last for first, last in spans)


def test_hours_and_days_end_when_the_company_closes() -> None:
    long_day = Calendar(NATIONAL, time(8, 30), time(20))
    begun = at("2026-11-26", "19:00")

    assert due_after(begun, Span(1), long_day) == at("2026-11-27", "20:00")
    assert due_after(begun, Span(2, Counted.HOURS), long_day) == at("2026-11-27", "09:30")
    assert before(at("2026-11-27", "20:00"), Span(1), long_day) == at("2026-11-26", "08:30")
    with pytest.raises(HoursNotPossible):
        check_hours(time(9), time(9, 59))
