"""Browsers in which somebody is signed in."""

from django.db import models
from django.db.models import Q

from privyseal.identity.models.people import Person


class Session(models.Model):
    """A browser in which somebody is signed in, or about to be. Of its key only the digest is kept."""

    session_key = models.CharField(max_length=64, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "session"
        constraints = [
            models.CheckConstraint(condition=Q(session_key__regex=r"^[0-9a-f]{64}$"), name="session_key_is_a_digest"),
        ]
