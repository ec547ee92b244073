"""Who decides for whom, for a time, in which matters and hours."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from privyseal.approvals.rules.delegations import MINUTES_A_DAY, DaysOff, Hours, Scope
from privyseal.identity.models import Company, Person, new_uid


class Delegation(models.Model):
    """An approver lets another approver of the company decide for them; kept as it was given, until it is ended.

    That nobody who decides for another has somebody decide for them stands in the database alone as well:
    ``delegate_delegates_no_further``.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    giver = models.ForeignKey(Person, models.PROTECT, related_name="+")
    taker = models.ForeignKey(Person, models.PROTECT, related_name="+")
    purposes = ArrayField(models.CharField(max_length=16), default=list)
    types = ArrayField(models.CharField(max_length=32), default=list)
    below = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    begins = models.PositiveSmallIntegerField(default=0)
    ends = models.PositiveSmallIntegerField(default=0)
    days_off = models.CharField(max_length=8, default=DaysOff.ALIKE.value, db_default=DaysOff.ALIKE.value)
    given_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delegation"
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="delegate_is_another"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="delegation_has_a_term"),
            models.CheckConstraint(
                condition=Q(days_off__in=[one.value for one in DaysOff]), name="days_off_mean_something_known"
            ),
            models.CheckConstraint(
                condition=Q(begins__lt=MINUTES_A_DAY, ends__lt=MINUTES_A_DAY), name="delegation_has_possible_hours"
            ),
        ]

    @property
    def hours(self) -> Hours:
        return Hours(frozenset(self.weekdays), self.begins, self.ends, DaysOff(self.days_off))

    @property
    def scope(self) -> Scope:
        return Scope(frozenset(self.purposes), frozenset(self.types), self.below)
