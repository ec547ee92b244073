from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from privyseal.kernel.canonical import Json, NotCanonical, canonical, parse, sha256, utc_text, utc_time
from privyseal.kernel.errors import NotFound

VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), VALUES))
def test_what_is_written_is_read_back(value: dict[str, Json]) -> None:
    assert parse(canonical(value)) == value


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), VALUES))
def test_what_is_written_is_what_rfc_8785_writes(value: dict[str, Json]) -> None:
    assert canonical(value) == rfc8785.dumps(dict(value))


@given(st.dictionaries(st.text(st.characters(codec="ascii")), st.text(st.characters(exclude_categories=["Cs"]))))
def test_plain_values_too_are_written_as_rfc_8785_writes_them(value: dict[str, str]) -> None:
    assert canonical(value) == rfc8785.dumps(dict(value))


def test_keys_are_sorted_by_utf16_and_nothing_is_escaped_needlessly() -> None:
    written = canonical({"\ufb33": 1, "\U0001f600": 2, "\u7ae0": "\u5370"})

    assert written.decode() == '{"\u7ae0":"\u5370","\U0001f600":2,"\ufb33":1}'


@pytest.mark.parametrize(
    "value", [1.0, 2**53, -(2**53), float("nan"), [1.5], {"deep": {"er": 0.5}}, "\ud800", {"\u7ae0": 0.5}]
)
def test_floats_and_large_integers_have_no_canonical_form(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical({"value": value})  # type: ignore[dict-item]  # the wrong type is the point


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":1.0}', b"{" * 5000, b'{"\\ud800":1}']
)
def test_bytes_in_another_form_do_not_parse(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse(data)


def test_times_are_hashed_as_utc() -> None:
    noon = datetime(2026, 11, 23, 12, 0, 0, 7, tzinfo=timezone(timedelta(hours=8)))

    assert utc_text(noon) == "2026-11-23T04:00:00.000007Z"
    assert utc_time("2026-11-23T04:00:00.000007Z") == noon.astimezone(UTC)


def test_a_time_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="zone"):
        utc_text(datetime(2026, 1, 1))  # noqa: DTZ001  the missing zone is the point


def test_a_time_in_another_form_is_refused() -> None:
    with pytest.raises(NotCanonical):
        utc_time("2026-11-23")


def test_a_digest_is_lower_case_hex() -> None:
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_refusal_says_its_code_and_facts() -> None:
    assert str(NotFound(seal=3)) == "not-found (seal=3)"
    assert str(NotFound()) == "not-found"
