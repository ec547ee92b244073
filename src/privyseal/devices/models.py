"""Machines that hold rubber seals, what they told, and what they are asked."""

from django.db import models
from django.db.models import Q

from privyseal.custody.models import Turn
from privyseal.device.enrolment import DeviceKind
from privyseal.device.events import Told
from privyseal.device.orders import Request
from privyseal.device.tickets import Mode
from privyseal.devices.rules import Because, DeviceState, Mark, state_of
from privyseal.identity.models import Company, DigestField, Person, Unit, new_uid
from privyseal.seals.models import Seal

_NOBODY = "0" * 64


class Device(models.Model):
    """One machine. ``known`` and ``head`` are the end of its chain of events.

    ``counter`` is its mechanical count as it last said it, ``counted`` the same as its events add it up.
    ``confirmations`` is how many others see each impression first.
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


class MachineUse(models.Model):
    """What one use lets one machine do, by a ticket or by a code for so many ``minutes``, and what it told of it.

    ``uid`` is the signer's grant; ``ticket`` how events name it, empty for a code that nobody typed yet. ``number`` is
    the last impression it began, ``mark`` how far that is; ``spent`` what is off the ticket, as the machine counts.
    ``told_head`` is that of its events before it showed its receipt, ``head_agrees`` whether the receipt is over them.
    ``closed_at`` is when nothing more could come of it: then its turn is settled.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="uses")
    turn = models.OneToOneField(Turn, models.PROTECT, related_name="machine_use")
    ticket = models.CharField(max_length=32, blank=True, default="")
    mode = models.CharField(max_length=16, default=Mode.COUNTED.value)
    minutes = models.PositiveIntegerField(default=0)
    impressions = models.PositiveIntegerField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    allowed_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=40, blank=True, default="")
    is_open = models.BooleanField(default=False)
    number = models.PositiveIntegerField(default=0)
    mark = models.CharField(max_length=16, blank=True, default="")
    spent = models.IntegerField(default=0)
    fired = models.PositiveIntegerField(default=0)
    committed = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    is_withdrawn = models.BooleanField(default=False)
    sequence = models.BigIntegerField(null=True)
    receipt_used = models.PositiveIntegerField(null=True)
    receipt_head = models.PositiveIntegerField(null=True)
    told_head = models.CharField(max_length=64, null=True)  # noqa: DJ001  a code that nobody closed has none, and it takes no room
    head_agrees = models.BooleanField(null=True)
    closed_at = models.DateTimeField(null=True)
    confirmations = models.PositiveSmallIntegerField(default=0, db_default=0)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    reviewed_at = models.DateTimeField(null=True)
    is_right = models.BooleanField(null=True)

    class Meta:
        db_table = "machine_use"
        constraints = [
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(mode=Mode.EMERGENCY.value, reviewed_at=None, refused=""),
                name="one_unreviewed_emergency_a_machine",
            ),
            models.CheckConstraint(
                condition=Q(mode=Mode.CONFIRMED.value, confirmations__gte=1, minutes=0)
                | (~Q(mode=Mode.CONFIRMED.value) & Q(confirmations=0)),
                name="confirmed_use_says_by_how_many",
            ),
            models.UniqueConstraint(fields=["ticket"], condition=~Q(ticket=""), name="one_use_a_ticket"),
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(minutes__gt=0, receipt_used=None, refused=""),
                name="one_open_code_a_machine",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=[mode.value for mode in Mode]) & Q(mark__in=[mark.value for mark in Mark]),
                name="machine_use_is_known",
            ),
            models.CheckConstraint(
                condition=Q(impressions__gte=1, opens_at__lt=models.F("closes_at")), name="machine_use_allows_something"
            ),
            models.CheckConstraint(
                condition=Q(refused="") | Q(allowed_at=None, fired=0), name="refused_use_opens_nothing"
            ),
        ]
        indexes = [
            models.Index(fields=["device"], condition=Q(closed_at=None), name="open_machine_uses"),
            models.Index(
                fields=["id"], condition=Q(told_head__isnull=False, head_agrees=None), name="receipts_to_compare"
            ),
        ]

    @property
    def left(self) -> int:
        """Return how many are left on the machine, as it and we count."""
        return self.impressions - self.spent


