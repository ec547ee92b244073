"""What two people let happen to a machine: one asks, another agrees."""

from django.db import models
from django.db.models import Q

from privyseal.devices.models.machines import Device
from privyseal.devices.rules import Because
from privyseal.identity.models import Person, new_uid
from privyseal.seals.models import Seal


class Mounting(models.Model):
    """A seal is to go into a slot, or with none, whatever is there out of it: asked by one, agreed to by another.

    ``said`` is the assertion of who agreed, which the key checks. ``refused`` is why the key did not order it: what was
    agreed to is void, and whoever is near asks anew.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="mountings")
    slot = models.PositiveSmallIntegerField()
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+", null=True, db_index=False)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    decided_at = models.DateTimeField(null=True)
    is_agreed = models.BooleanField(default=False)
    said = models.JSONField(null=True)
    done_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=40, null=True)  # noqa: DJ001  most are not, and it takes no room

    class Meta:
        db_table = "device_mounting"
        constraints = [
            models.UniqueConstraint(fields=["device"], condition=Q(decided_at=None), name="one_open_mounting_a_device"),
            models.CheckConstraint(
                condition=Q(is_agreed=False) | ~Q(decided_by=models.F("asked_by")), name="nobody_agrees_to_own_mounting"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, is_agreed=False)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="mounting_is_decided_by_somebody",
            ),
            models.CheckConstraint(condition=Q(done_at=None) | Q(is_agreed=True), name="only_agreed_mounting_is_done"),
            models.UniqueConstraint(
                fields=["seal"], condition=Q(is_agreed=True, done_at=None), name="one_agreed_mounting_a_seal"
            ),
            models.CheckConstraint(
                condition=Q(refused=None) | Q(is_agreed=False, decided_at__isnull=False),
                name="refused_mounting_is_agreed_to_no_more",
            ),
        ]
        indexes = [
            models.Index(fields=["decided_at"], condition=Q(is_agreed=True, done_at=None), name="mountings_to_do"),
            models.Index(fields=["seal"], condition=Q(refused__isnull=False), name="mountings_refused"),
        ]

    @property
    def assurance(self) -> str:
        """Return what the second yes is made of, empty where the key did not ask."""
        return str(self.said["assurance"]) if self.said else ""


class Unlocking(models.Model):
    """A locked device is to be unlocked: asked by one, agreed to by another. ``known`` is its newest event till then.

    Whatever locks it after that event keeps it locked: who agreed has not seen it. ``said`` is the assertion of
    who agreed, which the key checks.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="unlockings")
    because = models.CharField(max_length=16)
    known = models.BigIntegerField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    decided_at = models.DateTimeField(null=True)
    is_agreed = models.BooleanField(default=False)
    said = models.JSONField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "device_unlocking"
        constraints = [
            models.UniqueConstraint(
                fields=["device"], condition=Q(decided_at=None), name="one_open_unlocking_a_device"
            ),
            models.CheckConstraint(
                condition=Q(because__in=[because.value for because in Because]), name="unlocking_says_why"
            ),
            models.CheckConstraint(
                condition=Q(is_agreed=False) | ~Q(decided_by=models.F("asked_by")),
                name="nobody_agrees_to_own_unlocking",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, is_agreed=False)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="unlocking_is_decided_by_somebody",
            ),
            models.CheckConstraint(condition=Q(done_at=None) | Q(is_agreed=True), name="only_agreed_unlocking_is_done"),
        ]
        indexes = [
            models.Index(fields=["decided_at"], condition=Q(is_agreed=True, done_at=None), name="unlockings_to_do")
        ]

    @property
    def assurance(self) -> str:
        """Return what the second yes is made of, empty where the key did not ask."""
        return str(self.said["assurance"]) if self.said else ""
