"""What people were told, by which way, and what became of it."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import Person, Unit, new_uid
from privyseal.notification.rules import OBLIGED, Channel, DeliveryState, Urgency
from privyseal.seals.models import Seal


class Position(models.Model):
    """How far the ledger has been followed: the index of the next fact to tell of."""

    follower = models.CharField(max_length=32, primary_key=True)
    next_index = models.BigIntegerField()

    class Meta:
        db_table = "notification_position"


class Message(models.Model):
    """Something one person is told. Its words are made when they are read, from what the fact is about.

    ``cause`` is the fact's index, or what a deadline is called: nobody is told twice of one.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="messages", db_index=False)
    cause = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    about: Any = models.JSONField()
    urgency = models.CharField(max_length=8)
    happened_at = models.DateTimeField()
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "message"
        constraints = [
            models.UniqueConstraint(fields=["person", "cause"], name="nobody_is_told_twice"),
            models.CheckConstraint(
                condition=Q(urgency__in=[urgency.value for urgency in Urgency]), name="urgency_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="message_newest"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="message_unread"),
        ]


class Delivery(models.Model):
    """A message on its way by one channel. ``sends`` counts how often it may have left, ``said`` is an answer."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=16)
    state = models.CharField(max_length=16, default=DeliveryState.WAITING.value)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=32, blank=True)
    said = models.CharField(max_length=64, blank=True, db_default="")
    is_urgent = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "message_delivery"
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="one_delivery_a_channel"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DeliveryState]), name="delivery_state_is_known"
            ),
            models.CheckConstraint(condition=Q(channel__in=[c.value for c in Channel]), name="channel_is_known"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENDING.value, claimed_at__isnull=False)
                | (~Q(state=DeliveryState.SENDING.value) & Q(claimed_at=None)),
                name="claimed_delivery_is_being_sent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-is_urgent", "due_at"],
                condition=Q(state=DeliveryState.WAITING.value),
                name="delivery_due_next",
            ),
            models.Index(
                fields=["claimed_at"], condition=Q(state=DeliveryState.SENDING.value), name="delivery_claimed"
            ),
            models.Index(fields=["state", "-id"], name="delivery_by_state"),
        ]


class Part(models.Model):
    """By which name a channel speaks of a part of a delivery, and what it said of it: either may come first."""

    channel = models.CharField(max_length=16)
    reference = models.CharField(max_length=80)
    delivery = models.ForeignKey(Delivery, models.CASCADE, null=True, related_name="parts")
    is_delivered = models.BooleanField(null=True)
    said = models.CharField(max_length=64, blank=True)
    noted_at = models.DateTimeField()

    class Meta:
        db_table = "message_part"
        constraints = [models.UniqueConstraint(fields=["channel", "reference"], name="one_part_a_reference")]
        indexes = [
            models.Index(fields=["noted_at"], name="part_noted"),
        ]


class Address(models.Model):
    """Where somebody is reached by a channel. Before it is confirmed, nothing but its code goes there."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="addresses")
    channel = models.CharField(max_length=16)
    value = models.CharField(max_length=254)
    named_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=6, blank=True)
    code_due_at = models.DateTimeField(null=True)
    code_sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=32, blank=True)

    class Meta:
        db_table = "message_address"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "channel"], condition=Q(confirmed_at__isnull=False), name="one_address_a_channel"
            ),
            models.UniqueConstraint(
                fields=["person", "channel"], condition=Q(confirmed_at=None), name="one_new_address_a_channel"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(confirmed_at__gte=F("named_at")), name="address_is_confirmed_later"
            ),
            models.CheckConstraint(condition=Q(confirmed_at=None) | Q(code=""), name="confirmed_address_has_no_code"),
        ]
        indexes = [
            models.Index(fields=["code_due_at"], condition=Q(code_due_at__isnull=False), name="address_code_due"),
        ]


class Browser(models.Model):
    """A browser that shows messages while it is closed: its address at a push service, and its keys.

    ``p256dh`` and ``auth`` are base64url, as the browser writes them (W3C Push API); ``agent`` is what it calls itself.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="browsers")
    endpoint = models.CharField(max_length=500, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=32)
    agent = models.CharField(max_length=200, blank=True)
    named_at = models.DateTimeField()

    class Meta:
        db_table = "message_browser"

    def forget(self) -> None:
        """Tell this browser nothing more; without any, its person has no such address."""
        self.delete()
        if not Browser.objects.filter(person=self.person_id).exists():
            Address.objects.filter(person=self.person_id, channel=Channel.PUSH.value).delete()


class Wishes(models.Model):
    """When somebody does not want to be disturbed, and what they want on the page alone."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="message_wishes")
    quiet_begins = models.TimeField()
    quiet_ends = models.TimeField()
    daily_on_page_only = models.BooleanField(default=False)

    class Meta:
        db_table = "message_wishes"


class Unwanted(models.Model):
    """A kind of message that somebody does not want by a channel; it stays on their page."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="unwanted_messages", db_index=False)
    kind = models.CharField(max_length=64)
    channel = models.CharField(max_length=16)

    class Meta:
        db_table = "message_unwanted"
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="one_wish_a_kind_and_channel"),
            models.CheckConstraint(condition=~Q(kind__in=sorted(OBLIGED)), name="obliged_kinds_stay_wanted"),
        ]


class Muted(models.Model):
    """A seal, or all seals of a unit, of which somebody is told on their page alone, unless it is urgent."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="muted")
    seal = models.ForeignKey(Seal, models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")

    class Meta:
        db_table = "message_muted"
        constraints = [
            models.UniqueConstraint(fields=["person", "seal"], name="a_seal_is_muted_once"),
            models.UniqueConstraint(fields=["person", "unit"], name="a_unit_is_muted_once"),
            models.CheckConstraint(
                condition=Q(seal=None, unit__isnull=False) | Q(seal__isnull=False, unit=None),
                name="muted_is_a_seal_or_a_unit",
            ),
        ]


class Subscription(models.Model):
    """Another program that is told what happens. Whoever stops taking it is stopped; ``kinds`` of none means all."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    name = models.CharField(max_length=64)
    address = models.CharField(max_length=500)
    kinds: Any = models.JSONField()
    made_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_subscription"
        constraints = [
            models.CheckConstraint(
                condition=Q(address__startswith="https://") | Q(address__startswith="http://"), name="webhook_is_http"
            ),
        ]

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


class Notice(models.Model):
    """A fact on its way to a subscription, by ids alone. It comes at least once, under the same name."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="notices", db_index=False)
    cause = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    about: Any = models.JSONField()
    happened_at = models.DateTimeField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=16, default=DeliveryState.WAITING.value)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=32, blank=True)
    said = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "webhook_notice"
        constraints = [
            models.UniqueConstraint(fields=["subscription", "cause"], name="one_notice_a_subscription"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DeliveryState]), name="notice_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state=DeliveryState.WAITING.value), name="notice_due"),
            models.Index(fields=["state", "-id"], name="notice_by_state"),
        ]
