"""Many keys in one question."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Func, Q, Value


class _Among(Func):
    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field: ClassVar[Any] = BooleanField()


def among(column: str, keys: Collection[int]) -> Q:
    """Return the condition that a column is one of the keys, however many: they go to the database as one value."""
    return Q(_Among(column, Value(sorted(keys), ArrayField(BigIntegerField()))))
