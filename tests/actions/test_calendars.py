"""A company's own working days."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from privyseal.identity import actions as identity
from privyseal.identity.models import CalendarYear, Company, OpeningHours, Person
from privyseal.identity.queries import calendar_of, heads_without_year, is_year_missing
from privyseal.identity.rules.working_days import CalendarNotPossible, HoursNotPossible
from privyseal.kernel.errors import NotEntitled
from privyseal.notification.models import Message
from privyseal.notification.reminding import remind
from tests.conftest import USCC, new_company, recorded

SPRING = [date(2027, 2, 5) + timedelta(days=n) for n in range(8)]
SATURDAY = date(2027, 2, 20)


def write(actor: Person, at: datetime, company: Company, *, version: int = 0, off: list[date] | None = None) -> int:
    days = SPRING if off is None else off
    return identity.write_calendar(
        actor, at, company_uid=company.uid, year=2027, off=days, made_up=[SATURDAY], version=version
    )


def test_whoever_manages_says_which_days_are_worked_and_it_is_on_record(
    company: Company, zhao: Person, noon: datetime
) -> None:
    assert write(zhao, noon, company) == 1

    own = calendar_of(company.pk)
    assert (own.is_worked(SPRING[0]), own.is_worked(SATURDAY)) == (False, True)
    assert own.is_worked(date(2026, 10, 10))
    assert recorded()[-1] == "calendar.written"


def test_the_newest_version_counts_and_none_is_written_over_one_that_was_not_shown(
    company: Company, zhao: Person, noon: datetime
) -> None:
    write(zhao, noon, company)
    with pytest.raises(identity.CalendarChanged):
        write(zhao, noon, company, off=[])
    assert not calendar_of(company.pk).is_worked(SPRING[0])

    assert write(zhao, noon, company, version=1, off=[]) == 2

    assert calendar_of(company.pk).is_worked(SPRING[0])
    assert CalendarYear.objects.count() == 2


def test_a_company_has_the_table_of_the_company_above_it_until_it_has_its_own(
    company: Company, zhao: Person, chen: Person, sun: Person, noon: datetime
) -> None:
    below = new_company("示例子公司有限公司", f"{USCC[:-1]}K", registrar=chen, verifier=sun, at=noon)
    Company.objects.filter(pk=below.pk).update(parent=company)
    write(zhao, noon, company)
    assert not calendar_of(below.pk).is_worked(SPRING[0])

    CalendarYear.objects.create(company=below, year=2027, version=1, written_by=zhao, written_at=noon)

    assert calendar_of(below.pk).is_worked(SPRING[0])


def test_nobody_else_writes_and_no_table_that_cannot_be_meant(
    company: Company, zhao: Person, chen: Person, li: Person, noon: datetime
) -> None:
    for person in (chen, li):
        with pytest.raises(NotEntitled):
            write(person, noon, company)
    with pytest.raises(CalendarNotPossible):
        write(zhao, noon, company, off=[SATURDAY])

    assert not CalendarYear.objects.exists()


def test_the_database_keeps_no_day_that_is_off_and_worked(company: Company, zhao: Person, noon: datetime) -> None:
    with pytest.raises(IntegrityError, match="day_off_is_not_made_up"), transaction.atomic():
        CalendarYear.objects.create(
            company=company, year=2027, version=1, off=[SATURDAY], made_up=[SATURDAY], written_by=zhao, written_at=noon
        )


def test_whoever_manages_hears_each_month_from_november_on_that_the_next_year_is_missing(
    company: Company, zhao: Person, li: Person
) -> None:
    october = datetime.fromisoformat("2033-10-20T12:00+08:00")
    for day in range(80):
        remind(october + timedelta(days=day))

    told = Message.objects.filter(kind="calendar.missing", happened_at__lt=october + timedelta(days=70))
    assert list(told.filter(person=zhao).order_by("pk").values_list("cause", flat=True)) == [
        f"calendar.missing {company.uid} {day}" for day in ("331101", "331201")
    ]
    assert not told.filter(person=li).exists()


def test_a_year_is_missed_until_somebody_wrote_it(company: Company, zhao: Person) -> None:
    november = datetime.fromisoformat("2026-11-26T12:00+08:00")
    assert is_year_missing(company.pk, november)
    assert heads_without_year(november.date()) == [company]

    write(zhao, november, company)

    assert not is_year_missing(company.pk, november)
    assert heads_without_year(november.date()) == []


def test_a_company_says_its_hours_and_those_below_it_have_them(
    company: Company, zhao: Person, chen: Person, sun: Person, noon: datetime
) -> None:
    below = new_company("示例子公司有限公司", f"{USCC[:-1]}K", registrar=chen, verifier=sun, at=noon)
    Company.objects.filter(pk=below.pk).update(parent=company)

    def write_hours(closes: time) -> int:
        return identity.write_hours(zhao, noon, company_uid=company.uid, opens=time(8, 30), closes=closes, version=0)

    with pytest.raises(HoursNotPossible):
        write_hours(time(9))

    assert write_hours(time(17, 30)) == 1

    assert recorded()[-1] == "calendar.hours-written"
    with pytest.raises(identity.HoursChanged):
        write_hours(time(18))
    known = calendar_of(below.pk)
    assert (known.opens, known.closes) == (time(8, 30), time(17, 30))
    with pytest.raises(IntegrityError, match="company_opens_before_it_closes"), transaction.atomic():
        OpeningHours.objects.update(closes=time(8))
