"""Photographs of stamped pages; what they show lies encrypted in the vault."""

from typing import Final

from django.db import models
from django.db.models import Q

from privyseal.custody.models.uses import Turn
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
