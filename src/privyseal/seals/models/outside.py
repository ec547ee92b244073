"""Certificates that an authority outside is asked for, and what stands above those that came."""

from django.db import models
from django.db.models import Q

from privyseal.identity.models import Person
from privyseal.seals.models.permits import Permit
from privyseal.seals.models.register import SealVersion


class OutsideCertificate(models.Model):
    """The certificate of one making: its request, then its chain, from its issuer up to the root (PEM).

    ``version`` is what the making became; None while the certificate is awaited, and where it was given up.
    """

    permit = models.OneToOneField(Permit, models.PROTECT, related_name="outside")
    version = models.OneToOneField(SealVersion, models.PROTECT, related_name="outside", null=True)
    request = models.BinaryField()
    asked_at = models.DateTimeField()
    brought_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    brought_at = models.DateTimeField(null=True)
    chain = models.BinaryField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outside_certificate"
        constraints = [
            models.CheckConstraint(
                condition=Q(brought_by=None, brought_at=None) | Q(brought_by__isnull=False, brought_at__isnull=False),
                name="outside_certificate_is_brought_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(version=None, chain=None)
                | Q(version__isnull=False, chain__isnull=False, brought_at__isnull=False),
                name="outside_certificate_has_its_chain",
            ),
            models.CheckConstraint(
                condition=Q(given_up_at=None) | Q(version=None), name="what_was_given_up_is_no_version"
            ),
        ]
