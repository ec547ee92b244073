"""The register of seals, their versions, and the permits that alone move them."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import Company, Person, new_uid
from privyseal.seals.rules import SealKind, SealState, SealType
from privyseal.signer.statement import Purpose


class Seal(models.Model):
    """A company's seal, electronic or physical, from draft to void. Numbers are never used again."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="seals")
    number = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=64)
    type = models.CharField(max_length=32, choices=[(kind.value, kind.value) for kind in SealType])
    kind = models.CharField(max_length=16, default=SealKind.ELECTRONIC.value)
    state = models.CharField(max_length=16, default=SealState.DRAFT.value)
    signer_state = models.CharField(max_length=16, default=SealState.DRAFT.value)
    version = models.PositiveIntegerField(default=1)
    face = models.JSONField()
    face_sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "seal"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in SealState]), name="seal_state_is_known"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in SealKind]), name="seal_kind_is_known"),
            models.UniqueConstraint(
                fields=["company", "name"], condition=~Q(state=SealState.VOID.value), name="one_live_seal_of_a_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class SealVersion(models.Model):
    """A face with its key's certificate: what a sealed document is checked against."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    certificate = models.BinaryField()
    serial = models.CharField(max_length=64)
    not_after = models.DateTimeField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "seal_version"
        constraints = [models.UniqueConstraint(fields=["seal", "version"], name="seal_version_is_made_once")]


class Permit(models.Model):
    """What an approved application yields for one seal; the only thing that moves it.

    ``evidence`` is what the signer checks: the approved statements and the assertions given on them.
    ``finished_at`` is when an act on the seal itself, a making or resuming, came to its end.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="permits")
    seal_version = models.PositiveIntegerField()
    purpose = models.CharField(max_length=16, choices=[(purpose.value, purpose.value) for purpose in Purpose])
    application_uid = models.CharField(max_length=32, db_index=True)
    policy = models.CharField(max_length=16)
    impressions = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    evidence = models.JSONField()
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "permit"
        constraints = [
            models.UniqueConstraint(fields=["application_uid", "seal"], name="one_permit_a_seal_an_application"),
            models.CheckConstraint(condition=Q(used__lte=F("impressions")), name="permit_not_overused"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("expires_at")), name="permit_has_a_window"),
        ]


class PermitPart(models.Model):
    """Who holds a permit and who approved it: never the same person."""

    class Part(models.TextChoices):
        HOLDER = "holder"
        APPROVER = "approver"

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="parts")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    part = models.CharField(max_length=16, choices=Part)

    class Meta:
        db_table = "permit_part"
        constraints = [models.UniqueConstraint(fields=["permit", "person"], name="holder_is_not_approver")]


class PermitLine(models.Model):
    """One document that a permit allows to be sealed, where, and how often."""

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="lines")
    document_sha256 = models.CharField(max_length=64)
    following = models.CharField(max_length=16)
    page = models.PositiveIntegerField()
    x = models.PositiveIntegerField()
    y = models.PositiveIntegerField()
    impressions = models.PositiveIntegerField()

    class Meta:
        db_table = "permit_line"
        constraints = [
            models.UniqueConstraint(fields=["permit", "document_sha256"], name="one_line_a_document_a_permit"),
        ]
