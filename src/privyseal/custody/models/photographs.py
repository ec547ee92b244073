"""Photographs of stamped pages; what they show lies encrypted in the vault."""

from typing import Final

from django.db import models
from django.db.models import Q

from privyseal.custody.models.uses import HandUse, Turn
from privyseal.identity.models import Person, new_uid

_LONGEST_PLACE: Final = 100


class Photograph(models.Model):
    """A page as it was stamped: ``sha256`` is what was sent, ``small_sha256`` the same small.

    ``impressions`` are those on no earlier photograph of the turn. ``taken_at`` and ``place`` are what the telephone
    says, ``at`` is when we had it; ``is_late`` where the seal had gone back by then.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    turn = models.ForeignKey(Turn, models.PROTECT, related_name="photographs")
    sha256 = models.CharField(max_length=64)
    small_sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    size = models.PositiveIntegerField()
    impressions = models.PositiveIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=_LONGEST_PLACE, blank=True, default="")
    is_late = models.BooleanField()
    retention = models.CharField(max_length=16)

    class Meta:
        db_table = "hand_photograph"
        constraints = [
            models.UniqueConstraint(fields=["turn", "sha256"], name="photograph_counts_once_a_turn"),
            models.CheckConstraint(
                condition=Q(taken_at=None) | Q(taken_at__lte=models.F("at")), name="photograph_is_taken_before_it_comes"
            ),
        ]


class PhotographWaiver(models.Model):
    """That the photographs of a use need not be brought: asked for with a reason, in force once another agrees."""

    use = models.OneToOneField(HandUse, models.PROTECT, primary_key=True, related_name="waiver")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    agreed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hand_photograph_waiver"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="photograph_waiver_says_why"),
            models.CheckConstraint(
                condition=Q(agreed_by=None, agreed_at=None)
                | (Q(agreed_by__isnull=False, agreed_at__isnull=False) & ~Q(agreed_by=models.F("asked_by"))),
                name="photographs_are_waived_by_two",
            ),
        ]
