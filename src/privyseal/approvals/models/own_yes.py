"""Whose own yes an application takes beside the approvals, since one of its seals bears their name."""

from django.db import models
from django.db.models import Q

from privyseal.approvals.models.applications import Application
from privyseal.identity.models import DigestField, Person
from privyseal.seals.models import Mandate, Seal


class OwnYes(models.Model):
    """One seal of an application that bears a name: said yes to by that person, or before, in a mandate.

    ``approved`` is what the signer checks: the statement consented to and the assertion given on it.
    ``withdrawn_at`` is when the person took it back, for good; ``denied_at`` when the signer was told.
    """

    pk = models.CompositePrimaryKey("application_id", "seal_id")
    application = models.ForeignKey(Application, models.PROTECT, related_name="own_yeses", db_index=False)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+", null=True)
    given_at = models.DateTimeField(null=True)
    shown_sha256 = DigestField(blank=True, default="")
    approved = models.JSONField(default=list)
    withdrawn_at = models.DateTimeField(null=True)
    denied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "application_own_yes"
        constraints = [
            models.CheckConstraint(condition=Q(mandate=None) | Q(given_at=None), name="own_yes_is_given_once"),
            models.CheckConstraint(
                condition=Q(denied_at=None) | Q(withdrawn_at__isnull=False), name="only_a_withdrawn_yes_is_denied"
            ),
        ]
        indexes = [
            models.Index(
                fields=["withdrawn_at"],
                condition=Q(withdrawn_at__isnull=False, denied_at=None),
                name="own_yes_not_denied",
            ),
        ]

    @property
    def is_awaited(self) -> bool:
        return self.withdrawn_at is None and not self.is_there

    @property
    def is_there(self) -> bool:
        return self.withdrawn_at is None and (self.mandate_id is not None or self.given_at is not None)
