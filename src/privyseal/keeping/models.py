"""What must not go, what is to go, and who was erased."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import Company, Person, new_uid
from privyseal.keeping.rules import LONGEST_REASON, Decision
from privyseal.seals.models import Seal


class Hold(models.Model):
    """While it is not lifted, nothing that it covers is deleted and nobody whom it covers is erased.

    It is about one company, seal, application or person; ``company`` says whose it is in any case but the last.
    Lifting it is asked for by one person and agreed to by another.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", null=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+", null=True)
    application_uid = models.CharField(max_length=64, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=LONGEST_REASON)
    placed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lift_reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    lift_asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    lift_asked_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "legal_hold"
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, company=None, seal=None, application_uid="")
                | (Q(person=None, company__isnull=False) & (Q(seal=None) | Q(application_uid=""))),
                name="hold_is_about_one_thing",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_says_why"),
            models.CheckConstraint(
                condition=Q(lift_asked_at=None, lift_asked_by=None, lift_reason="")
                | (Q(lift_asked_at__isnull=False, lift_asked_by__isnull=False) & ~Q(lift_reason="")),
                name="lifting_says_why",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | (
                    Q(lifted_at__isnull=False, lifted_by__isnull=False, lift_asked_at__isnull=False)
                    & ~Q(lifted_by=F("lift_asked_by"))
                ),
                name="hold_is_lifted_by_a_second_person",
            ),
        ]
        indexes = [
            models.Index(fields=["company"], condition=Q(lifted_at=None), name="holds_in_force"),
            models.Index(fields=["person"], condition=Q(lifted_at=None), name="holds_on_people"),
        ]


class Erasure(models.Model):
    """That somebody who has left becomes unfindable: asked for by security, decided by the auditor.

    The name goes; who it was stays a pseudonym in the ledger, and the row of this id.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=LONGEST_REASON)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=8, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    left = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "erasure"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="erasure_says_why"),
            models.CheckConstraint(
                condition=~Q(asked_by=F("person")) & (Q(decided_by=None) | ~Q(decided_by=F("person"))),
                name="nobody_erases_themselves",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by=None, decided_at=None)
                | (
                    Q(
                        decision__in=[each.value for each in Decision],
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                    )
                    & ~Q(decided_by=F("asked_by"))
                ),
                name="erasure_is_decided_by_a_second_person",
            ),
            models.UniqueConstraint(fields=["person"], condition=Q(decision=""), name="one_open_erasure_a_person"),
        ]
