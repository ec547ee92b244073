"""PostgreSQL's ranges, for constraints that need no extension."""

from typing import Any, ClassVar, Final

from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, IntegerRangeField
from django.db.models import BigIntegerField, Case, Func, Value, When

from privyseal.identity.rules import Power


class Int8Range(Func):
    function = "INT8RANGE"
    output_field: ClassVar[Any] = BigIntegerRangeField()


class HashedText(Func):
    """A number for a text, alike on every server of one version line: equality of texts for an exclusion constraint."""

    function = "HASHTEXTEXTENDED"
    output_field: ClassVar[Any] = BigIntegerField()


class Int4Range(Func):
    function = "INT4RANGE"
    output_field: ClassVar[Any] = IntegerRangeField()


class TimeRange(Func):
    function = "TSTZRANGE"
    output_field: ClassVar[Any] = DateTimeRangeField()


# Ranges that touch exactly where POWERS_KEPT_APART says two powers may not meet in a company; none touches itself, so a
# power may be held twice, narrowed to two seals. No extension is needed.
DUTY: Final = Case(
    When(power=Power.USE, then=Int4Range(Value(0), Value(1))),
    When(power=Power.MANAGE, then=Int4Range(Value(1), Value(2))),
    When(power=Power.APPROVE, then=Int4Range(Value(2), Value(3))),
    default=Int4Range(Value(8), Value(9)),
)
