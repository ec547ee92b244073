"""Many keys in one question."""

from collections.abc import Callable, Collection, Sequence, Sized
from enum import StrEnum
from typing import Any, ClassVar, Final, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Func, Model, Q, QuerySet, Value

Row = TypeVar("Row", bound=Model)

# A statement takes 65,535 values, and no row of ours has more than thirty.
ROWS_AT_ONCE: Final = 2_000


_FEW: Final = 20


class HowMany(StrEnum):
    """How many keys there are, said where it matters: a plan that PostgreSQL keeps takes any number for ten.

    With one, rows are sought as by a key alone; with many, they are walked in their order and looked for among them.
    """

    ONE = "one"
    FEW = "few"
    MANY = "many"

    @classmethod
    def of(cls, keys: Sized) -> Self:
        if len(keys) == 1:
            return cls.ONE
        return cls.MANY if len(keys) > _FEW else cls.FEW


class _Keys(ArrayField):  # type: ignore[type-arg]  # cannot be subscripted at run time
    """Numbers that go as one text: to look at each of 500 companies, nine times a page, took longer than to ask."""

    def get_db_prep_value(self, value: Any, connection: object, prepared: object = False) -> Any:  # noqa: ANN401, ARG002, FBT002  Django's own signature
        return f"{{{','.join(map(str, value))}}}"


class _Among(Func):
    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field: ClassVar[Any] = BooleanField()


class _TheOne(_Among):
    template = "(%(expressions)s)[1])"
    arg_joiner = " = ("


class _AmongMany(_Among):
    template = "((%(expressions)s))) IS TRUE)"  # which no index of the column answers
    arg_joiner = " IN (SELECT UNNEST("


_SAID: Final = {HowMany.ONE: _TheOne, HowMany.FEW: _Among, HowMany.MANY: _AmongMany}


def among(column: str, keys: Collection[int], how_many: HowMany = HowMany.FEW) -> Q:
    """Return the condition that a column is one of the keys, however many: they go to the database as one value."""
    return Q(_SAID[how_many](column, as_one(keys)))


def as_one(keys: Collection[int]) -> Value:
    """Return the keys as one value, where a column with several of them is compared with theirs."""
    return Value(sorted(keys), _Keys(BigIntegerField()))


def those_known(model: type[Row], keys: Sequence[int], see: Callable[[], QuerySet[Row]]) -> QuerySet[Row]:
    """Return those rows by key that ``see`` finds, which is asked only where there are keys."""
    return see().filter(pk__in=keys) if keys else QuerySet(model).none()
