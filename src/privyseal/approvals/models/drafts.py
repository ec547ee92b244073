"""What somebody is still writing: theirs alone."""

from django.db import models

from privyseal.identity.models import Company, DigestField, Person, new_uid


class Draft(models.Model):
    """A form for a use as far as it is filled in, for one document; ``said`` is its fields as JSON text.

    ``alike`` are the digests of further documents that are to be sealed as this one is, with a space between them.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    document_sha256 = DigestField()
    document_name = models.CharField(max_length=200)
    said = models.TextField()
    alike = models.TextField(null=True)  # noqa: DJ001  most drafts are about one document, and then it is nothing
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "application_draft"
        constraints = [
            models.UniqueConstraint(fields=["person", "company", "document_sha256"], name="one_draft_a_document"),
        ]

    def __str__(self) -> str:
        return self.document_name
