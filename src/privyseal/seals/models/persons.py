"""Whose name a seal bears, and the mandates that this person gave for its use."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import DigestField, Person, new_uid
from privyseal.seals.models.register import Seal
from privyseal.seals.rules.persons import LONGEST_MANDATE, Limits


class SealPerson(models.Model):
    """Whose name a personal seal bears: said by a manager, agreed to by somebody else who approves there, for life."""

    seal = models.OneToOneField(Seal, models.PROTECT, related_name="bears")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    named_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "seal_person"
        constraints = [
            models.CheckConstraint(condition=~Q(named_by=F("person")), name="nobody_names_themselves"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (
                    Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                    & ~Q(confirmed_by=F("named_by"))
                    & ~Q(confirmed_by=F("person"))
                ),
                name="whose_seal_is_agreed_by_another",
            ),
        ]


class Mandate(models.Model):
    """A person's yes in writing to later uses of a seal that bears their name: for a purpose, a time and within limits.

    ``evidence`` is what the signer checks: the statement of it and the assertion given on that. ``denied_at`` is when
    the signer was told that it was revoked.
    """

    uid = DigestField(default=new_uid, editable=False)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="mandates")
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    purpose = models.CharField(max_length=200)
    paper_sha256 = DigestField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    most_uses = models.PositiveIntegerField(null=True)
    most_amount = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    used = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)
    denied_at = models.DateTimeField(null=True)
    evidence = models.JSONField(default=list)

    class Meta:
        db_table = "mandate"
        constraints = [
            models.UniqueConstraint(fields=["uid"], name="mandate_has_its_uid"),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at"), ends_at__lte=F("starts_at") + LONGEST_MANDATE),
                name="mandate_ends_within_a_year",
            ),
            models.CheckConstraint(
                condition=Q(most_uses=None) | Q(used__lte=F("most_uses")), name="mandate_is_not_overused"
            ),
            models.CheckConstraint(
                condition=Q(denied_at=None) | Q(revoked_at__isnull=False), name="only_a_revoked_mandate_is_denied"
            ),
            models.CheckConstraint(condition=~Q(purpose=""), name="mandate_says_what_for"),
        ]

    @property
    def limits(self) -> Limits:
        return Limits(self.most_uses, self.most_amount)

    @property
    def assurance(self) -> str:
        """Return what its person's yes is made of."""
        return str(self.evidence[0]["assertions"][0]["assurance"]) if self.evidence else ""

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None
