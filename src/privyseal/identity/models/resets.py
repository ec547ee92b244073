"""Second factors that somebody lost, and who took them away for them."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models.people import Person, new_uid


class FactorReset(models.Model):
    """Two security persons, or one and the auditor, take every second factor from somebody who has lost theirs.

    Until the second of them agrees, its owner and security can stop it.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="factor_resets")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "factor_reset"
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=F("person")), name="reset_is_asked_by_another"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None)
                | (
                    Q(done_at__isnull=False, done_by__isnull=False)
                    & ~Q(done_by=F("asked_by"))
                    & ~Q(done_by=F("person"))
                ),
                name="reset_is_done_by_a_second_person",
            ),
            models.CheckConstraint(condition=Q(done_at=None) | Q(stopped_at=None), name="stopped_reset_is_not_done"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(done_at=None, stopped_at=None), name="one_open_reset_a_person"
            ),
        ]
