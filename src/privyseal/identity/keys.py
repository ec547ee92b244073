"""Many keys in one question."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, ClassVar, Final, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Func, Model, Q, QuerySet, Value

Row = TypeVar("Row", bound=Model)

# A statement takes 65,535 values, and no row of ours has more than thirty.
ROWS_AT_ONCE: Final = 2_000


class _Keys(ArrayField):  # type: ignore[type-arg]  # cannot be subscripted at run time
    """Numbers that go as one text: to look at each of 500 companies, nine times a page, took longer than to ask."""

    def get_db_prep_value(self, value: Any, connection: object, prepared: object = False) -> Any:  # noqa: ANN401, ARG002, FBT002  Django's own signature
        return f"{{{','.join(map(str, value))}}}"


class _Among(Func):
    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field: ClassVar[Any] = BooleanField()


def among(column: str, keys: Collection[int]) -> Q:
    """Return the condition that a column is one of the keys, however many: they go to the database as one value."""
    return Q(_Among(column, as_one(keys)))


def as_one(keys: Collection[int]) -> Value:
    """Return the keys as one value, where a column with several of them is compared with theirs."""
    return Value(sorted(keys), _Keys(BigIntegerField()))


def those_seen(found: QuerySet[Row, Any], see: Callable[[], QuerySet[Row]]) -> QuerySet[Row]:
    """Return those of the rows found that ``see`` finds as well, which is asked only where something was found."""
    return those_known(found.model, list(found.order_by().values_list("pk", flat=True)), see)


def those_known(model: type[Row], keys: Sequence[int], see: Callable[[], QuerySet[Row]]) -> QuerySet[Row]:
    """Return those rows by key that ``see`` finds, which is asked only where there are keys."""
    return see().filter(pk__in=keys) if keys else QuerySet(model).none()
