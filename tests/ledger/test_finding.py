"""By what facts are found."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from privyseal.ledger import book, finding
from privyseal.ledger.packing import packed
from privyseal.ledger.queries import facts_about, last_fact_about, latest_facts

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


def _write(number: int, *, about: str, found_by: str) -> None:
    _, body = book.fact("test.noted", "service:clerk", NOON, {"seal": about, "number": number})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_fact (kind, actor, at, subjects, body)"
            " VALUES ('test.noted', 'service:clerk', %s, ARRAY[%s::bigint], %s)",
            [NOON, finding.key("seal", found_by), packed(body)],
        )
