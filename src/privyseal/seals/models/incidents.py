"""What went wrong with seals, and who ended it."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import Company, Person, new_uid
from privyseal.seals.models.register import Seal
from privyseal.seals.rules.incidents import BY_CAUSE, CAN_BE_MISTAKEN, HANDLING, Ending, IncidentKind

_FORGED = IncidentKind.FORGED_FACTOR.value


class Incident(models.Model):
    """Something that went wrong, with its owner, deadline, handling opinion and end; a drill ends where it begins.

    It is about a company or one of its seals, or else about the second factors of ``account_of``.
    ``evidence`` says, and the picture of ``evidence_sha256`` shows, that it never was.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    kind = models.CharField(max_length=16)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", null=True)
    account_of = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="incidents", null=True)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    account = models.CharField(max_length=500, blank=True)
    place = models.CharField(max_length=100, blank=True)
    is_drill = models.BooleanField(default=False)
    opinion = models.CharField(max_length=1000, blank=True)
    opinion_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    outcome = models.CharField(max_length=16, blank=True)
    evidence = models.CharField(max_length=1000, blank=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "incident"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in IncidentKind]), name="incident_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *(outcome.value for outcome in Ending)]), name="outcome_is_known"
            ),
            models.UniqueConstraint(
                fields=["seal", "kind"],
                condition=Q(ended_at=None) & ~Q(kind__in=[kind.value for kind in BY_CAUSE]),
                name="one_open_incident_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None)
                | Q(is_drill=True)
                | (
                    Q(kind__in=[row.kind.value for row in HANDLING if row.people < 2])  # noqa: PLR2004  two people
                    & ~Q(outcome=Ending.MISTAKEN.value)
                )
                | (Q(proposed_by__isnull=False, ended_by__isnull=False) & ~Q(ended_by=F("proposed_by"))),
                name="incident_is_ended_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Ending.MISTAKEN.value)
                | (Q(kind__in=[kind.value for kind in CAN_BE_MISTAKEN]) & ~Q(evidence="", evidence_sha256="")),
                name="mistaken_incident_has_its_evidence",
            ),
            models.CheckConstraint(
                condition=Q(kind=_FORGED, account_of__isnull=False, company=None, seal=None, is_drill=False)
                | (~Q(kind=_FORGED) & Q(account_of=None, company__isnull=False)),
                name="incident_is_of_a_company_or_an_account",
            ),
            models.UniqueConstraint(
                fields=["account_of"], condition=Q(ended_at=None), name="one_open_incident_an_account"
            ),
            models.CheckConstraint(
                condition=(Q(proposed_by=None) | ~Q(proposed_by=F("account_of")))
                & (Q(ended_by=None) | ~Q(ended_by=F("account_of"))),
                name="incident_is_not_ended_by_whom_it_is_about",
            ),
            models.CheckConstraint(condition=Q(ended_at=None) | ~Q(outcome=""), name="ended_incident_has_its_outcome"),
        ]
        indexes = [
            models.Index(fields=["company", "-opened_at"], name="incident_by_company"),
            models.Index(fields=["-opened_at", "-id"], name="incidents_in_order"),
            models.Index(fields=["company", "kind"], condition=Q(ended_at=None), name="incident_open"),
        ]


class IncidentSeal(models.Model):
    """A seal that a freeze put to rest, or in a drill would have."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="seals")
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+")

    class Meta:
        db_table = "incident_seal"
        constraints = [models.UniqueConstraint(fields=["incident", "seal"], name="seal_is_frozen_once")]


class Consent(models.Model):
    """A co-custodian knows of a loss and agrees to a seal in the lost one's place."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="consents")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "incident_consent"
        constraints = [models.UniqueConstraint(fields=["incident", "person"], name="one_consent_a_person")]
