"""What belongs to rows, kept where ``prefetch_related`` would have put it, which puts each question into words anew."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model


def put_beside(rows: Iterable[Model], name: str, found: Iterable[Model]) -> None:
    """Give each row what belongs to it by this name, in its order; ``found`` is what belongs to any of them."""
    of_row: dict[object, list[Model]] = defaultdict(list)
    others = list(found)
    for row in rows:
        field: Any = row._meta.get_field(name).remote_field  # noqa: SLF001  a documented name of Django's
        if not of_row:
            for one in others:
                of_row[getattr(one, field.attname)].append(one)
        for one in of_row[row.pk]:
            field.set_cached_value(one, row)
        keep_beside(row, name, of_row[row.pk])


def keep_beside(row: Model, name: str, rows: Sequence[Model]) -> None:
    related = getattr(row, name).all()
    related._result_cache = list(rows)  # noqa: SLF001  there is no public way to hand rows in
    vars(row).setdefault("_prefetched_objects_cache", {})[name] = related
