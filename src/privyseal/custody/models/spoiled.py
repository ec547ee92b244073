"""Impressions that went wrong, and what became of their pages."""

from django.db import models
from django.db.models import F, Q

from privyseal.custody.models.photographs import Photograph
from privyseal.custody.models.uses import Turn
from privyseal.identity.models import Person


class Spoiled(models.Model):
    """So many impressions of a turn on one photographed page, marked void; handed in to the keeper, ``anew`` go back.

    The database keeps that no more are spoiled than were made (``no_more_is_spoiled_than_made``), and no more made anew
    than the permit allows (``no_more_is_made_anew_than_allowed``).
    """

    photograph = models.OneToOneField(Photograph, models.PROTECT, primary_key=True, related_name="spoiled")
    turn = models.ForeignKey(Turn, models.PROTECT, related_name="spoiled")
    impressions = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    said_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    taken_in_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    taken_in_at = models.DateTimeField(null=True)
    anew = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "hand_spoiled"
        constraints = [
            models.CheckConstraint(condition=Q(impressions__gte=1), name="something_is_spoiled"),
            models.CheckConstraint(condition=~Q(reason=""), name="spoiled_says_why"),
            models.CheckConstraint(
                condition=Q(taken_in_by=None, taken_in_at=None)
                | (Q(taken_in_by__isnull=False, taken_in_at__isnull=False) & ~Q(taken_in_by=F("said_by"))),
                name="spoiled_page_is_handed_in_to_another",
            ),
            models.CheckConstraint(
                condition=Q(anew=0) | Q(anew__lte=F("impressions"), taken_in_at__isnull=False),
                name="one_is_made_anew_for_one_that_was_handed_in",
            ),
        ]
