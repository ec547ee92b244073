"""What machines told, and what they are asked and ordered."""

from django.db import models
from django.db.models import Q

from privyseal.device.events import Told
from privyseal.device.orders import Request
from privyseal.devices.models.machines import Device
from privyseal.devices.models.uses import MachineUse
from privyseal.identity.models import DigestField, Person


class DeviceEvent(models.Model):
    """One event as it was told, whole, with members and types that nobody here knows yet. Never changed.

    A device that is enrolled with new keys begins a new chain, in its next epoch. ``frame`` stands at the last event
    that a frame told: what makes that frame again, as it was signed, with the events before.
    """

    device = models.ForeignKey(Device, models.PROTECT, related_name="events", db_index=False)
    epoch = models.PositiveIntegerField()
    number = models.BigIntegerField()
    type = models.CharField(max_length=40)
    ticket = models.CharField(max_length=32, blank=True, default="")
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    said = models.JSONField()
    frame = models.BinaryField(default=b"", db_default=b"")

    class Meta:
        db_table = "device_event"
        constraints = [models.UniqueConstraint(fields=["device", "epoch", "number"], name="one_event_a_number")]
        indexes = [
            models.Index(fields=["device", "at"], condition=Q(type=Told.POSITION.value), name="positions_told"),
            models.Index(fields=["ticket"], condition=~Q(ticket=""), name="events_of_a_ticket"),
        ]


class DeviceCertificate(models.Model):
    """A certificate that a device was given for its key, and the devices' authority that gave it. Never changed.

    ``fact`` is the key of what is on record of it.
    """

    device = models.ForeignKey(Device, models.PROTECT, related_name="certificates", db_index=False)
    epoch = models.PositiveIntegerField()
    serial = models.CharField(max_length=64)
    data = models.BinaryField()
    authority = models.BinaryField()
    given_at = models.DateTimeField()
    fact = models.BigIntegerField()

    class Meta:
        db_table = "device_certificate"
        constraints = [models.UniqueConstraint(fields=["device", "serial"], name="one_certificate_a_serial")]


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
