"""Which passkeys count on the rosters of which companies: seats, and the lists by which security says yes to them."""

from django.db import models
from django.db.models import F, Q

from privyseal.approvals.models.passkeys import ApprovalPasskey
from privyseal.identity.models import Company, Person, new_uid
from privyseal.signer.changes import Seat, Seated, uid_of_seat
from privyseal.signer.charters import roster_of_company


class SeatList(models.Model):
    """Seats that two of security say yes to together; the signer is told of all of them, or of none.

    ``said`` are their assertions. From ``told_at`` on the key goes by it; ``failure`` is why it did not take it.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    listed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    listed_at = models.DateTimeField()
    said = models.JSONField(default=list)
    agreed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "seat_list"
        constraints = [
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(agreed_at__isnull=False, ended_at=None, told_at__gte=F("agreed_at")),
                name="seats_are_agreed_before_they_are_told",
            ),
        ]
        indexes = [
            models.Index(fields=["listed_at"], condition=Q(told_at=None, ended_at=None), name="seat_list_open"),
        ]

    @property
    def change(self) -> Seat:
        """Return the change that is said yes to, the same however often it is asked for."""
        rows = self.seats.select_related("passkey__person", "company").order_by("pk")
        return Seat(self.listed_at, tuple(row.seated for row in rows))

    @property
    def agreed(self) -> frozenset[str]:
        """Return the pseudonyms of those who agreed."""
        return frozenset(one["approver"] for one in self.said)


class RosterSeat(models.Model):
    """A passkey of the approvers' roster that is to count on a company's, while its owner says yes there.

    It waits without a ``of_list``, is in force from ``entered_at``, and ends with its owner's power or passkey;
    ``denied_at`` is when the key learned so.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    passkey = models.ForeignKey(ApprovalPasskey, models.PROTECT, related_name="seats")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    waits_from = models.DateTimeField()
    of_list = models.ForeignKey(SeatList, models.PROTECT, related_name="seats", null=True)
    entered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    denied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "roster_seat"
        constraints = [
            models.UniqueConstraint(
                fields=["passkey", "company"], condition=Q(ended_at=None), name="one_seat_of_a_passkey_in_a_company"
            ),
            models.CheckConstraint(
                condition=Q(entered_at=None) | Q(of_list__isnull=False), name="seat_is_entered_by_a_list"
            ),
            models.CheckConstraint(
                condition=Q(denied_at=None) | Q(ended_at__isnull=False, of_list__isnull=False),
                name="seat_is_denied_once_it_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["waits_from"], condition=Q(of_list=None, ended_at=None), name="seat_waits"),
            models.Index(
                fields=["ended_at"],
                condition=Q(ended_at__isnull=False, of_list__isnull=False, denied_at=None),
                name="seat_not_denied",
            ),
        ]

    @property
    def roster(self) -> str:
        return roster_of_company(self.company.uscc)

    @property
    def seated(self) -> Seated:
        return Seated(self.roster, self.passkey.person.pseudonym, bytes(self.passkey.credential))

    @property
    def denied_by(self) -> str:
        """Return by what the signer knows this seat once it is on a list."""
        assert self.of_list is not None  # noqa: S101
        return uid_of_seat(self.roster, bytes(self.passkey.credential), self.of_list.listed_at)
