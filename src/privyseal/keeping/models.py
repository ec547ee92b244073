"""What must not go, what is to go, and who was erased."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import Company, Person, new_uid
from privyseal.keeping.rules import LONGEST_REASON, Decision
from privyseal.keeping.terms import Paper
from privyseal.seals.models import Permit, Seal


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


class Blotting(models.Model):
    """How far the words of somebody who is erased have been blotted in what others wrote; goes on where it stopped.

    The tables are gone through twice, some blocks at a time: what was written meanwhile is found by the second round.
    ``words`` are what is sought, and go with the last step.
    """

    erasure = models.OneToOneField(Erasure, models.PROTECT, related_name="blotting")
    words = models.JSONField(null=True)
    round = models.PositiveSmallIntegerField(default=1)
    table = models.CharField(max_length=63, blank=True)
    block = models.BigIntegerField(default=0)
    tables = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "blotting"
        constraints = [
            models.CheckConstraint(
                condition=Q(words__isnull=False, finished_at=None) | Q(words=None, finished_at__isnull=False),
                name="what_is_blotted_is_kept_until_the_end",
            ),
        ]
        indexes = [models.Index(fields=["erasure"], condition=Q(finished_at=None), name="blottings_under_way")]


class Clearance(models.Model):
    """A list of what is to be deleted because its time is over: asked for by a manager, decided by the auditor.

    ``list_sha256`` is of what stands on it; each row is gone once the file is about to be, and deleted once it is.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=LONGEST_REASON)
    list_sha256 = models.CharField(max_length=64)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=8, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "clearance"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="clearance_says_why"),
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
                name="clearance_is_decided_by_a_second_person",
            ),
        ]


class ClearedPaper(models.Model):
    """One photograph or scan on a list: which row it is of, its digests, and the last day on which it was kept."""

    clearance = models.ForeignKey(Clearance, models.PROTECT, related_name="papers")
    paper = models.CharField(max_length=16)
    key = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    also_sha256 = models.CharField(max_length=64, blank=True)
    retention = models.CharField(max_length=16)
    ended_on = models.DateField()
    permit = models.ForeignKey(Permit, models.PROTECT, related_name="+")
    gone_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cleared_paper"
        constraints = [
            models.CheckConstraint(
                condition=Q(paper__in=[each.value for each in Paper]), name="cleared_paper_is_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(gone_at__isnull=False), name="paper_is_recorded_before_it_is_deleted"
            ),
            models.CheckConstraint(
                condition=Q(gone_at=None) | Q(gone_at__date__gt=F("ended_on")), name="nothing_goes_before_its_day"
            ),
            models.UniqueConstraint(fields=["clearance", "paper", "key"], name="paper_is_on_a_list_once"),
        ]
        indexes = [
            models.Index(fields=["paper", "key"], name="papers_on_lists"),
            models.Index(fields=["sha256"], condition=Q(gone_at__isnull=False), name="papers_gone"),
        ]
