"""What our compiler leaves out changes no question: each reads as Django itself would write it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import pytest
from django.db import connection
from django.db.backends.postgresql.compiler import SQLCompiler as DjangosOwn
from django.db.models import Count, F, QuerySet
from django.db.models.expressions import Col
from django.db.models.functions import Lower

from privyseal.config.database.compiler import SQLCompiler
from privyseal.seals.models import Permit, Seal

_SEALS: Final = Seal.objects.select_related("company")
QUESTIONS: Final[Mapping[str, Callable[[], QuerySet[Any, Any]]]] = MappingProxyType(
    {
        "by names": lambda: _SEALS.order_by("company__name", "-number", "pk"),
        "the other way round": lambda: _SEALS.order_by("-pk").reverse(),
        "of a part": lambda: _SEALS.order_by("pk")[2:5],
        "by nothing": lambda: _SEALS.filter(pk=1).order_by(),
        "by chance": lambda: _SEALS.order_by("?"),
        "by an expression": lambda: _SEALS.order_by(Lower("name"), F("pk").desc(nulls_last=True)),
        "by an alias": lambda: _SEALS.annotate(times=Count("permits")).order_by("-times", "pk"),
        "by an alias that stands for a column": lambda: Seal.objects.values("pk", named=F("name")).order_by("named"),
        "by a column beside an alias": lambda: _SEALS.annotate(named=F("company__name")).order_by("number"),
        "of columns": lambda: Seal.objects.order_by("number").values_list("number", "pk"),
        "of columns, each once": lambda: Seal.objects.order_by("company__name").values("number").distinct(),
        "each once": lambda: Seal.objects.order_by("company__name").distinct(),
        "of some columns": lambda: Permit.objects.only("uid").order_by("-issued_at", "-pk"),
        "of two together": lambda: Seal.objects.values("pk").union(Permit.objects.values("pk")).order_by("pk"),
        "within another": lambda: Permit.objects.filter(seal__in=Seal.objects.order_by("-pk").values("pk")[:3]),
    }
)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_reads_as_django_writes_it(name: str) -> None:
    ours = QUESTIONS[name]().query.get_compiler(connection=connection)
    theirs = DjangosOwn(QUESTIONS[name]().query, connection, None)

    assert isinstance(ours, SQLCompiler)
    assert ours.as_sql() == theirs.as_sql()


def test_an_order_by_names_makes_no_key_of_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or it would be as slow as before."""

    def keyed(column: Col) -> int:
        raise AssertionError(column)

    monkeypatch.setattr(Col, "__hash__", keyed)

    assert " ORDER BY " in str(_SEALS.order_by("company__name", "pk").query)
