"""A company's categories of business, version by version."""

from django.db import models
from django.db.models import F, Q

from privyseal.approvals.rules.categories import Category
from privyseal.identity.models import Company, DigestField, Person, new_uid


class CategoryVersion(models.Model):
    """One version of a category: a draft until somebody of another power puts it into force.

    With ``is_for_group`` it also stands in the companies below that have none of their own under its code.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    says = models.JSONField()
    says_sha256 = DigestField()
    is_for_group = models.BooleanField(default=False)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "category"
        constraints = [
            models.UniqueConstraint(fields=["company", "code", "version"], name="category_version_is_written_once"),
            models.UniqueConstraint(
                fields=["company", "code"],
                condition=Q(confirmed_at__isnull=False, ended_at=None),
                name="one_category_in_force_a_code",
            ),
            models.UniqueConstraint(
                fields=["company", "code"],
                condition=Q(confirmed_at=None, ended_at=None),
                name="one_category_draft_a_code",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("written_by"))),
                name="category_confirmer_is_not_author",
            ),
        ]

    def __str__(self) -> str:
        return str(self.says["name_zh"])

    @property
    def category(self) -> Category:
        return Category.from_json(self.says)

    @property
    def is_draft(self) -> bool:
        return self.confirmed_at is None and self.ended_at is None
