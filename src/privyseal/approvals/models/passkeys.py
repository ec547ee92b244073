"""The passkeys by which people say yes, as the signer's rosters have them or are about to."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import Person, new_uid
from privyseal.signer.changes import Enter, Remove
from privyseal.signer.charters import APPROVERS
from privyseal.signer.passkeys import Credential


class ApprovalPasskey(models.Model):
    """A passkey made on the approval page, confirmed by two people, entered at the signer, until it is removed.

    ``said`` are the assertions of those who confirmed it, ``removal`` that of whoever removed it: the signer checks
    both. ``entered_at`` and ``taken_off_at`` are when it was told, ``denied_at`` when it learned to refuse the passkey,
    also where its owner left. ``is_software`` is one of a demonstration, which no browser can use. ``counter`` is the
    highest that was seen here.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="approval_passkeys")
    name = models.CharField(max_length=80)
    credential = models.BinaryField(unique=True)
    key = models.BinaryField()
    is_bound = models.BooleanField()
    is_software = models.BooleanField(default=False, db_default=False)
    roster = models.CharField(max_length=32, default=APPROVERS, db_default=APPROVERS)
    counter = models.BigIntegerField(default=0)
    offered_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    first_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    second_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True)
    said = models.JSONField(default=list)
    entered_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    removed_at = models.DateTimeField(null=True)
    removal = models.JSONField(default=list)
    taken_off_at = models.DateTimeField(null=True)
    denied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "approval_passkey"
        constraints = [
            models.CheckConstraint(
                condition=~Q(first_by=F("person")) & ~Q(second_by=F("person")), name="nobody_confirms_their_own_passkey"
            ),
            models.CheckConstraint(condition=~Q(second_by=F("first_by")), name="passkey_is_confirmed_by_two"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, entered_at=None)
                | Q(confirmed_at__isnull=False, first_by__isnull=False, second_by__isnull=False),
                name="passkey_is_entered_once_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, taken_off_at=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="passkey_is_removed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["confirmed_at"],
                condition=Q(confirmed_at__isnull=False, entered_at=None, removed_at=None),
                name="passkey_not_entered",
            ),
            models.Index(
                fields=["removed_at"],
                condition=Q(removed_at__isnull=False, entered_at__isnull=False, taken_off_at=None),
                name="passkey_not_taken_off",
            ),
        ]

    @property
    def pinned(self) -> Credential:
        """Return the passkey as a roster has it."""
        return Credential(
            id=bytes(self.credential),
            person=self.person.pseudonym,
            key=bytes(self.key),
            is_bound=self.is_bound,
            starts_at=self.starts_at,
        )

    @property
    def entry(self) -> Enter:
        return Enter(self.roster, self.pinned)

    @property
    def departure(self) -> Remove:
        return Remove(self.roster, bytes(self.credential))
