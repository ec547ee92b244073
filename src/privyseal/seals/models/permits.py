"""What alone moves a seal, who holds it, and the words given on it."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import CompactJSONField, DigestField, Person, SparseJSONField, Unit, new_uid
from privyseal.seals.models.persons import Mandate
from privyseal.seals.models.register import Seal
from privyseal.seals.rules import Role
from privyseal.seals.rules.permits import AT_THE_KEY
from privyseal.signer.bound import Binding, binding_of, bound_in
from privyseal.signer.statement import Purpose


class Permit(models.Model):
    """What an approved application yields for one seal; the only thing that moves it.

    ``evidence`` is what the signer checks: the approved statements and the assertions given on them.
    ``terms`` is what was approved besides: a new face, the day of a return, whatever its purpose needs.
    ``own_yes`` is whose own yes it rests on, where the seal bears a name; ``mandate`` where that was given before.
    ``joint_uid`` is the application of several companies that it belongs to; None where one company alone was asked.
    ``applicant`` is whoever asked for it; None where it was issued before that was kept.
    ``expired_at`` is when it was found to be over unused; ``revoked_at`` when it was ended before, by whom and why.
    ``denied_at`` is when the signer was told that it was ended.
    ``unit`` is for which unit a standing permit is: whoever belongs there holds it, and nobody by name.
    ``finished_at`` is when an act on the seal itself came to its end.
    """

    uid = DigestField(default=new_uid, editable=False)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="permits")
    seal_version = models.PositiveIntegerField()
    purpose = models.CharField(max_length=16, choices=[(purpose.value, purpose.value) for purpose in Purpose])
    application_uid = DigestField()
    joint_uid = models.CharField(max_length=32, null=True)  # noqa: DJ001  a foreign key to a table of a package above
    policy = models.CharField(max_length=16)
    impressions = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    evidence = models.JSONField()
    terms = SparseJSONField(default=dict, null=True)
    issued_at = models.DateTimeField()
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    expired_at = models.DateTimeField(null=True)
    denied_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    ended_reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    own_yes = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="permits", null=True, db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        db_table = "permit"
        constraints = [
            models.UniqueConstraint(fields=["uid"], name="permit_has_its_uid"),
            models.UniqueConstraint(fields=["application_uid", "seal"], name="one_permit_a_seal_an_application"),
            models.CheckConstraint(condition=Q(used__lte=F("impressions")), name="permit_not_overused"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("expires_at")), name="permit_has_a_window"),
            models.CheckConstraint(
                condition=Q(expired_at=None) | Q(expired_at__gte=F("expires_at"), used__lt=F("impressions")),
                name="only_what_is_over_and_unused_has_expired",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_reason="") | (Q(revoked_at__isnull=False) & ~Q(ended_reason="")),
                name="ended_permit_says_why",
            ),
            models.CheckConstraint(
                condition=Q(denied_at=None) | Q(revoked_at__isnull=False), name="only_an_ended_permit_is_denied"
            ),
            models.CheckConstraint(
                condition=Q(mandate=None) | Q(own_yes__isnull=False), name="mandate_is_somebodys_own_yes"
            ),
            models.CheckConstraint(
                condition=Q(unit=None) | Q(purpose=Purpose.STANDING.value), name="only_a_standing_permit_is_for_a_unit"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=Q(revoked_at=None, used__lt=F("impressions")), name="permit_open"
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(revoked_at=None, expired_at=None, used__lt=F("impressions")),
                name="permit_not_yet_expired",
            ),
            models.Index(
                fields=["revoked_at"],
                condition=Q(revoked_at__isnull=False, denied_at=None),
                name="permit_not_yet_denied",
            ),
            models.Index(
                fields=["seal"],
                condition=Q(purpose__in=[purpose.value for purpose in AT_THE_KEY], used__gt=0, finished_at=None),
                name="permit_act_under_way",
            ),
            models.Index(fields=["joint_uid"], condition=Q(joint_uid__isnull=False), name="permit_by_joint"),
            models.Index(fields=["unit"], condition=Q(unit__isnull=False), name="permit_by_unit"),
            models.Index(
                fields=["-issued_at", "-id"],
                condition=Q(purpose=Purpose.STANDING.value),
                name="standing_permits",
            ),
            models.Index(fields=["mandate"], condition=Q(mandate__isnull=False), name="permit_by_mandate"),
        ]


class PermitAddition(models.Model):
    """What an approved application added to a permit while it ran: more impressions, or a later end.

    What stood there before and after is kept: the permit is raised by such a row alone (``raised_by_an_addition``).
    """

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="additions")
    application_uid = DigestField()
    at = models.DateTimeField()
    impressions_before = models.PositiveIntegerField()
    impressions_after = models.PositiveIntegerField()
    expires_before = models.DateTimeField()
    expires_after = models.DateTimeField()

    class Meta:
        db_table = "permit_addition"
        constraints = [
            models.UniqueConstraint(fields=["application_uid", "permit"], name="application_adds_once_to_a_permit"),
            models.CheckConstraint(
                condition=Q(impressions_after__gt=F("impressions_before"), expires_after=F("expires_before"))
                | Q(impressions_after=F("impressions_before"), expires_after__gt=F("expires_before")),
                name="addition_raises_one_thing",
            ),
        ]


class PermitPart(models.Model):
    """Who holds a permit, who approved it, who receives the seal and who witnesses it: never the same person.

    The database calls the primary key ``holder_is_not_approver``.
    """

    class Part(models.TextChoices):
        HOLDER = "holder"
        APPROVER = "approver"
        RECEIVER = "receiver"
        WITNESS = "witness"

    pk = models.CompositePrimaryKey("permit_id", "person_id")
    permit = models.ForeignKey(Permit, models.PROTECT, related_name="parts", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    part = models.CharField(max_length=16, choices=Part)

    class Meta:
        db_table = "permit_part"


class PermitLine(models.Model):
    """One document that a permit allows to be sealed, where, and how often.

    ``turn`` counts the seals that one act puts on the document, in the order in which they go on. ``bound`` is what
    there is of it instead of a file.
    """

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="lines", db_index=False)
    document_sha256 = DigestField()
    following = models.CharField(max_length=16)
    placements = CompactJSONField(default=list)
    impressions = models.PositiveIntegerField()
    turn = models.PositiveSmallIntegerField(default=1, db_default=1)
    bound = models.JSONField(null=True)

    class Meta:
        db_table = "permit_line"
        constraints = [
            models.CheckConstraint(condition=Q(turn__gte=1), name="turns_count_from_one"),
            models.UniqueConstraint(fields=["permit", "document_sha256"], name="one_line_a_document_a_permit"),
        ]

    @property
    def binding(self) -> Binding:
        return binding_of(bound_in(self.bound))


class Attestation(models.Model):
    """One person's word that they gave, received or saw what a permit allows; ``is_return`` for the way back."""

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="attestations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    is_return = models.BooleanField(default=False)
    photo_sha256 = models.CharField(max_length=64, blank=True)
    filing_number = models.CharField(max_length=64, blank=True)
    counter = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "attestation"
        constraints = [
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="role_is_known"),
            models.UniqueConstraint(fields=["permit", "person", "is_return"], name="one_role_a_person"),
        ]
