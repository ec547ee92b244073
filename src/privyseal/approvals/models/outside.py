"""Approval systems of the company's own, and what was asked of them and answered."""

from django.db import models
from django.db.models import F, Q

from privyseal.approvals.models.applications import Application
from privyseal.identity.models import Company, DigestField, Person, new_uid


class OutsideSystem(models.Model):
    """A program, such as the company's OA, that puts applications before people and says what they decided.

    ``key`` is its public key as Standard Webhooks writes it. It counts once a second person has confirmed it, until it
    is ended, at the seats of policies that name it.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    address = models.CharField(max_length=500)
    key = models.CharField(max_length=64)
    registered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outside_system"
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"], condition=Q(ended_at=None), name="outside_system_has_its_name"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("registered_by"))),
                name="outside_system_confirmer_is_another",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Asking(models.Model):
    """A stage of an application that is put before an outside system: on its way as long as it has a ``due_at``."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="askings", db_index=False)
    system = models.ForeignKey(OutsideSystem, models.PROTECT, related_name="askings")
    shown_sha256 = DigestField()
    needed = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=32, blank=True)
    said = models.CharField(max_length=16, blank=True)

    class Meta:
        db_table = "outside_asking"
        constraints = [
            models.UniqueConstraint(fields=["application", "system", "shown_sha256"], name="outside_is_asked_once")
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="outside_asking_due")]


class Answer(models.Model):
    """What an outside system said, as it signed it: the evidence of a vote that was not given here."""

    system = models.ForeignKey(OutsideSystem, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=128)
    application = models.ForeignKey(Application, models.PROTECT, related_name="answers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    seconds = models.BigIntegerField()
    signature = models.CharField(max_length=500)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "outside_answer"
        constraints = [
            models.UniqueConstraint(fields=["system", "name"], name="outside_answers_once_by_a_name"),
            models.UniqueConstraint(fields=["application", "person", "at"], name="answer_is_of_one_vote"),
        ]
