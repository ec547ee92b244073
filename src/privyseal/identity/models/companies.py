"""Legal persons."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from privyseal.identity.initials import InitialPairs
from privyseal.identity.models.people import Person, new_uid
from privyseal.identity.rules import Proof, Standing, standing


class Company(models.Model):
    """A legal person, below another one in a group or above all.

    It can own a seal only after a second person examined its proofs. No two companies have names that look alike.
    What was made before ``renamed_at``, under an earlier name, may be used until ``old_seals_until``.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    name = models.CharField(_("name"), max_length=64, unique=True)
    skeleton = models.CharField(max_length=200, unique=True)
    name_en = models.CharField(_("English name"), max_length=150, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    legal_representative = models.CharField(_("legal representative"), max_length=100)
    licence_sha256 = models.CharField(max_length=64, blank=True)
    representative_sha256 = models.CharField(max_length=64, blank=True)
    evidence_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    evidence_at = models.DateTimeField(null=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    registered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    verified_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    verified_at = models.DateTimeField(null=True)
    rejected_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    rejected_at = models.DateTimeField(null=True)
    rejection = models.CharField(max_length=500, blank=True)
    renamed_at = models.DateTimeField(null=True)
    old_seals_until = models.DateField(null=True)

    class Meta:
        db_table = "company"
        indexes = [GinIndex(InitialPairs("name"), name="company_by_initials", fastupdate=False)]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("registered_by")), name="verifier_is_not_registrar"
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | Q(evidence_by=None) | ~Q(verified_by=F("evidence_by")),
                name="verifier_brought_no_evidence",
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None) | (~Q(licence_sha256="") & ~Q(representative_sha256="")),
                name="company_is_verified_with_every_proof",
            ),
            models.CheckConstraint(
                condition=Q(rejected_at=None) | (Q(verified_at=None) & ~Q(rejection="")),
                name="company_is_rejected_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(renamed_at=None, old_seals_until=None)
                | Q(renamed_at__isnull=False, old_seals_until__isnull=False),
                name="renamed_company_says_until_when_old_seals_last",
            ),
            models.CheckConstraint(condition=Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"), name="uscc_in_form"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def standing(self) -> Standing:
        brought = {Proof.LICENCE: self.licence_sha256, Proof.REPRESENTATIVE: self.representative_sha256}
        return standing(
            [proof for proof, digest in brought.items() if digest],
            is_verified=self.verified_at is not None,
            is_rejected=self.rejected_at is not None,
        )
