"""The written seal rules of a company, who has read them, and who answers for which seal under them."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import Company, Person, new_uid
from privyseal.seals.models.register import Seal


class SealRules(models.Model):
    """One version of a company's written seal rules: a draft until somebody else than its author publishes it."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=100)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    published_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "seal_rules"
        constraints = [
            models.UniqueConstraint(fields=["company", "version"], name="rules_version_is_written_once"),
            models.CheckConstraint(
                condition=Q(published_by=None, published_at=None)
                | (Q(published_at__isnull=False) & ~Q(published_by=F("written_by"))),
                name="publisher_is_not_author",
            ),
        ]


class Acknowledgement(models.Model):
    """Somebody read one published version; with a seal, they answer for keeping it under these rules."""

    rules = models.ForeignKey(SealRules, models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "seal_rules_acknowledgement"
        constraints = [
            models.UniqueConstraint(
                fields=["rules", "person", "seal"], nulls_distinct=False, name="rules_acknowledged_once"
            ),
        ]
