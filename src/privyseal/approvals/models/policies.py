"""A company's approval policies, and the seats that an application under one asks to be filled."""

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from privyseal.approvals.models.applications import Application
from privyseal.approvals.rules import POLICY
from privyseal.approvals.rules.seats import Who
from privyseal.identity.models import Company, DigestField, Person, new_uid

# Seats that any approver may fill: signed in here, or by the outside system that the seat names.
ANYBODY: Final = (Who.APPROVER.value, Who.OUTSIDE.value)


class Policy(models.Model):
    """One version of a company's decision table: a draft until somebody of another power puts it into force.

    ``number`` is what statements and applications call it: given once, when it comes into force.
    With ``is_for_group`` it also decides for the companies below that have none of their own.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    number = models.PositiveIntegerField(null=True, unique=True)
    name = models.CharField(max_length=100)
    rows = models.JSONField(default=list)
    rows_sha256 = DigestField()
    is_for_group = models.BooleanField(default=False)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "policy"
        constraints = [
            models.UniqueConstraint(fields=["company", "version"], name="policy_version_is_written_once"),
            models.UniqueConstraint(
                fields=["company"],
                condition=Q(confirmed_at__isnull=False, ended_at=None),
                name="one_policy_in_force_a_company",
            ),
            models.UniqueConstraint(
                fields=["company"], condition=Q(confirmed_at=None, ended_at=None), name="one_policy_draft_a_company"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None, number=None)
                | (
                    Q(confirmed_by__isnull=False, confirmed_at__isnull=False, number__gt=int(POLICY))
                    & ~Q(confirmed_by=F("written_by"))
                ),
                name="policy_confirmer_is_not_author",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SeatAsked(models.Model):
    """One seat of one stage of an application: whose yes it takes, found when the application was submitted.

    ``posts`` and ``people`` say who, by key; with neither, any approver, here or by the outside system of that name.
    Whoever holds such a post when they vote is meant, not whoever held it then. ``needed`` of 0 is all of
    them. ``row`` is which row of the policy asked for it, counted from one; not known of applications from before.
    ``is_together`` where the policy lets it be decided on one page with others.
    """

    pk = models.CompositePrimaryKey("application_id", "stage", "position")
    application = models.ForeignKey(Application, models.PROTECT, related_name="seats", db_index=False)
    stage = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    who = models.CharField(max_length=16, choices=[(who.value, who.value) for who in Who])
    name = models.CharField(max_length=32, blank=True)
    needed = models.PositiveSmallIntegerField()
    row = models.PositiveSmallIntegerField(null=True)
    is_together = models.BooleanField(default=False, db_default=False)
    posts = ArrayField(models.BigIntegerField(), default=list)
    people = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        db_table = "application_seat"
        indexes = [models.Index(fields=["application"], condition=Q(is_together=True), name="seat_is_together")]
        constraints = [
            models.CheckConstraint(condition=Q(who__in=[who.value for who in Who]), name="seat_is_known"),
            models.CheckConstraint(condition=Q(who__in=ANYBODY) | ~Q(posts=[], people=[]), name="seat_names_somebody"),
        ]

    @property
    def names_nobody(self) -> bool:
        return self.who not in ANYBODY and not self.posts and not self.people
