"""What was found over rubber seals, once a cause, and from when on a company wants to hear of it."""

from typing import Final

from django.db import models
from django.db.models import F, Q

from privyseal.custody.rules.alarms import AlarmKind, Thresholds
from privyseal.custody.rules.spoiled import USUAL_ANEW
from privyseal.identity.models import Company, Person
from privyseal.seals.models import Incident

_REMINDED_AFTER: Final = Thresholds().debt_reminder_minutes


class Alarm(models.Model):
    """One thing that should not be, by its cause: found again, it is the same; its incident has owner and end."""

    incident = models.OneToOneField(Incident, models.PROTECT, primary_key=True, related_name="alarm")
    kind = models.CharField(max_length=16)
    cause = models.CharField(max_length=80)
    raised_at = models.DateTimeField()

    class Meta:
        db_table = "seal_alarm"
        constraints = [
            models.UniqueConstraint(fields=["kind", "cause"], name="one_incident_a_cause"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in AlarmKind]), name="alarm_is_known"),
        ]


class AlarmRule(models.Model):
    """The thresholds of one company; the usual ones count where it has none."""

    company = models.OneToOneField(Company, models.PROTECT, primary_key=True, related_name="+")
    lost_risk_minutes = models.PositiveIntegerField()
    not_returned_minutes = models.PositiveIntegerField()
    unused_days = models.PositiveSmallIntegerField()
    debt_days = models.PositiveSmallIntegerField()
    restamps = models.PositiveSmallIntegerField()
    stock_take_days = models.PositiveSmallIntegerField(default=Thresholds().stock_take_days)
    made_anew = models.PositiveSmallIntegerField(default=USUAL_ANEW, db_default=USUAL_ANEW)
    debt_reminder_minutes = models.PositiveSmallIntegerField(default=_REMINDED_AFTER, db_default=_REMINDED_AFTER)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        db_table = "alarm_rule"
        constraints = [
            models.CheckConstraint(
                condition=Q(lost_risk_minutes__gte=1, not_returned_minutes__gte=F("lost_risk_minutes")),
                name="risk_comes_before_the_incident",
            ),
            models.CheckConstraint(
                condition=Q(made_anew__lte=USUAL_ANEW), name="company_allows_no_more_anew_than_is_usual"
            ),
        ]

    def thresholds(self) -> Thresholds:
        return Thresholds(
            lost_risk_minutes=self.lost_risk_minutes,
            not_returned_minutes=self.not_returned_minutes,
            unused_days=self.unused_days,
            debt_days=self.debt_days,
            restamps=self.restamps,
            stock_take_days=self.stock_take_days,
            made_anew=self.made_anew,
            debt_reminder_minutes=self.debt_reminder_minutes,
        )
