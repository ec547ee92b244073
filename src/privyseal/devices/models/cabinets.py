"""What cabinets and boxes let people take out."""

from django.db import models
from django.db.models import Q

from privyseal.devices.models.machines import Device
from privyseal.devices.rules import LetOut
from privyseal.identity.models import Person, new_uid
from privyseal.seals.models import Permit


class CabinetOpening(models.Model):
    """One time that a cabinet lets a seal out of its slot for a permit, by a ticket, and what it told of it.

    ``uid`` is the signer's grant, and the ticket's; ``by`` keeps the seal and is identified at the cabinet.
    ``opened_at`` is when its slot was opened last, ``taken_at`` when the seal went out, ``back_at`` when it came in.
    ``missed_at`` is when its time was over and it not back, ``closed_at`` when nothing more could come of it.
    By a code it is open for so many ``minutes``; ``named`` is how events name it once it was typed, ``is_forced`` where
    whoever asked was made to: it opens nothing. ``receipt_used`` is what the receipt says that was read at
    ``receipt_at``, ``told_head`` the cabinet's chain where it showed it, ``head_agrees`` whether the two agree.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="openings")
    permit = models.ForeignKey(Permit, models.PROTECT, related_name="openings")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    allowed_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=40, null=True)  # noqa: DJ001  most are not, and it takes no room
    opened_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    back_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    minutes = models.PositiveIntegerField(null=True)
    is_forced = models.BooleanField(null=True)
    named = models.CharField(max_length=32, null=True, unique=True)  # noqa: DJ001  most have none, and it takes no room
    sequence = models.BigIntegerField(null=True)
    receipt_used = models.PositiveSmallIntegerField(null=True)
    receipt_head = models.PositiveIntegerField(null=True)
    receipt_at = models.DateTimeField(null=True)
    told_head = models.CharField(max_length=64, null=True)  # noqa: DJ001  likewise
    head_agrees = models.BooleanField(null=True)

    class Meta:
        db_table = "cabinet_opening"
        constraints = [
            models.UniqueConstraint(fields=["permit"], condition=Q(closed_at=None), name="one_open_opening_a_permit"),
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(minutes__isnull=False, closed_at=None),
                name="one_open_code_a_cabinet",
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=False) | Q(is_forced=None, named=None, receipt_at=None),
                name="only_a_code_of_a_cabinet_is_typed",
            ),
            models.CheckConstraint(
                condition=Q(receipt_at=None, receipt_used=None) | Q(closed_at__isnull=False, receipt_used__lte=1),
                name="receipt_closes_an_opening",
            ),
            models.CheckConstraint(condition=Q(opens_at__lt=models.F("closes_at")), name="opening_has_a_window"),
            models.CheckConstraint(
                condition=Q(back_at=None) | Q(taken_at__isnull=False, closed_at__isnull=False),
                name="seal_comes_back_that_was_taken",
            ),
            models.CheckConstraint(
                condition=Q(refused=None) | Q(allowed_at=None, taken_at=None, closed_at__isnull=False),
                name="refused_opening_opens_nothing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(receipt_at__isnull=False, head_agrees=None),
                name="cabinet_receipts_to_compare",
            )
        ]

    @property
    def ticket(self) -> str:
        """Return how events name it, empty for a code that nobody typed yet."""
        return (self.named or "") if self.minutes else self.uid

    @property
    def far(self) -> LetOut:
        if self.back_at is not None:
            return LetOut.BACK
        return LetOut.INSIDE if self.taken_at is None else LetOut.OUT

    @property
    def may_be_out(self) -> bool:
        """Tell whether the seal is out by it, or may be: a code opens whoever hears of it, and nobody takes it back."""
        is_code = self.minutes is not None and self.allowed_at is not None and not self.is_forced
        return self.far is LetOut.OUT or (is_code and self.closed_at is None)
