"""Names that companies had and are to have."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models.companies import Company
from privyseal.identity.models.people import Person, new_uid


class Renaming(models.Model):
    """A company's change of name: asked for with its new licence, in force once a second person examined that.

    ``old_name`` stays the company's in history: no other company gets a name that looks like it.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="renamings")
    old_name = models.CharField(max_length=64)
    old_skeleton = models.CharField(max_length=200, db_index=True)
    old_licence_sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    skeleton = models.CharField(max_length=200)
    name_en = models.CharField(max_length=150, blank=True)
    licence_sha256 = models.CharField(max_length=64)
    changed_on = models.DateField()
    old_seals_until = models.DateField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField(null=True)
    rejected_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    rejected_at = models.DateTimeField(null=True)
    rejection = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "company_renaming"
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by")),
                name="renaming_is_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(condition=~Q(licence_sha256=""), name="renaming_has_its_licence"),
            models.CheckConstraint(
                condition=Q(old_seals_until__gte=F("changed_on")), name="old_seals_end_after_the_renaming"
            ),
            models.CheckConstraint(
                condition=Q(rejected_at=None) | (Q(confirmed_at=None) & ~Q(rejection="")),
                name="renaming_is_rejected_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["company"],
                condition=Q(confirmed_at=None, rejected_at=None),
                name="one_open_renaming_a_company",
            ),
        ]
