"""Whom the company's sign-in service means."""

from django.db import models

from privyseal.identity.models.people import Person


class ProviderLink(models.Model):
    """A subject of an outside sign-in service that is this person."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="provider_links")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()

    class Meta:
        db_table = "provider_link"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="subject_is_one_person"),
            models.UniqueConstraint(fields=["person", "issuer"], name="person_has_one_subject"),
        ]
