"""The register of seals, and the versions of their faces."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import NullIf

from privyseal.identity.initials import InitialPairs
from privyseal.identity.models import Company, Person, Unit, new_uid
from privyseal.seals.models.types import OwnType
from privyseal.seals.rules import FINAL, STAMPS_NOTHING, SealKind, SealState, SealType
from privyseal.seals.rules.persons import BEARS_A_NAME


class Seal(models.Model):
    """A company's seal, or what is kept like one, from draft to its end. Numbers are never used again.

    ``place`` counts the seals of its company; each but the first refers to the one before, so that none is left out
    (``seal_register_has_no_gap``).

    ``unit`` is the department of its company to which it belongs; None for the company itself.
    ``own_type`` is the group's own name for what it is; ``type`` is then the built-in one that it is like.
    ``face`` is how it is drawn; None where it exists as rubber alone, or stamps nothing.
    ``skeleton`` is what its name looks like: kept, so that the database refuses two that look alike.
    ``replaces`` is the seal in whose place it comes; that one is destroyed or void before this one is in force.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="seals")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="seals", null=True)
    number = models.CharField(max_length=16, unique=True)
    place = models.PositiveIntegerField()
    place_before = models.GeneratedField(
        expression=NullIf(F("place") - 1, Value(0)), output_field=models.IntegerField(null=True), db_persist=True
    )
    name = models.CharField(max_length=64)
    skeleton = models.CharField(max_length=200)
    type = models.CharField(max_length=32, choices=[(kind.value, kind.value) for kind in SealType])
    own_type = models.ForeignKey(OwnType, models.PROTECT, related_name="seals", null=True)
    kind = models.CharField(max_length=16, default=SealKind.ELECTRONIC.value)
    state = models.CharField(max_length=16, default=SealState.DRAFT.value)
    signer_state = models.CharField(max_length=16, default=SealState.DRAFT.value)
    version = models.PositiveIntegerField(default=1)
    face: Any = models.JSONField(null=True)
    face_sha256 = models.CharField(max_length=64, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    hand_in_by = models.DateTimeField(null=True)
    replaces = models.ForeignKey("self", models.PROTECT, related_name="replaced_by", null=True)
    asks_own_yes_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "seal"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in SealState]), name="seal_state_is_known"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in SealKind]), name="seal_kind_is_known"),
            models.CheckConstraint(condition=Q(type__in=[kind.value for kind in SealType]), name="seal_type_is_known"),
            models.CheckConstraint(
                condition=Q(kind=SealKind.PHYSICAL.value) | Q(face__isnull=False), name="electronic_seal_has_a_face"
            ),
            models.CheckConstraint(
                condition=Q(kind=SealKind.PHYSICAL.value) | ~Q(type__in=sorted(kind.value for kind in STAMPS_NOTHING)),
                name="what_stamps_nothing_is_physical",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="seal_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=~Q(state=SealState.VOID.value), name="seal_is_replaced_once"
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaces=F("id")), name="seal_does_not_replace_itself"
            ),
            models.UniqueConstraint(
                fields=["company", "name"],
                condition=~Q(state__in=sorted(state.value for state in FINAL)),
                name="one_live_seal_of_a_name",
            ),
            models.UniqueConstraint(
                fields=["company", "skeleton"],
                condition=~Q(state__in=sorted(state.value for state in FINAL)),
                name="one_live_seal_of_a_look",
            ),
            models.CheckConstraint(condition=~Q(skeleton=""), name="seal_has_a_look"),
            models.UniqueConstraint(fields=["company", "place"], name="one_seal_a_place_in_the_register"),
        ]
        indexes = [
            GinIndex(InitialPairs("name"), name="seal_by_initials", fastupdate=False),
            # Nearly always empty: those that bear a name and of which the key does not know it.
            models.Index(
                "id",
                condition=Q(
                    kind=SealKind.ELECTRONIC.value,
                    type__in=sorted(kind.value for kind in BEARS_A_NAME),
                    asks_own_yes_at=None,
                ),
                name="seal_behind_its_type",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class SealVersion(models.Model):
    """One making of a seal: a face with its key's certificate, or a rubber with its imprint and police filing.

    ``voided_at`` is when another version, or the seal's end, took its place. The rubber of one that was replaced is to
    be handed in and destroyed by ``hand_in_by``.
    """

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=64, blank=True)
    face = models.JSONField(null=True)
    certificate = models.BinaryField(null=True)
    serial = models.CharField(max_length=64, blank=True)
    not_after = models.DateTimeField(null=True)
    maker = models.CharField(max_length=100, blank=True)
    maker_licence = models.CharField(max_length=64, blank=True)
    filing_number = models.CharField(max_length=64, blank=True)
    imprint_sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    hand_in_by = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "seal_version"
        constraints = [
            models.UniqueConstraint(fields=["seal", "version"], name="seal_version_is_made_once"),
            models.UniqueConstraint(fields=["seal"], condition=Q(voided_at=None), name="predecessor_is_void"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=False) | Q(hand_in_by=None, destroyed_at=None),
                name="old_rubber_is_void_before_its_end",
            ),
            models.CheckConstraint(
                condition=Q(certificate=None, serial="") | Q(certificate__isnull=False, not_after__isnull=False),
                name="certificate_has_its_end",
            ),
        ]
        # The page of a certificate, which anybody opens, knows nothing but its number.
        indexes = [models.Index(fields=["serial"], condition=~Q(serial=""), name="version_of_serial")]


class SealRemark(models.Model):
    """What somebody adds to a seal's row in its register: a remark, or what is right where it is wrong; it stays."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="remarks")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    text = models.CharField(max_length=500)
    is_correction = models.BooleanField()

    class Meta:
        db_table = "seal_remark"
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="seal_remark_says_something")]
