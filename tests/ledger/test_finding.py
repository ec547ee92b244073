"""By what facts are found."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from django.db import connection

from privyseal.ledger import book, finding
from privyseal.ledger.packing import packed
from privyseal.ledger.queries import Fact, facts_about, last_fact_about, latest_facts, latest_facts_about

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("said", ["seal:" + "01" * 16, "application:" + "fe" * 16, "grant:17", "document:印"])
def test_a_key_is_the_same_in_the_database(said: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_key(%s)", [said])
        assert cursor.fetchone() == (finding.key(*said.split(":")),)


@pytest.mark.usefixtures("db")
def test_a_fact_that_shares_a_key_with_what_is_asked_for_is_not_found() -> None:
    _write(1, about="one", found_by="one")
    _write(2, about="other", found_by="one")

    assert [fact.data for fact in facts_about("seal", "one")] == [{"number": 1}]
    assert [fact.data for fact in latest_facts(about="one")] == [{"number": 1}]
    last = last_fact_about("test.noted", "seal", "one")
    assert last is not None
    assert last.data == {"number": 1}


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "read",
    [
        partial(facts_about, "seal", "one"),
        partial(latest_facts, about="one"),
        partial(latest_facts_about, "seal", ["one"]),
    ],
)
def test_no_plan_walks_the_record_to_find_what_is_about_one(read: Callable[[], list[Fact]]) -> None:
    plans = []

    def planned(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: ANN401, FBT001 - Django's own interface
        plans.append(str(execute(f"EXPLAIN {sql}", params, many, context).fetchall()))
        return execute(sql, params, many, context)

    with connection.cursor() as cursor:  # as if to put rows in order cost more than the longest way round
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")
    with connection.execute_wrapper(planned):
        read()

    assert "Sort" in plans[0]  # what is found is put in order: the order leads nowhere


def _write(number: int, *, about: str, found_by: str) -> None:
    _, body = book.fact("test.noted", "service:clerk", NOON, {"seal": about, "number": number})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_fact (kind, actor, at, subjects, body)"
            " VALUES ('test.noted', 'service:clerk', %s, ARRAY[%s::bigint], %s)",
            [NOON, finding.key("seal", found_by), packed(body)],
        )
