"""Powers given to people."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, F, Q, Value, When

from privyseal.identity.models.companies import Company
from privyseal.identity.models.people import Person
from privyseal.identity.models.ranges import Int4Range, Int8Range, TimeRange
from privyseal.identity.rules import Power

# Ranges that overlap exactly where POWERS_KEPT_APART says the powers may not meet: no extension is needed.
_DUTY = Case(
    When(power__in=[Power.SYSTEM, Power.SECURITY, Power.AUDIT], then=Int4Range(Value(0), Value(9))),
    When(power=Power.MANAGE, then=Int4Range(Value(1), Value(3))),
    When(power=Power.USE, then=Int4Range(Value(1), Value(2))),
    When(power=Power.APPROVE, then=Int4Range(Value(2), Value(3))),
    default=Int4Range(Value(4), Value(5)),
)


class Grant(models.Model):
    """A power given to a person for a time: in force once a second person confirmed it, until it ends."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    power = models.CharField(max_length=16, choices=[(power.value, power.value) for power in Power])
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="grants")
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "power_grant"
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
            ExclusionConstraint(
                name="powers_kept_apart",
                expressions=[
                    (Int8Range(F("person_id"), F("person_id"), Value("[]")), RangeOperators.OVERLAPS),
                    (Int8Range(F("company_id"), F("company_id"), Value("[]")), RangeOperators.OVERLAPS),
                    (_DUTY, RangeOperators.OVERLAPS),
                    (TimeRange(F("starts_at"), F("ends_at")), RangeOperators.OVERLAPS),
                ],
                condition=Q(revoked_at=None),
            ),
        ]
