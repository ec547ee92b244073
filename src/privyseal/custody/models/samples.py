"""Impressions drawn by lot, of which photographs are asked."""

from django.db import models
from django.db.models import Q

from privyseal.custody.models.photographs import Photograph
from privyseal.custody.models.uses import Turn


class Sample(models.Model):
    """One impression of a turn, counted from its first, that has to be seen: drawn once both counts were known.

    ``page`` and ``copy`` say where it stands when one copy is stamped after the other, each in the order of its places.

    The database keeps that as many are drawn as have to be shown (``sampled_turn_has_its_samples``), and that each is
    shown by a photograph of its turn, until that is seen to show another page (``sample_is_shown_once``).
    """

    turn = models.ForeignKey(Turn, models.PROTECT, related_name="samples")
    number = models.PositiveIntegerField()
    page = models.PositiveIntegerField(null=True)
    copy = models.PositiveIntegerField(null=True)
    photograph = models.OneToOneField(Photograph, models.PROTECT, related_name="sample", null=True)

    class Meta:
        db_table = "hand_sample"
        constraints = [
            models.UniqueConstraint(fields=["turn", "number"], name="impression_is_drawn_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="samples_count_from_one"),
        ]
