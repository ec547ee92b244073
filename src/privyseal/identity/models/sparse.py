"""Columns of lists and mappings that take little room where there are millions of rows."""

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.json import KeyTransform

if TYPE_CHECKING:
    _Json: TypeAlias = models.Field[Any, Any]
    _Array: TypeAlias = ArrayField[Any, Any]
else:
    _Json, _Array = models.Field, ArrayField


class SparseJSONField(models.JSONField):
    """A list or mapping that most rows have nothing in. It is kept as NULL, which takes no room, and read as empty."""

    def from_db_value(self, kept: Any, expression: Any, connection: Any) -> Any:  # noqa: ANN401  any JSON value
        if kept is None and not isinstance(expression, KeyTransform):
            return self.get_default()
        return super().from_db_value(kept, expression, connection)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:  # noqa: ANN401  any JSON value
        return super().get_db_prep_save(value or None, connection)


class SparseArrayField(_Array):
    """A list that most rows have nothing in. It is kept as NULL, which takes no room, and read as empty."""

    def from_db_value(self, kept: list[Any] | None, *_: object) -> list[Any]:
        return kept or []

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:  # noqa: ANN401  a list or an expression
        return super().get_db_prep_save(value or None, connection)


class CompactJSONField(_Json):
    """A JSON value that the database looks into nowhere, kept as its shortest text: half of what it takes as jsonb."""

    def db_type(self, connection: Any) -> str:  # noqa: ANN401, ARG002  Django's own signature
        return "text"

    def from_db_value(self, kept: str | None, *_: object) -> Any:  # noqa: ANN401  any JSON value
        return None if kept is None else json.loads(kept)  # nothing: of a row that a join did not find

    def get_prep_value(self, value: Any) -> str:  # noqa: ANN401  any JSON value
        return compact(value)


def compact(value: Any) -> str:  # noqa: ANN401  any JSON value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
