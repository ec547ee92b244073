"""One-time codes with which people open their accounts, or get back in."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models.people import Person


class EntryCode(models.Model):
    """A code that lets its owner choose a password, once.

    Only its digest is kept. For an account that was open before, a second person has to confirm it: otherwise whoever
    made the code could walk in as somebody else.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="entry_codes")
    code_sha256 = models.CharField(max_length=64, unique=True)
    is_first = models.BooleanField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "entry_code"
        constraints = [
            models.CheckConstraint(condition=~Q(made_by=F("person")), name="entry_code_is_made_by_another"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | (~Q(confirmed_by=F("made_by")) & ~Q(confirmed_by=F("person"))),
                name="entry_code_is_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(is_first=True) | Q(confirmed_at__isnull=False),
                name="entry_code_is_used_when_confirmed",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(used_at=None, replaced_at=None), name="one_open_entry_code_a_person"
            ),
        ]
