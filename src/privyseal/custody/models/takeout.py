"""Rubber seals outside the company: booked, given, received, reported, brought back, taken back."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from privyseal.custody.rules.takeout import Fence, Late, Point, Stage
from privyseal.identity.models import Person, new_uid
from privyseal.identity.models.ranges import Int8Range, TimeRange
from privyseal.seals.models import Permit, Seal

_WHOLE = Value("[]")
_BEFORE = [Stage.BOOKED.value, Stage.GIVEN.value, Stage.RELEASED.value]
_BACK = [Stage.BACK.value, Stage.CLOSED.value]


class TakeOut(models.Model):
    """One permit by which a seal is used outside, from the approval until what was stamped is in the file.

    ``starts_at`` and ``due_at`` are the permit's window, ``late`` the last thing that time alone said of it. The fence
    is the approved place, in millionths of a degree, or the part of it to which its keeper has drawn it closer. The
    database keeps that bearer and companion are those of the permit, that its keeper gives the seal and takes it back
    (``take_out_is_of_its_permit``), and that it goes no further than the permit says (``fence_is_as_approved``).
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    permit = models.OneToOneField(Permit, models.PROTECT, related_name="take_out")
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="take_outs")
    place = models.CharField(max_length=100)
    bearer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    companion = models.ForeignKey(Person, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stage = models.CharField(max_length=16, default=Stage.BOOKED.value)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    given_at = models.DateTimeField(null=True)
    given_sha256 = models.CharField(max_length=64, blank=True, default="")
    received_at = models.DateTimeField(null=True)
    brought_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    taken_at = models.DateTimeField(null=True)
    taken_sha256 = models.CharField(max_length=64, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    late = models.CharField(max_length=16, blank=True, default="")
    fence_latitude = models.IntegerField(null=True)
    fence_longitude = models.IntegerField(null=True)
    fence_metres = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "take_out"
        constraints = [
            models.CheckConstraint(condition=~Q(companion=F("bearer")), name="companion_is_not_the_bearer"),
            models.CheckConstraint(
                condition=(Q(given_by=None) | (~Q(given_by=F("bearer")) & ~Q(given_by=F("companion"))))
                & (Q(taken_by=None) | (~Q(taken_by=F("bearer")) & ~Q(taken_by=F("companion")))),
                name="bearer_gives_the_seal_to_nobody_but_another",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=[stage.value for stage in Stage])
                & Q(late__in=["", *(late.value for late in Late)]),
                name="take_out_stage_is_known",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=_BEFORE)
                | (Q(given_by__isnull=False, given_at__isnull=False, received_at__isnull=False) & ~Q(given_sha256="")),
                name="seal_leaves_by_two_words_and_a_photo",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=_BACK)
                | (Q(brought_at__isnull=False, taken_by__isnull=False, taken_at__isnull=False) & ~Q(taken_sha256="")),
                name="seal_is_back_by_two_words_and_a_photo",
            ),
            models.CheckConstraint(
                condition=Q(fence_latitude=None, fence_longitude=None, fence_metres=None)
                | Q(
                    fence_latitude__range=(-90_000_000, 90_000_000),
                    fence_longitude__range=(-180_000_000, 180_000_000),
                    fence_metres__gte=1,
                ),
                name="fence_is_a_place_with_its_reach",
            ),
            models.UniqueConstraint(
                fields=["seal"],
                condition=Q(stage__in=[Stage.OUT.value, Stage.BROUGHT.value]),
                name="seal_is_outside_once",
            ),
            ExclusionConstraint(
                name="take_outs_of_a_seal_do_not_clash",
                expressions=[
                    (Int8Range("seal_id", "seal_id", _WHOLE), RangeOperators.OVERLAPS),
                    (TimeRange("starts_at", "due_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(stage__in=[Stage.BOOKED.value, Stage.GIVEN.value, Stage.OUT.value, Stage.BROUGHT.value]),
            ),
        ]
        indexes = [
            models.Index(fields=["-due_at", "-id"], name="take_outs_in_order"),
            models.Index(
                fields=["due_at"],
                condition=~Q(stage__in=[Stage.CLOSED.value, Stage.RELEASED.value]),
                name="take_outs_open",
            ),
        ]

    @property
    def fence(self) -> Fence | None:
        if self.fence_latitude is None or self.fence_longitude is None or self.fence_metres is None:
            return None
        return Fence(point=Point(self.fence_latitude, self.fence_longitude), metres=self.fence_metres)

    @fence.setter
    def fence(self, fence: Fence | None) -> None:
        self.fence_latitude = fence.point.latitude if fence else None
        self.fence_longitude = fence.point.longitude if fence else None
        self.fence_metres = fence.metres if fence else None


class PlaceReport(models.Model):
    """Where a seal was said to be while it was out: by the telephone, or in words; never changed."""

    take_out = models.ForeignKey(TakeOut, models.PROTECT, related_name="reports")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.CharField(max_length=100, blank=True, default="")
    latitude = models.IntegerField(null=True)
    longitude = models.IntegerField(null=True)
    accuracy_metres = models.PositiveIntegerField(null=True)
    has_arrived = models.BooleanField()
    metres_off = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "place_report"
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None, accuracy_metres=None)
                | Q(
                    latitude__range=(-90_000_000, 90_000_000),
                    longitude__range=(-180_000_000, 180_000_000),
                    accuracy_metres__isnull=False,
                ),
                name="point_is_on_the_earth",
            ),
            models.CheckConstraint(condition=~Q(words="") | Q(latitude__isnull=False), name="report_says_where"),
        ]
        indexes = [models.Index(fields=["take_out", "-at"], name="place_reports")]
