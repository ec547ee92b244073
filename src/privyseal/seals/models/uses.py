"""The register of uses, which writes itself: books by company and year, a row a seal and document, remarks beside."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import NullIf

from privyseal.identity.models import Company, Person
from privyseal.seals.models.permits import PermitLine
from privyseal.seals.models.register import Seal


class UseBook(models.Model):
    """The uses of a company's seals in one year of its calendar. Whoever enters one holds this row until they commit.

    ``uses`` is the last number given; ``months`` says how many of them fell in each month.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField()
    uses = models.PositiveIntegerField()
    impressions = models.PositiveIntegerField()
    months: Any = ArrayField(models.PositiveIntegerField(), size=12)

    class Meta:
        db_table = "use_book"
        constraints = [models.UniqueConstraint(fields=["company", "year"], name="one_book_a_company_and_year")]


class UseEntry(models.Model):
    """One use of one seal on one document, under its number: written once, never changed, never deleted.

    What was used, for whom and by whose leave is what was approved, which stays as it is
    (``approved_application_stays``). Each number but the first refers to the one before, so that none is left out
    (``use_register_has_no_gap``).
    """

    line = models.OneToOneField(PermitLine, models.PROTECT, primary_key=True, related_name="entry")
    book = models.ForeignKey(UseBook, models.PROTECT, related_name="entries", db_index=False)
    at = models.DateTimeField()
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+", db_index=False)
    operator = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    impressions = models.PositiveIntegerField()
    number_before = models.GeneratedField(
        expression=NullIf(F("number") - 1, Value(0)), output_field=models.IntegerField(null=True), db_persist=True
    )

    class Meta:
        db_table = "use_entry"
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="one_use_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1, impressions__gte=1), name="use_is_counted_from_one"),
        ]


class UseRemark(models.Model):
    """What somebody adds to an entry: a remark, or what is right where the entry is wrong. Neither is ever changed."""

    entry = models.ForeignKey(UseEntry, models.PROTECT, related_name="remarks")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=500)
    is_correction = models.BooleanField()

    class Meta:
        db_table = "use_remark"
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="remark_says_something")]


class SealUses(models.Model):
    """How often a seal was used in one year, and when last: counted in the transaction that enters the use."""

    pk = models.CompositePrimaryKey("seal_id", "year")
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="uses", db_index=False)
    year = models.PositiveSmallIntegerField()
    uses = models.PositiveIntegerField()
    impressions = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "seal_uses"


class IdleRule(models.Model):
    """After how many days without a use a company calls a seal idle."""

    company = models.OneToOneField(Company, models.PROTECT, primary_key=True, related_name="+")
    days = models.PositiveSmallIntegerField()
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        db_table = "idle_rule"
        constraints = [models.CheckConstraint(condition=Q(days__gte=1, days__lte=3650), name="idle_days_are_possible")]