class Confirmation(models.Model):
    """One person saw one impression on this picture before it was made, and agreed; the signer tells its machine.

    ``said`` is the assertion that they did, which the key checks; none from before it did.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    use = models.ForeignKey(MachineUse, models.PROTECT, related_name="confirmed")
    impression = models.PositiveIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    picture_sha256 = DigestField()
    said = models.JSONField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "machine_confirmation"
        constraints = [
            models.UniqueConstraint(fields=["use", "impression", "by"], name="one_confirmation_a_person_an_impression")
        ]
        indexes = [models.Index(fields=["at"], condition=Q(done_at=None), name="confirmations_to_do")]

    @property
    def assurance(self) -> str:
        """Return what the yes is made of, empty where the key did not ask."""
        return str(self.said["assurance"]) if self.said else ""


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


class DeviceEvent(models.Model):
    """One event as it was told, whole, with members and types that nobody here knows yet. Never changed.

    A device that is enrolled with new keys begins a new chain, in its next epoch.
    """

    device = models.ForeignKey(Device, models.PROTECT, related_name="events", db_index=False)
    epoch = models.PositiveIntegerField()
    number = models.BigIntegerField()
    type = models.CharField(max_length=40)
    ticket = models.CharField(max_length=32, blank=True, default="")
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    said = models.JSONField()

    class Meta:
        db_table = "device_event"
        constraints = [models.UniqueConstraint(fields=["device", "epoch", "number"], name="one_event_a_number")]
        indexes = [models.Index(fields=["device", "at"], condition=Q(type=Told.POSITION.value), name="positions_told")]


class DevicePicture(models.Model):
    """A photograph that an event of a device names; it is in the vault from ``received_at`` on.

    ``use`` and ``impression`` say what it shows, where that is known; ``is_before`` where the seal was still up.
    """

    device = models.ForeignKey(Device, models.PROTECT, related_name="pictures", db_index=False)
    sha256 = DigestField()
    bytes = models.PositiveIntegerField()
    named_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    use = models.ForeignKey(MachineUse, models.PROTECT, related_name="pictures", null=True, db_index=False)
    impression = models.PositiveIntegerField(null=True)
    taken_at = models.DateTimeField(null=True)
    is_before = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "device_picture"
        constraints = [
            models.UniqueConstraint(fields=["device", "sha256"], name="one_picture_of_a_device"),
            models.CheckConstraint(condition=Q(bytes__gte=1), name="picture_has_bytes"),
        ]
        indexes = [models.Index(fields=["use"], condition=Q(use__isnull=False), name="pictures_of_a_use")]


class DeviceRequest(models.Model):
    """What a device is asked that is safe for anybody to ask; numbers go up within it. The gateway signs it."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="requests", db_index=False)
    number = models.BigIntegerField()
    type = models.CharField(max_length=16)
    said = models.JSONField(default=dict)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "device_request"
        constraints = [
            models.UniqueConstraint(fields=["device", "number"], name="one_request_a_number"),
            models.CheckConstraint(condition=Q(type__in=[one.value for one in Request]), name="request_is_known"),
        ]


class DeviceOrder(models.Model):
    """An order or ticket that the signer signed for a device, as it is sent; ``ticket`` is empty for an order."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="orders", db_index=False)
    number = models.BigIntegerField(null=True)
    ticket = models.CharField(max_length=32, blank=True, default="")
    frame = models.TextField()
    made_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "device_order"
        constraints = [
            models.UniqueConstraint(fields=["device", "number"], condition=Q(ticket=""), name="one_order_a_number"),
            models.UniqueConstraint(fields=["ticket"], condition=~Q(ticket=""), name="one_frame_a_ticket"),
            models.CheckConstraint(
                condition=Q(ticket="", number__isnull=False)
                | (~Q(ticket="") & Q(number=None, closes_at__isnull=False)),
                name="frame_is_order_or_ticket",
            ),
        ]


class DeviceSlot(models.Model):
    """Which seal a device holds where, as the signer was told."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="places", db_index=False)
    number = models.PositiveSmallIntegerField()
    seal = models.OneToOneField(Seal, models.PROTECT, related_name="+")

    class Meta:
        db_table = "device_slot"
        constraints = [models.UniqueConstraint(fields=["device", "number"], name="one_seal_a_slot_of_a_device")]


class Mounting(models.Model):
    """A seal is to go into a slot, or with none, whatever is there out of it: asked by one, agreed to by another."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="mountings")
    slot = models.PositiveSmallIntegerField()
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+", null=True, db_index=False)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    decided_at = models.DateTimeField(null=True)
    is_agreed = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True)

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
        ]
        indexes = [
            models.Index(fields=["decided_at"], condition=Q(is_agreed=True, done_at=None), name="mountings_to_do")
        ]


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
