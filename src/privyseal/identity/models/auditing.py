"""What an auditor wrote beside the record."""

from django.db import models

from privyseal.identity.models.people import Person


class AuditComment(models.Model):
    """A remark of an auditor on one entry of the ledger, which itself keeps only the remark's digest."""

    fact_id = models.BigIntegerField(db_index=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=500)

    class Meta:
        db_table = "audit_comment"
