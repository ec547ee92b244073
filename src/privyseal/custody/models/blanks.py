"""Sheets that were stamped before they were filled in, each with its number."""

from django.db import models
from django.db.models import F, Q

from privyseal.custody.models.photographs import Photograph
from privyseal.custody.models.uses import Turn
from privyseal.custody.rules.blanks import Became
from privyseal.identity.models import Person
from privyseal.seals.models import Permit


class Blank(models.Model):
    """One blank of a permit: out until its use is reported with a photograph, or the keeper has it back.

    The database keeps that the permit allows blanks, for routine papers, by two approvers at least
    (``blank_is_an_approved_exception``), and that none is left without a number (``each_blank_has_its_number``).
    """

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="blanks")
    turn = models.ForeignKey(Turn, models.PROTECT, related_name="blanks")
    number = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    became = models.CharField(max_length=16, default=Became.OUT.value)
    words = models.CharField(max_length=200, blank=True, default="")
    said_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    said_at = models.DateTimeField(null=True)
    photograph = models.OneToOneField(Photograph, models.PROTECT, related_name="blank", null=True)

    class Meta:
        db_table = "hand_blank"
        constraints = [
            models.UniqueConstraint(fields=["permit", "number"], name="one_blank_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1, due_at__gt=F("issued_at")), name="blank_is_due_later"),
            models.CheckConstraint(
                condition=Q(became=Became.OUT.value, words="", said_by=None, said_at=None, photograph=None)
                | (
                    Q(became=Became.USED.value, said_by__isnull=False, said_at__isnull=False, photograph__isnull=False)
                    & ~Q(words="")
                )
                | Q(became=Became.RETURNED.value, said_by__isnull=False, said_at__isnull=False, photograph=None),
                name="blank_is_accounted_for",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(became=Became.OUT.value), name="blanks_out")]

    @property
    def cause(self) -> str:
        """What its incident is found by."""
        return f"permit {self.permit.uid} blank {self.number}"
