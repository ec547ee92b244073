"""Which days a company works, year by year, where it is not as the country does."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from privyseal.identity.models.companies import Company
from privyseal.identity.models.people import Person
from privyseal.identity.rules.working_days import YEARS


class CalendarYear(models.Model):
    """One version of the table of a year: the newest counts, for the company and those below it that have none.

    Rows are only ever added: what counted when a deadline was reckoned can be seen later.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    off = ArrayField(models.DateField(), default=list)
    made_up = ArrayField(models.DateField(), default=list)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    written_at = models.DateTimeField()

    class Meta:
        db_table = "calendar_year"
        constraints = [
            models.UniqueConstraint(fields=["company", "year", "version"], name="calendar_version_is_written_once"),
            models.CheckConstraint(
                condition=Q(year__gte=YEARS.start, year__lt=YEARS.stop), name="calendar_is_of_a_possible_year"
            ),
            models.CheckConstraint(condition=~Q(off__overlap=models.F("made_up")), name="day_off_is_not_made_up"),
        ]


class OpeningHours(models.Model):
    """From when to when a company works on a working day: the newest version counts, as with the table of a year."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    written_at = models.DateTimeField()

    class Meta:
        db_table = "opening_hours"
        constraints = [
            models.UniqueConstraint(fields=["company", "version"], name="opening_hours_are_written_once"),
            models.CheckConstraint(condition=Q(opens__lt=models.F("closes")), name="company_opens_before_it_closes"),
        ]
