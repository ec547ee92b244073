"""A fact's bytes come back from how they are kept, in Python and in SQL."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from privyseal.kernel.canonical import Json, canonical
from privyseal.ledger.packing import REPEATED, packed, unpacked

TEXT = st.text(max_size=20) | st.text("0123456789abcdef", max_size=80) | st.sampled_from(["seal", "_sha256", '":"'])
SAID = st.dictionaries(TEXT, TEXT | st.integers(-1000, 1000) | st.lists(TEXT, max_size=4), max_size=4)
FACT = canonical(
    {
        "v": 1,
        "kind": "application.submitted",
        "actor": "ab" * 16,
        "subjects": {"application": "01" * 16, "company": "1f" * 16},
        "data": {"documents": ["cd" * 32], "shown_sha256": "00" * 32, "odd": "abc" * 7},
        "salt": "20" * 16,
    }
)


@given(SAID)
def test_what_is_packed_comes_back(said: dict[str, Json]) -> None:
    body = canonical(said)

    assert unpacked(packed(body)) == body


@given(st.binary(max_size=60))
def test_whatever_is_kept_is_read_without_an_error(kept: bytes) -> None:
    assert isinstance(unpacked(kept), bytes)


def test_a_fact_takes_half_the_room() -> None:
    assert len(packed(FACT)) < len(FACT) / 2


def test_what_was_kept_before_is_read_as_it_is() -> None:
    assert unpacked(FACT) == FACT


def test_no_word_stands_for_what_cannot_be_in_canonical_json() -> None:
    assert len(set(REPEATED)) == len(REPEATED)
    assert min(min(word) for word in REPEATED) >= ord(" ")


@pytest.mark.parametrize("kept", [packed(FACT), FACT, packed(canonical({"名": "公章", "x": "0" * 200}))])
def test_sql_reads_the_same(db: None, kept: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_text(%s)", [kept])
        (text,) = cursor.fetchone()

    assert text.encode() == unpacked(kept)
