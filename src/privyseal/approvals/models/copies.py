"""Who compares a copy with its original before it is sealed as checked against it."""

from django.db import models

from privyseal.approvals.models.applications import Application
from privyseal.identity.models import DigestField, Person


class CopyCheck(models.Model):
    """One person named to hold the copies of an application against their originals, and when they said it agrees.

    That nothing is approved before they have stands in the database alone: ``copy_is_compared_before_it_is_approved``.
    """

    application = models.OneToOneField(Application, models.PROTECT, primary_key=True, related_name="copy_check")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    compared_at = models.DateTimeField(null=True)
    shown_sha256 = DigestField(blank=True, default="")

    class Meta:
        db_table = "application_copy_check"
