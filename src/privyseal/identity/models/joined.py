"""Rows of several tables by one question that is written once: Django builds such a question anew each time."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

_M = TypeVar("_M", bound=Model)


def columns(model: type[Model], of: str, *, without: str = "") -> str:
    """Return every column of a model's table, called ``of`` in the question, as ``built`` reads them; or but one."""
    return ", ".join(f"{of}.{field.column}" for field in model._meta.concrete_fields if field.name != without)  # noqa: SLF001  Django's documented name


def built(model: type[_M], values: Iterator[Any]) -> _M:
    """Take the columns of a row off the values, and return it as Django itself would have read it."""
    fields = model._meta.concrete_fields  # noqa: SLF001  Django's documented name
    read = list(islice(values, len(fields)))
    for place, field in enumerate(fields):
        for convert in field.get_db_converters(connection):
            read[place] = convert(read[place], None, connection)
    return model.from_db(connection.alias, [field.attname for field in fields], read)
