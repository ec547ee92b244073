"""Which days are worked where: a company's own tables, those of the companies above it, or the country's."""

from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import localdate

from privyseal.identity.models import CalendarYear, Company, OpeningHours, Person
from privyseal.identity.queries.companies import company_visible_to
from privyseal.identity.rules.working_days import CLOSES, NATIONAL, OPENS, Calendar, YearTable, year_needed

# Of each year the table of the nearest company that has one, in its newest version.
_IN_FORCE: Final = """
    WITH RECURSIVE line AS (
        SELECT id, parent_id, 0 AS above FROM company WHERE id = %s
        UNION SELECT company.id, company.parent_id, line.above + 1 FROM company JOIN line ON company.id = line.parent_id
    )
    SELECT DISTINCT ON (year) year, off, made_up FROM calendar_year JOIN line ON line.id = calendar_year.company_id
    ORDER BY year, above, version DESC
"""
_HOURS: Final = """
    WITH RECURSIVE line AS (
        SELECT id, parent_id, 0 AS above FROM company WHERE id = %s
        UNION SELECT company.id, company.parent_id, line.above + 1 FROM company JOIN line ON company.id = line.parent_id
    )
    SELECT opens, closes FROM opening_hours JOIN line ON line.id = opening_hours.company_id
    ORDER BY above, version DESC LIMIT 1
"""


def calendar_of(company_id: int) -> Calendar:
    """Return the calendar that counts in a company."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE, [company_id])
        own = {year: YearTable(frozenset(off), frozenset(made_up)) for year, off, made_up in cursor.fetchall()}
        cursor.execute(_HOURS, [company_id])
        opens, closes = cursor.fetchone() or (OPENS, CLOSES)
    return Calendar({**NATIONAL, **own}, opens, closes)


def calendar_versions(actor: Person, at: datetime, company_uid: str, year: int) -> QuerySet[CalendarYear]:
    """Return what a company wrote about a year, the newest first."""
    company = company_visible_to(actor, at, company_uid)
    written = CalendarYear.objects.filter(company=company, year=year).select_related("written_by")
    return written.order_by("-version", "pk")


def hours_versions(actor: Person, at: datetime, company_uid: str) -> QuerySet[OpeningHours]:
    """Return what a company wrote about its hours, the newest first."""
    company = company_visible_to(actor, at, company_uid)
    return OpeningHours.objects.filter(company=company).select_related("written_by").order_by("-version", "pk")


def is_year_missing(company_id: int, at: datetime) -> bool:
    """Tell whether a company has no table for the year that is needed by now."""
    return not calendar_of(company_id).knows(year_needed(localdate(at)))


def heads_without_year(day: date) -> list[Company]:
    """Return the companies above all others that have no table for the year that is needed on a day."""
    year = year_needed(day)
    if year in NATIONAL:
        return []
    written = CalendarYear.objects.filter(year=year).order_by().values("company")
    return list(Company.objects.filter(parent=None).exclude(pk__in=written).order_by("pk"))
