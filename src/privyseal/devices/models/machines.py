"""The machines, what enrols one, and which seals they hold."""

from django.db import models
from django.db.models import Q

from privyseal.device.enrolment import DeviceKind
from privyseal.devices.rules import DeviceState, state_of
from privyseal.identity.models import Company, Person, Unit, new_uid
from privyseal.seals.models import Seal

_NOBODY = "0" * 64


class Device(models.Model):
    """One machine. ``known`` and ``head`` are the end of its chain of events.

    ``counter`` is its mechanical count as it last said it, ``counted`` the same as its events add it up.
    ``confirmations`` is how many others see each impression first; ``is_dual`` where two people hold each code.
    ``is_through_cloud`` where its maker's cloud stands between, with lower assurance, for good.
    ``key`` signs its frames, as two coordinates in hexadecimal; ``key_before`` too after a renewal, until it speaks by
    the new one or the time of that is over. ``stopped_at`` is when the signer was told of its end.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    serial = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=40)
    slots = models.PositiveSmallIntegerField()
    confirmations = models.PositiveSmallIntegerField(default=0, db_default=0)
    is_dual = models.BooleanField(default=False, db_default=False)
    is_through_cloud = models.BooleanField(default=False, db_default=False)
    group = models.CharField(max_length=40, blank=True, default="", db_default="", db_column="grouping")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True)
    keeper = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    registered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    enrolled_at = models.DateTimeField(null=True)
    epoch = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=128, blank=True, default="")
    key_before = models.CharField(max_length=128, blank=True, default="", db_default="")
    key_before_until = models.DateTimeField(null=True)
    certificate = models.CharField(max_length=64, blank=True, default="")
    valid_until = models.DateTimeField(null=True)
    model = models.CharField(max_length=64, blank=True, default="")
    firmware = models.CharField(max_length=64, blank=True, default="")
    known = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default=_NOBODY)
    counter = models.BigIntegerField(null=True)
    counted = models.BigIntegerField(null=True)
    is_locked = models.BooleanField(default=False)
    health = models.JSONField(default=dict)
    health_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    clock_behind = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    ending = models.CharField(max_length=16, blank=True, default="")
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "device"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in DeviceKind]), name="device_is_known"),
            models.CheckConstraint(condition=~Q(name="") & Q(slots__gte=1), name="device_has_name_and_slots"),
            models.CheckConstraint(
                condition=Q(enrolled_at=None, epoch=0, key="")
                | (Q(enrolled_at__isnull=False, epoch__gte=1) & ~Q(key="")),
                name="enrolled_device_has_a_key",
            ),
            models.CheckConstraint(
                condition=Q(key_before="", key_before_until=None)
                | (~Q(key_before="") & ~Q(key_before=models.F("key")) & Q(key_before_until__isnull=False)),
                name="key_before_is_another_and_ends",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ending="")
                | Q(
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                    ending__in=[DeviceState.RETIRED.value, DeviceState.LOST.value],
                ),
                name="ended_device_says_how_and_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["ended_at"], condition=Q(stopped_at=None), name="devices_to_stop")]

    @property
    def state(self) -> DeviceState:
        return state_of(is_enrolled=self.enrolled_at is not None, ending=self.ending)


class EnrolmentCode(models.Model):
    """What enrols a device within its hour: never the code itself, only what both sides derive from it."""

    device = models.OneToOneField(Device, models.PROTECT, primary_key=True, related_name="enrolment_code")
    secret = models.CharField(max_length=64)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    wrong = models.PositiveSmallIntegerField(default=0)
    spent_on = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "device_code"


class DeviceSlot(models.Model):
    """Which seal a device holds where, as the signer was told."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="places", db_index=False)
    number = models.PositiveSmallIntegerField()
    seal = models.OneToOneField(Seal, models.PROTECT, related_name="+")

    class Meta:
        db_table = "device_slot"
        constraints = [models.UniqueConstraint(fields=["device", "number"], name="one_seal_a_slot_of_a_device")]
