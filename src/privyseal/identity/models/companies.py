"""Legal persons."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from privyseal.identity.models.people import Person, new_uid


class Company(models.Model):
    """A legal person, below another one in a group or above all.

    It can own a seal only after somebody else than its registrar examined its licence.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    name = models.CharField(_("name"), max_length=64, unique=True)
    name_en = models.CharField(_("English name"), max_length=150, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    legal_representative = models.CharField(_("legal representative"), max_length=100)
    licence_sha256 = models.CharField(max_length=64)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    registered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    verified_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "company"
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("registered_by")), name="verifier_is_not_registrar"
            ),
            models.CheckConstraint(condition=Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"), name="uscc_in_form"),
        ]

    def __str__(self) -> str:
        return self.name
