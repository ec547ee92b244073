"""Certificates that an authority outside is asked for, what stands above them, and what it says of them later."""

from django.db import models
from django.db.models import Q

from privyseal.identity.models import Person
from privyseal.pdf.verifying.revocation import Standing
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


class OutsideWatch(models.Model):
    """What an authority outside says of the certificate of a version in force, as far as it was asked.

    ``good_until`` is until when the last good word counts. ``trouble`` is why the last asking brought nothing.
    ``revoked_since`` is the authority's own time, ``revoked_at`` when it was seen here, ``told_at`` when the key had
    it.
    ``unwatched_at`` is since when people know that nothing current is known.
    """

    version = models.OneToOneField(SealVersion, models.PROTECT, related_name="watch")
    looked_at = models.DateTimeField()
    look_again_at = models.DateTimeField(db_index=True)
    answer = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Standing])
    good_until = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=64, blank=True)
    revoked_since = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    evidence = models.BinaryField(null=True)
    told_at = models.DateTimeField(null=True)
    unwatched_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outside_watch"
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=[one.value for one in Standing]), name="outside_answer_is_known"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_since=None, evidence=None, told_at=None)
                | Q(revoked_at__isnull=False, revoked_since__isnull=False, evidence__isnull=False),
                name="revoked_outside_by_evidence",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(answer=Standing.REVOKED.value), name="revoked_outside_for_good"
            ),
        ]


class OutsideWord(models.Model):
    """The newest list of an authority outside at an address, or its answer about one certificate, as it came.

    ``about`` is the SHA-256 of that certificate; empty for a list.
    """

    address = models.CharField(max_length=500)
    about = models.CharField(max_length=64, blank=True)
    content = models.BinaryField()
    said_at = models.DateTimeField()
    fetched_at = models.DateTimeField()

    class Meta:
        db_table = "outside_word"
        constraints = [models.UniqueConstraint(fields=["address", "about"], name="one_word_an_address")]
