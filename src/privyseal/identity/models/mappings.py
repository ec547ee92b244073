"""Posts and units that bring their people a power."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from privyseal.identity.models.companies import Company
from privyseal.identity.models.organisation import Post, Unit
from privyseal.identity.models.people import Person
from privyseal.identity.models.ranges import DUTY, Int8Range
from privyseal.identity.rules import INSTALLATION_POWERS, Power


class PowerMapping(models.Model):
    """Whoever holds a post, or belongs to a unit, has a power meanwhile: once a second person confirmed it.

    ``only_unit`` or ``seal_uid`` narrow the power as they narrow a grant.
    """

    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="mappings")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="mappings")
    power = models.CharField(max_length=16, choices=[(power.value, power.value) for power in Power])
    company = models.ForeignKey(Company, models.PROTECT, related_name="mappings")
    only_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    seal_uid = models.CharField(max_length=32, null=True)  # noqa: DJ001  a foreign key to a table of a package above
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "power_mapping"
        constraints = [
            models.CheckConstraint(
                condition=Q(post=None, unit__isnull=False) | Q(post__isnull=False, unit=None),
                name="a_post_or_a_unit_is_mapped",
            ),
            models.CheckConstraint(
                condition=Q(power__in=[power.value for power in Power if power not in INSTALLATION_POWERS]),
                name="mapped_power_is_held_in_a_company",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("made_by")), name="mapping_is_confirmed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(only_unit=None) | Q(seal_uid=None), name="mapped_power_is_narrowed_once"
            ),
            *(
                ExclusionConstraint(
                    name=f"powers_of_a_{what}_kept_apart",
                    expressions=[
                        (Int8Range(F(f"{what}_id"), F(f"{what}_id"), Value("[]")), RangeOperators.OVERLAPS),
                        (Int8Range(F("company_id"), F("company_id"), Value("[]")), RangeOperators.OVERLAPS),
                        (DUTY, RangeOperators.ADJACENT_TO),
                    ],
                    condition=Q(**{"ended_at": None, f"{what}__isnull": False}),
                )
                for what in ("post", "unit")
            ),
        ]
