"""What somebody is still writing: theirs alone."""

from django.db import models

from privyseal.identity.models import Company, DigestField, Person, new_uid


class Draft(models.Model):
    """A form for a use as far as it is filled in, for one document; ``said`` is its fields as JSON text."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    document_sha256 = DigestField()
    document_name = models.CharField(max_length=200)
    said = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "application_draft"
        constraints = [
            models.UniqueConstraint(fields=["person", "company", "document_sha256"], name="one_draft_a_document"),
        ]

    def __str__(self) -> str:
        return self.document_name
