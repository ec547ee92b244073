"""PostgreSQL's ranges, for constraints that need no extension."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, IntegerRangeField
from django.db.models import Func


class Int8Range(Func):
    function = "INT8RANGE"
    output_field: ClassVar[Any] = BigIntegerRangeField()


class Int4Range(Func):
    function = "INT4RANGE"
    output_field: ClassVar[Any] = IntegerRangeField()


class TimeRange(Func):
    function = "TSTZRANGE"
    output_field: ClassVar[Any] = DateTimeRangeField()
