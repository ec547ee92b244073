"""By when a stage of an application decides, and what became of that."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from privyseal.approvals.models.applications import Application
from privyseal.approvals.rules.deadlines import Deadline, Lapse, Reckoned
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.identity.rules.working_days import Counted, Span


class Due(models.Model):
    """The deadline of one stage: what the policy said stays, the rest is reckoned whenever the stage begins.

    ``posts`` and ``people`` are who hears of it when it is late, by key, as in ``SeatAsked``. ``next_at`` is when
    somebody has to look at it: to remind, or to say that it is late; empty where nothing is to come.
    """

    pk = models.CompositePrimaryKey("application_id", "stage")
    application = models.ForeignKey(Application, models.PROTECT, related_name="dues", db_index=False)
    stage = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    counted = models.CharField(max_length=8)
    reminders = ArrayField(models.PositiveSmallIntegerField(), default=list)
    lapse = models.CharField(max_length=8)
    who = models.CharField(max_length=16, blank=True)
    name = models.CharField(max_length=32, blank=True)
    posts = ArrayField(models.BigIntegerField(), default=list)
    people = ArrayField(models.BigIntegerField(), default=list)
    begun_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    reminders_at = ArrayField(models.DateTimeField(), default=list)
    reminded = models.PositiveSmallIntegerField(default=0)
    lapsed_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "application_due"
        constraints = [
            models.CheckConstraint(
                condition=Q(lapse=Lapse.TELL.value) | (Q(lapse=Lapse.ADD.value) & ~Q(who="")), name="lapse_is_known"
            ),
            models.CheckConstraint(
                condition=Q(begun_at=None, due_at=None, next_at=None, lapsed_at=None) | Q(due_at__gt=F("begun_at")),
                name="stage_is_due_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(lapsed_at=None) | Q(lapsed_at__gte=F("due_at")), name="late_is_after_due"
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="due_next")]

    @property
    def deadline(self) -> Deadline:
        to = Seat(Who(self.who), self.name) if self.who else None
        return Deadline(Span(self.number, Counted(self.counted)), tuple(self.reminders), Lapse(self.lapse), to)

    @property
    def reckoned(self) -> Reckoned | None:
        return None if self.due_at is None else Reckoned(self.due_at, tuple(self.reminders_at))
