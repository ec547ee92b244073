"""Who keeps which physical seal, from when to when, and the photographs that prove it."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import Company, Person, new_uid
from privyseal.seals.models.permits import Permit
from privyseal.seals.models.register import Seal


class Custody(models.Model):
    """One person keeps one physical seal. One with ``due_at`` covers for somebody, to whom the seal goes back."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="custodies")
    keeper = models.ForeignKey(Person, models.PROTECT, related_name="custodies")
    permit = models.ForeignKey(Permit, models.PROTECT, related_name="custodies", null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    covers_for = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)

    class Meta:
        db_table = "custody"
        constraints = [
            models.UniqueConstraint(fields=["seal"], condition=Q(until=None), name="one_open_custody_an_object"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="custody_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(due_at=None, covers_for=None) | Q(due_at__isnull=False, covers_for__isnull=False),
                name="cover_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(covers_for=None) | ~Q(covers_for=F("keeper")), name="nobody_covers_for_themselves"
            ),
        ]
        indexes = [models.Index(fields=["keeper"], condition=Q(until=None), name="open_custody_by_keeper")]


class KeeperSet(models.Model):
    """Seals that do not share a keeper: named by a manager, ended by a second person who approves there."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    seals: Any = models.ManyToManyField(Seal, related_name="keeper_sets")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ending_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "keeper_set"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | (Q(ended_at__isnull=False, ending_by__isnull=False) & ~Q(ended_by=F("ending_by"))),
                name="keeper_set_is_ended_by_a_second_person",
            ),
        ]


class CoCustodian(models.Model):
    """Somebody without whose consent a lost seal is not replaced: they keep the second key, or are owed its use."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="co_custodians")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "co_custodian"
        constraints = [
            models.UniqueConstraint(fields=["seal", "person"], condition=Q(until=None), name="co_custodian_once"),
        ]


class Photo(models.Model):
    """A picture of a seal, an imprint or an end; its bytes are stored under ``sha256``."""

    sha256 = models.CharField(max_length=64)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="photos")
    kind = models.CharField(max_length=16)
    size = models.PositiveIntegerField()
    received_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        db_table = "seal_photo"
        constraints = [models.UniqueConstraint(fields=["sha256", "seal"], name="photo_is_received_once")]
