"""Documents by their digest, and what became of each intent to seal one."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import Company, DigestField, Person, new_uid
from privyseal.seals.models import Permit, PermitLine


class Document(models.Model):
    """A file that intake accepted; its bytes are stored under ``sha256``.

    ``look`` is what stands in it that somebody should look at before it is sealed; None where nobody has.
    ``bound`` is what there is of it instead of a file: then the bytes are what is shown of that.
    """

    sha256 = DigestField()
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    received_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    received_sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    pages = models.JSONField()
    changes = models.JSONField()
    warnings = models.JSONField(default=list)
    is_signed = models.BooleanField()
    look = models.JSONField(null=True)
    bound = models.JSONField(null=True)

    class Meta:
        db_table = "document"
        constraints = [
            models.UniqueConstraint(fields=["sha256", "company", "received_by"], name="document_is_received_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Intake(models.Model):
    """A large file that waits under ``arrival``, and how far making it fit to be approved has come."""

    class State(models.TextChoices):
        READING = "reading"
        ACCEPTED = "accepted"
        REFUSED = "refused"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    brought_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    received_sha256 = models.CharField(max_length=64)
    arrival = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=State, default=State.READING)
    percent = models.PositiveSmallIntegerField(default=0)
    document_sha256 = models.CharField(max_length=64, blank=True)
    refusal = models.JSONField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="reading", document_sha256="", refusal__isnull=True, ended_at=None)
                | Q(
                    state="accepted",
                    document_sha256__regex="^[0-9a-f]{64}$",
                    refusal__isnull=True,
                    ended_at__isnull=False,
                )
                | Q(state="refused", document_sha256="", refusal__isnull=False, ended_at__isnull=False),
                name="intake_ends_in_a_document_or_a_refusal",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DocumentShown(models.Model):
    """A document that somebody may see who has no power there: a seal that bears their name is to go on it."""

    pk = models.CompositePrimaryKey("document_id", "person_id")
    document = models.ForeignKey(Document, models.PROTECT, related_name="shown_to", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        db_table = "document_shown"


class StandingUse(models.Model):
    """One use under a standing permit, by its number there; a sample of them is reviewed by whom the permit names.

    ``is_sample`` is None until it is drawn; ``drawn_from`` is the size of the log whose root drew it, None for the
    first use and for those from before there was a draw.
    """

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="standing_uses", db_index=False)
    number = models.PositiveIntegerField()
    line = models.OneToOneField(PermitLine, models.PROTECT, related_name="standing_use")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_sample = models.BooleanField(null=True)
    drawn_from = models.BigIntegerField(null=True)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    reviewed_at = models.DateTimeField(null=True)
    is_fit = models.BooleanField(null=True)
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "standing_use"
        constraints = [
            models.UniqueConstraint(fields=["permit", "number"], name="standing_use_has_its_number"),
            models.CheckConstraint(
                condition=Q(reviewed_by=None, reviewed_at=None, is_fit=None)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False, is_fit__isnull=False, is_sample=True),
                name="sample_is_reviewed_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("by")), name="nobody_reviews_their_own_use"
            ),
            models.CheckConstraint(
                condition=Q(drawn_from=None) | Q(is_sample__isnull=False), name="what_is_drawn_is_a_sample_or_none"
            ),
        ]
        indexes = [models.Index(fields=["at"], condition=Q(is_sample=None), name="use_not_drawn")]


class Intent(models.Model):
    """One document that is being sealed: intended, then sealed or failed, exactly once.

    ``after`` is the intent of the same act whose result this one seals; without one, it seals the approved document.
    ``is_unstamped`` where its time stamp was given up; ``kept_sha256`` is the sealed file with the evidence that keeps
    it checkable, and ``keep_after`` when that is tried again; ``kept_until`` is when the time stamp around it ends.
    """

    class State(models.TextChoices):
        INTENDED = "intended"
        SEALED = "sealed"
        FAILED = "failed"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    permit = models.ForeignKey(Permit, models.PROTECT, related_name="intents")
    line = models.ForeignKey(PermitLine, models.PROTECT, related_name="intents")
    operator = models.ForeignKey(Person, models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=State, default=State.INTENDED)
    intended_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    result_sha256 = models.CharField(max_length=64, blank=True)
    failure = models.CharField(max_length=64, blank=True)
    after = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, db_index=False)
    is_unstamped = models.BooleanField(default=False, db_default=False)
    kept_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    kept_level = models.CharField(max_length=8, blank=True, default="", db_default="")
    kept_at = models.DateTimeField(null=True)
    kept_until = models.DateTimeField(null=True)
    keep_after = models.DateTimeField(null=True)

    class Meta:
        db_table = "intent"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="intended", ended_at=None) | Q(ended_at__isnull=False), name="ended_intent_has_an_end"
            ),
            models.CheckConstraint(condition=~Q(state="sealed", result_sha256=""), name="sealed_intent_has_a_result"),
            models.UniqueConstraint(fields=["line"], condition=~Q(state="failed"), name="line_is_sealed_once"),
            models.CheckConstraint(condition=Q(after=None) | ~Q(after=F("id")), name="intent_is_not_after_itself"),
            # What failed is tried again where its impression was topped up.
            models.UniqueConstraint(
                fields=["after"],
                condition=Q(after__isnull=False) & ~Q(state="failed"),
                name="one_seal_stands_on_another",
            ),
            models.CheckConstraint(
                condition=Q(kept_sha256="", kept_level="", kept_at=None)
                | Q(state="sealed", kept_level__in=["b-lt", "b-lta"], kept_at__isnull=False),
                name="only_a_sealed_file_is_kept",
            ),
            models.CheckConstraint(
                condition=Q(kept_until=None) | Q(kept_level="b-lta"), name="only_an_archived_file_has_an_end"
            ),
        ]
        indexes = [
            models.Index(fields=["intended_at"], condition=Q(state="intended"), name="open_intents"),
            models.Index(fields=["kept_until"], condition=Q(kept_until__isnull=False), name="stamps_that_end"),
        ]

    @property
    def file_sha256(self) -> str:
        """Return the file to hand out: with its evidence, once that is there."""
        return self.kept_sha256 or self.result_sha256

    @property
    def act(self) -> list["Intent"]:
        """Return this and what the same act put on the document before it: the last first."""
        return [self, *self.after.act] if self.after else [self]

    @property
    def last_sealed(self) -> "Intent":
        """Return the intent whose result bears every seal that the act has put on so far."""
        following = Intent.objects.filter(after=self, state=Intent.State.SEALED).select_related("line").first()
        return following.last_sealed if following else self
