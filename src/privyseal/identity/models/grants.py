"""Powers given to people."""

from typing import Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce

from privyseal.identity.models.companies import Company
from privyseal.identity.models.mappings import PowerMapping
from privyseal.identity.models.organisation import Membership, PostHolding, Unit
from privyseal.identity.models.people import Person
from privyseal.identity.models.ranges import DUTY, HashedText, Int4Range, Int8Range, TimeRange
from privyseal.identity.rules import Power

_OFFICES: Final = [Power.SYSTEM, Power.SECURITY, Power.AUDIT]
# A power over the installation overlaps everything that its holder has; the others never overlap each other.
_ROOM: Final = Case(
    When(power__in=_OFFICES, then=Int8Range(Value(0), Value(None))),
    default=Int8Range(F("id"), F("id"), Value("[]")),
)
_POWER: Final = Case(
    *(When(power=power, then=Int4Range(Value(number), Value(number + 1))) for number, power in enumerate(Power)),
    default=Int4Range(Value(-1), Value(0)),
)
_PERSON: Final = (Int8Range(F("person_id"), F("person_id"), Value("[]")), RangeOperators.OVERLAPS)
_COMPANY: Final = (Int8Range(F("company_id"), F("company_id"), Value("[]")), RangeOperators.OVERLAPS)
_TERM: Final = (TimeRange(F("starts_at"), F("ends_at")), RangeOperators.OVERLAPS)
_UNIT: Final = Coalesce(F("unit_id"), Value(0))
_MAPPING: Final = Coalesce(F("mapping_id"), Value(0))
_SEAL: Final = Coalesce(HashedText(F("seal_uid"), Value(0)), Value(0))


class Grant(models.Model):
    """A power given to a person for a time: in force once a second person confirmed it, until it ends.

    It reaches the installation, a company, or as much of a company as ``unit`` or ``seal_uid`` leaves of it.
    Grants that were expanded from one wish for a whole group share their ``batch``. One that a mapping brings says by
    which ``holding`` of a post or ``membership`` of a unit, and ends with it.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    power = models.CharField(max_length=16, choices=[(power.value, power.value) for power in Power])
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="grants")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="grants")
    seal_uid = models.CharField(max_length=32, null=True)  # noqa: DJ001  a foreign key to a table of a package above
    batch = models.CharField(max_length=32, blank=True, default="", db_default="", db_index=True)
    mapping = models.ForeignKey(PowerMapping, models.PROTECT, null=True, related_name="grants")
    holding = models.ForeignKey(PostHolding, models.PROTECT, null=True, related_name="grants")
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="grants")
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "power_grant"
        indexes = [
            models.Index(fields=["power", "company", "person"], name="powers_by_kind"),
            models.Index(fields=["id"], condition=Q(confirmed_at=None, revoked_at=None), name="powers_unconfirmed"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(power__in=[power.value for power in Power]), name="power_is_known"),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("person")), name="grantor_is_not_beneficiary"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | (~Q(confirmed_by=F("person")) & ~Q(confirmed_by=F("granted_by"))),
                name="confirmer_is_a_second_person",
            ),
            models.CheckConstraint(
                condition=(
                    Q(company=None, power__in=[Power.SYSTEM, Power.SECURITY, Power.AUDIT])
                    | Q(company__isnull=False, power__in=[Power.MANAGE, Power.USE, Power.APPROVE, Power.CUSTODY])
                ),
                name="power_has_its_reach",
            ),
            models.CheckConstraint(
                condition=Q(unit=None, seal_uid=None) | (Q(company__isnull=False) & (Q(unit=None) | Q(seal_uid=None))),
                name="power_is_narrowed_once",
            ),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="power_has_a_term"),
            models.CheckConstraint(
                condition=(
                    Q(mapping=None, holding=None, membership=None)
                    | Q(mapping__isnull=False, holding__isnull=False, membership=None)
                    | Q(mapping__isnull=False, holding=None, membership__isnull=False)
                ),
                name="mapped_power_has_its_holding",
            ),
            ExclusionConstraint(
                name="powers_kept_apart",
                expressions=[_PERSON, _COMPANY, (DUTY, RangeOperators.ADJACENT_TO), _TERM],
                condition=Q(revoked_at=None, company__isnull=False),
            ),
            ExclusionConstraint(
                name="office_keeps_out_every_other_power",
                expressions=[_PERSON, (_ROOM, RangeOperators.OVERLAPS), _TERM],
                condition=Q(revoked_at=None),
            ),
            ExclusionConstraint(
                name="power_is_held_once_in_a_place",
                expressions=[
                    _PERSON,
                    _COMPANY,
                    (_POWER, RangeOperators.OVERLAPS),
                    (Int8Range(_UNIT, _UNIT, Value("[]")), RangeOperators.OVERLAPS),
                    (Int8Range(_SEAL, _SEAL, Value("[]")), RangeOperators.OVERLAPS),
                    (Int8Range(_MAPPING, _MAPPING, Value("[]")), RangeOperators.OVERLAPS),
                    _TERM,
                ],
                condition=Q(revoked_at=None),
            ),
        ]
