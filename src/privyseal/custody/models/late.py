"""What was done without a network and came later."""

from django.db import models
from django.db.models import F, Q

from privyseal.custody.models.stock import StockTake
from privyseal.custody.rules.late import Waiting
from privyseal.identity.models import Person
from privyseal.seals.models import Permit


class LateAct(models.Model):
    """One act that came late, of a use or of a stock-take.

    ``done_at`` is what the telephone says, ``at`` is when we had it, and counts.
    """

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="late_acts", null=True)
    take = models.ForeignKey(StockTake, models.PROTECT, related_name="late_acts", null=True)
    act = models.CharField(max_length=16)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    done_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        db_table = "late_act"
        constraints = [
            models.CheckConstraint(condition=Q(act__in=[act.value for act in Waiting]), name="late_act_may_wait"),
            models.CheckConstraint(condition=Q(done_at__lt=F("at")), name="late_act_was_done_before_it_came"),
            models.CheckConstraint(
                condition=Q(permit__isnull=False, take=None) | Q(permit=None, take__isnull=False),
                name="late_act_is_of_a_use_or_a_stock_take",
            ),
        ]
