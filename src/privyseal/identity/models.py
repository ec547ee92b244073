"""People, companies, and who may do what."""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils.translation import gettext_lazy as _

from privyseal.identity.rules import Power


def new_uid() -> str:
    """Return 32 random hex digits: an id that tells nothing and is never used again."""
    return uuid4().hex


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(login=username)


class Person(AbstractBaseUser):
    """Somebody who signs in. The ledger knows them by pseudonym alone."""

    login = models.CharField(_("login"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=100)
    pseudonym = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    language = models.CharField(max_length=16, blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "login"
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        db_table = "person"

    def __str__(self) -> str:
        return self.name


class Installation(models.Model):
    """What was settled when this installation was founded; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    public_url = models.URLField()
    origin = models.CharField(max_length=200)
    log_key = models.CharField(max_length=300)
    authority = models.BinaryField()
    is_demo = models.BooleanField()
    founded_at = models.DateTimeField()

    class Meta:
        db_table = "installation"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_installation")]


class Company(models.Model):
    """A legal person. It can own a seal only after somebody else than its registrar examined its licence."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    name = models.CharField(_("name"), max_length=64, unique=True)
    name_en = models.CharField(_("English name"), max_length=150, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    legal_representative = models.CharField(_("legal representative"), max_length=100)
    licence_sha256 = models.CharField(max_length=64)
    registered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    verified_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "company"
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("registered_by")), name="verifier_is_not_registrar"
            ),
            models.CheckConstraint(condition=Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"), name="uscc_in_form"),
        ]

    def __str__(self) -> str:
        return self.name


class Int8Range(Func):
    function = "INT8RANGE"
    output_field: ClassVar[Any] = BigIntegerRangeField()


class Int4Range(Func):
    function = "INT4RANGE"
    output_field: ClassVar[Any] = IntegerRangeField()


class TimeRange(Func):
    function = "TSTZRANGE"
    output_field: ClassVar[Any] = DateTimeRangeField()


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


class Attempt(models.Model):
    """How often something was tried within one minute; who tried is a keyed digest and means nothing by itself."""

    digest = models.CharField(max_length=64, primary_key=True)
    minute = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "attempt"
