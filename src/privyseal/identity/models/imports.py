"""Tables that somebody brought to be entered as a whole."""

from django.db import models
from django.db.models import Q

from privyseal.identity.models.people import Person, new_uid
from privyseal.identity.rules import Import


class TableImport(models.Model):
    """A table, what is wrong with it, and how far entering it has come.

    ``called`` holds the words by which the table may name a thing, in the languages of the pages.
    ``done`` is written beside the transaction that enters the rows, so that others see it grow.
    The file is let go, which is on record, and then deleted.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    table = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    called = models.JSONField(default=dict)
    brought_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in Import])
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)
    error_count = models.PositiveIntegerField(default=0)
    refusal = models.JSONField(null=True)
    ended_at = models.DateTimeField(null=True)
    let_go_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "table_import"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in Import]), name="import_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[Import.FINE, Import.ENTERING, Import.ENTERED]) | Q(error_count=0),
                name="nothing_is_entered_of_a_table_with_errors",
            ),
            models.CheckConstraint(
                condition=Q(state=Import.REFUSED, refusal__isnull=False)
                | (~Q(state=Import.REFUSED) & Q(refusal__isnull=True)),
                name="refused_import_says_why",
            ),
            models.CheckConstraint(
                condition=Q(let_go_at=None) | Q(state__in=[Import.WRONG, Import.ENTERED, Import.REFUSED]),
                name="table_that_waits_keeps_its_file",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(let_go_at__isnull=False), name="table_is_recorded_before_it_is_deleted"
            ),
        ]
        indexes = [models.Index(fields=["brought_by", "-id"], name="import_by_its_bringer")]
