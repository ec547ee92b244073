"""Stock-takes of rubber seals: what is counted by whom, and what was found of each seal."""

from django.db import models
from django.db.models import F, Q

from privyseal.custody.models.places import Slot, Store
from privyseal.custody.rules.places import Where
from privyseal.custody.rules.stock import Count, Finding
from privyseal.identity.models import Company, Person, Unit, new_uid
from privyseal.seals.models import Seal

_UNDER_WAY = [Count.OPEN.value, Count.PAUSED.value]


class StockTake(models.Model):
    """The seals of a place, of a unit, or of a whole company where neither is named, counted once."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, models.PROTECT, related_name="stock_takes", null=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True)
    count = models.CharField(max_length=16, default=Count.OPEN.value)
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    counter = models.ForeignKey(Person, models.PROTECT, related_name="+")
    witness = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    reminded_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "stock_take"
        constraints = [
            models.CheckConstraint(condition=Q(store=None) | Q(unit=None), name="stock_take_is_of_one_place"),
            models.CheckConstraint(condition=Q(witness=None) | ~Q(witness=F("counter")), name="counter_is_not_witness"),
            models.CheckConstraint(
                condition=Q(count__in=_UNDER_WAY, ended_at=None, ended_by=None)
                | Q(count__in=[Count.ENDED, Count.GIVEN_UP], ended_at__isnull=False, ended_by__isnull=False),
                name="stock_take_ends_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(count=Count.ENDED.value) | Q(witness=None) | Q(ended_by=F("witness")),
                name="watched_stock_take_ends_by_its_witness",
            ),
            models.UniqueConstraint(
                fields=["company", "store", "unit"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="one_open_stock_take_a_place",
            ),
        ]
        indexes = [models.Index(fields=["-opened_at", "-id"], name="stock_takes_in_order")]


class StockLine(models.Model):
    """One seal of a stock-take. ``where`` is where the record had it when it was seen, or else at the end.

    ``keeper``, ``seen_by`` and ``witness`` are those of the moment in which it was seen. What is no seal of the
    company has no ``seal``, and is described in ``said``. Where that came late, ``done_at`` is when it was seen by the
    telephone's clock.
    """

    take = models.ForeignKey(StockTake, models.PROTECT, related_name="lines")
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+", null=True)
    is_expected = models.BooleanField()
    keeper = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="+", null=True)
    where = models.CharField(max_length=16, blank=True, default="")
    seen_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    witness = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    photo_sha256 = models.CharField(max_length=64, blank=True, default="")
    said = models.CharField(max_length=200, blank=True, default="")
    finding = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        db_table = "stock_line"
        constraints = [
            models.UniqueConstraint(fields=["take", "seal"], name="seal_is_counted_once"),
            models.CheckConstraint(
                condition=Q(finding__in=["", *(finding.value for finding in Finding)])
                & Q(where__in=["", *(where.value for where in Where)]),
                name="stock_finding_is_known",
            ),
            models.CheckConstraint(
                condition=Q(seen_by=None) | Q(keeper=None) | (~Q(keeper=F("seen_by")) | Q(witness__isnull=False)),
                name="keeper_counts_with_a_witness",
            ),
            models.CheckConstraint(
                condition=Q(witness=None) | ((Q(keeper=None) | ~Q(witness=F("keeper"))) & ~Q(witness=F("seen_by"))),
                name="witness_keeps_nothing_that_is_counted",
            ),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None, photo_sha256="", is_expected=True)
                | (Q(seen_at__isnull=False, seen_by__isnull=False) & (Q(seal=None) | ~Q(photo_sha256=""))),
                name="counted_seal_is_seen_and_photographed",
            ),
            models.CheckConstraint(
                condition=Q(seal__isnull=False) | (~Q(said="") & Q(is_expected=False)),
                name="strange_seal_is_described",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(done_at__lt=F("seen_at")), name="late_seal_was_seen_before_it_came"
            ),
        ]
