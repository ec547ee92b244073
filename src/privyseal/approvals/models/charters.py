"""What the key demands of a yes: charters as they were proposed, agreed to, and told to the signer."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import Company, Person, new_uid
from privyseal.seals.models import Seal
from privyseal.signer.changes import Amend
from privyseal.signer.charters import (
    APPROVERS,
    INSTALLATION,
    MOST_APPROVALS,
    Charter,
    of_company,
    of_seal,
    roster_of_company,
)
from privyseal.signer.statement import ASSURANCES


class CharterVersion(models.Model):
    """One version of the charter of a company's seals, or, with ``seal``, of one of them; of all, without a company.

    ``said`` are the assertions of those who agreed, of whom it ``takes`` so many different ones: as many as the charter
    before asks for, and two at least. With ``is_own_roster`` the company's own roster counts alone. From ``told_at`` on
    the key goes by it; ``failure`` is why it did not take it.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", null=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+", null=True, db_index=False)
    version = models.PositiveIntegerField()
    approvals = models.PositiveSmallIntegerField()
    assurance = models.CharField(max_length=16)
    is_bound = models.BooleanField()
    is_own_roster = models.BooleanField(default=False, db_default=False)
    takes = models.PositiveSmallIntegerField()
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    said = models.JSONField(default=list)
    agreed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "charter_version"
        constraints = [
            models.UniqueConstraint(
                fields=["company", "seal", "version"],
                condition=Q(told_at__isnull=False),
                name="charter_version_is_told_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["company", "seal"],
                condition=Q(told_at=None, ended_at=None),
                name="one_charter_proposed_at_a_time",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(approvals__range=(1, MOST_APPROVALS), takes__gte=2, assurance__in=ASSURANCES),
                name="charter_asks_for_people",
            ),
            models.CheckConstraint(
                condition=Q(company__isnull=False) | Q(seal=None, is_own_roster=False),
                name="charter_of_all_has_no_roster_of_its_own",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(agreed_at__isnull=False, told_at__gte=F("agreed_at")),
                name="charter_is_agreed_before_it_is_told",
            ),
        ]

    @property
    def charter(self) -> Charter:
        own = self.company if self.is_own_roster else None
        return Charter(self.approvals, self.assurance, roster_of_company(own.uscc) if own else APPROVERS, self.is_bound)

    @property
    def change(self) -> Amend:
        """Return the amendment that is said yes to."""
        of = of_seal(self.seal.uid) if self.seal else of_company(self.company.uscc) if self.company else INSTALLATION
        return Amend(of, self.version, self.charter)

    @property
    def agreed(self) -> frozenset[str]:
        """Return the pseudonyms of those who agreed."""
        return frozenset(one["approver"] for one in self.said)
