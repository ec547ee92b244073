"""Cabinets, safes and boxes, their slots, and which seal belongs where and lies where."""

from django.db import models
from django.db.models import Q

from privyseal.custody.rules.places import StoreKind
from privyseal.identity.models import Company, Person, new_uid
from privyseal.seals.models import Seal


class Store(models.Model):
    """A cabinet, safe or box of a company; its slots stand in ``columns``, so that it can be drawn.

    ``counted_at`` is when its last stock-take ended, ``reminded_at`` when its managers were told that one is overdue.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=40)
    columns = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "seal_store"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in StoreKind]), name="store_is_known"),
            models.CheckConstraint(condition=~Q(name="") & Q(columns__gte=1), name="store_has_name_and_slots"),
            models.UniqueConstraint(fields=["company", "name"], condition=Q(ended_at=None), name="one_store_a_name"),
        ]


class Slot(models.Model):
    store = models.ForeignKey(Store, models.PROTECT, related_name="slots", db_index=False)
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=8)

    class Meta:
        db_table = "seal_slot"
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="one_slot_a_number"),
            models.UniqueConstraint(fields=["store", "label"], name="one_slot_a_label"),
        ]

    def called(self) -> str:
        """Return how people call it: the name of its cabinet, safe or box, and its own label."""
        return f"{self.store.name} {self.label}"


class SealPlace(models.Model):
    """Where one rubber seal belongs, and where it was put last; a seal without one is in its keeper's hands.

    The database keeps that all of it is of the seal's own company (``seal_belongs_to_its_company``).
    """

    seal = models.OneToOneField(Seal, models.PROTECT, primary_key=True, related_name="own_place")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    belongs = models.ForeignKey(Slot, models.PROTECT, related_name="+", null=True, db_index=False)
    lies = models.ForeignKey(Slot, models.PROTECT, related_name="+", null=True, db_index=False)
    bag = models.CharField(max_length=32, blank=True, default="")
    since = models.DateTimeField()

    class Meta:
        db_table = "seal_place"
        constraints = [
            models.UniqueConstraint(
                fields=["belongs"], condition=Q(belongs__isnull=False), name="one_seal_belongs_in_a_slot"
            ),
            models.UniqueConstraint(fields=["lies"], condition=Q(lies__isnull=False), name="one_seal_lies_in_a_slot"),
            models.UniqueConstraint(fields=["company", "bag"], condition=~Q(bag=""), name="one_seal_a_bag"),
            models.CheckConstraint(
                condition=Q(belongs__isnull=False) | ~Q(bag="") | Q(lies=None), name="place_says_something"
            ),
        ]
