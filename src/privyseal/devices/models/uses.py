"""What uses let machines do, and who saw an impression first."""

from typing import Final

from django.db import models
from django.db.models import Q

from privyseal.custody.models import Turn
from privyseal.device.tickets import Mode
from privyseal.devices.models.machines import Device
from privyseal.devices.rules import Mark
from privyseal.identity.models import DigestField, Person, new_uid

# By hand a cabinet is opened, which makes no impression.
_MODES: Final = [mode.value for mode in Mode if mode is not Mode.HAND]


class MachineUse(models.Model):
    """What one use lets one machine do, by a ticket or by a code for so many ``minutes``, and what it told of it.

    ``uid`` is the signer's grant; ``ticket`` how events name it, empty for a code that nobody typed yet. ``number`` is
    the last impression it began, ``mark`` how far that is; ``spent`` what is off the ticket, as the machine counts.
    ``shown_sha256`` is the picture of what lies under the seal that waits, as the machine knows it: none where nothing
    says that this still lies there.
    ``is_dual`` where two people hold the code, ``is_forced`` where whoever asked for it was made to: it stamps nothing.
    ``told_head`` is that of its events before it showed its receipt, which was read back at ``receipt_at``;
    ``head_agrees`` whether the receipt is over them.
    ``closed_at`` is when nothing more could come of it: then its turn is settled. ``unheard_at`` is when its machine
    was enrolled anew, so that nobody can read the receipt of its code any more.
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
    shown_sha256 = models.CharField(max_length=64, null=True)  # noqa: DJ001  as told_head: most wait for nobody
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
    receipt_at = models.DateTimeField(null=True)
    head_agrees = models.BooleanField(null=True)
    closed_at = models.DateTimeField(null=True)
    unheard_at = models.DateTimeField(null=True)
    confirmations = models.PositiveSmallIntegerField(default=0, db_default=0)
    is_dual = models.BooleanField(null=True)
    is_forced = models.BooleanField(null=True)
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
                condition=Q(minutes__gt=0, receipt_used=None, refused="", unheard_at=None),
                name="one_open_code_a_machine",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=_MODES) & Q(mark__in=[mark.value for mark in Mark]),
                name="machine_use_is_known",
            ),
            models.CheckConstraint(
                condition=Q(impressions__gte=1, opens_at__lt=models.F("closes_at")), name="machine_use_allows_something"
            ),
            models.CheckConstraint(
                condition=Q(is_dual=None, is_forced=None) | Q(minutes__gt=0), name="only_a_code_is_halved_or_forced"
            ),
            models.CheckConstraint(
                condition=Q(refused="") | Q(allowed_at=None, fired=0), name="refused_use_opens_nothing"
            ),
            models.CheckConstraint(
                condition=Q(unheard_at=None) | Q(closed_at__isnull=False, minutes__gt=0), name="unheard_code_is_closed"
            ),
        ]
        indexes = [
            models.Index(fields=["device"], condition=Q(closed_at=None), name="open_machine_uses"),
            models.Index(
                fields=["id"], condition=Q(told_head__isnull=False, head_agrees=None), name="receipts_to_compare"
            ),
            models.Index(
                fields=["id"],
                condition=Q(receipt_at__isnull=False, told_head=None, head_agrees=None),
                name="receipts_not_told",
            ),
        ]

    @property
    def left(self) -> int:
        """Return how many are left on the machine, as it and we count."""
        return self.impressions - self.spent


class CodeWords(models.Model):
    """What somebody says who asks for a code: the usual word, or that which says that they are made to. Digests."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="+")
    usual = models.CharField(max_length=128)
    forced = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta:
        db_table = "device_code_words"


class Confirmation(models.Model):
    """One person saw one impression on this picture before it was made, and agreed; the signer tells its machine.

    ``said`` is the assertion that they did, which the key checks; none from before it did. ``refused`` is why the key
    did not take it: it is void, and they may agree anew, as they may to another picture.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    use = models.ForeignKey(MachineUse, models.PROTECT, related_name="confirmed")
    impression = models.PositiveIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    picture_sha256 = DigestField()
    said = models.JSONField(null=True)
    done_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=40, null=True)  # noqa: DJ001  most are not, and it takes no room

    class Meta:
        db_table = "machine_confirmation"
        constraints = [
            models.UniqueConstraint(
                fields=["use", "impression", "by", "picture_sha256"],
                condition=Q(refused=None),
                name="one_standing_confirmation_a_picture",
            ),
            models.CheckConstraint(
                condition=Q(refused=None) | Q(done_at=None), name="refused_confirmation_tells_nothing"
            ),
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(done_at=None, refused=None), name="confirmations_at_the_key")
        ]

    @property
    def assurance(self) -> str:
        """Return what the yes is made of, empty where the key did not ask."""
        return str(self.said["assurance"]) if self.said else ""
