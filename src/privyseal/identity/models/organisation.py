"""Units, posts, who holds them, and who belongs where."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from privyseal.identity.models.companies import Company
from privyseal.identity.models.people import Person, new_uid
from privyseal.identity.models.ranges import Int8Range, TimeRange
from privyseal.identity.rules import Office


class Unit(models.Model):
    """A department, or a part of one. Its tree has no cycle and stays in one company: triggers and keys see to it."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="units")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    name = models.CharField(_("name"), max_length=64)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "unit"
        constraints = [
            models.UniqueConstraint(fields=["id", "company"], name="unit_with_its_company"),
            models.UniqueConstraint(
                fields=["company", "parent", "name"],
                condition=Q(closed_at=None),
                nulls_distinct=False,
                name="one_open_unit_of_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A position in a company, in one of its units or above them. Several people may hold one."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="posts")
    name = models.CharField(_("name"), max_length=64)
    office = models.CharField(max_length=24, choices=[(office.value, office.value) for office in Office])
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "post"
        constraints = [
            models.CheckConstraint(condition=Q(office__in=[office.value for office in Office]), name="office_is_known"),
            models.UniqueConstraint(
                fields=["company", "unit", "name"],
                condition=Q(closed_at=None),
                nulls_distinct=False,
                name="one_open_post_of_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PostHolding(models.Model):
    """A person in a post for a time; with ``deputy_for``, standing in for somebody who holds it."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="holdings")
    deputy_for = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    appointed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "post_holding"
        constraints = [
            models.CheckConstraint(condition=~Q(appointed_by=F("person")), name="appointer_is_not_holder"),
            models.CheckConstraint(
                condition=Q(deputy_for=None) | (~Q(deputy_for=F("person")) & Q(ends_at__isnull=False)),
                name="deputy_is_another_and_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="holding_has_a_term"
            ),
            ExclusionConstraint(
                name="post_held_once_at_a_time_by_a_person",
                expressions=[
                    (Int8Range(F("post_id"), F("post_id"), Value("[]")), RangeOperators.OVERLAPS),
                    (Int8Range(F("person_id"), F("person_id"), Value("[]")), RangeOperators.OVERLAPS),
                    (TimeRange(F("starts_at"), F("ends_at")), RangeOperators.OVERLAPS),
                ],
                condition=Q(revoked_at=None),
            ),
        ]


class Membership(models.Model):
    """A person belongs to a company, in one of its units or to none, from one day to another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    company = models.ForeignKey(Company, models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="memberships")
    joined_on = models.DateField()
    left_on = models.DateField(null=True)

    class Meta:
        db_table = "membership"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "company"], condition=Q(left_on=None), name="one_open_membership_a_company"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")), name="nobody_leaves_before_joining"
            ),
        ]
