"""Say which days a company works in a year, where it is not as the country does or the country has not said."""

from collections.abc import Collection
from datetime import date, datetime, time

from django.db.models import Max

from privyseal.identity import queries
from privyseal.identity.locks import locked_company
from privyseal.identity.models import CalendarYear, OpeningHours, Person
from privyseal.identity.rules import Power
from privyseal.identity.rules.working_days import check_hours, check_table
from privyseal.kernel.canonical import canonical, sha256
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command


class CalendarChanged(Refused):
    """Somebody wrote the table since it was shown."""

    code = "calendar-changed"


class HoursChanged(Refused):
    """Somebody wrote the hours since they were shown."""

    code = "hours-changed"


@command("calendar.write")
def write_calendar(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    year: int,
    off: Collection[date],
    made_up: Collection[date],
    version: int,
) -> int:
    """Write the whole table of a year over the ``version`` that was shown, 0 for none; return the new version.

    It counts for what begins from now on: what is under way keeps the time it was given.
    """
    company = queries.company_visible_to(actor, at, company_uid)
    queries.require(actor, at, Power.MANAGE, company.pk)
    check_table(year, off, made_up)
    company = locked_company(company_uid)
    known = CalendarYear.objects.filter(company=company, year=year).aggregate(last=Max("version"))["last"] or 0
    if version != known:
        raise CalendarChanged(year=year)
    written = CalendarYear.objects.create(
        company=company,
        year=year,
        version=known + 1,
        off=sorted(set(off)),
        made_up=sorted(set(made_up)),
        written_by=actor,
        written_at=at,
    )
    said = {"off": [day.isoformat() for day in written.off], "made_up": [day.isoformat() for day in written.made_up]}
    book.record(
        "calendar.written",
        by=actor,
        at=at,
        company=company.uid,
        year=year,
        version=written.version,
        days_off=len(written.off),
        days_made_up=len(written.made_up),
        table_sha256=sha256(canonical(said)),
    )
    return written.version


@command("calendar.write-hours")
def write_hours(actor: Person, at: datetime, *, company_uid: str, opens: time, closes: time, version: int) -> int:
    """Write from when to when a company works, over the ``version`` that was shown; return the new version.

    It counts for what begins from now on, like the table of a year.
    """
    company = queries.company_visible_to(actor, at, company_uid)
    queries.require(actor, at, Power.MANAGE, company.pk)
    check_hours(opens, closes)
    company = locked_company(company_uid)
    known = OpeningHours.objects.filter(company=company).aggregate(last=Max("version"))["last"] or 0
    if version != known:
        raise HoursChanged
    written = OpeningHours.objects.create(
        company=company, version=known + 1, opens=opens, closes=closes, written_by=actor, written_at=at
    )
    book.record(
        "calendar.hours-written",
        by=actor,
        at=at,
        company=company.uid,
        version=written.version,
        opens=opens.isoformat("minutes"),
        closes=closes.isoformat("minutes"),
    )
    return written.version
