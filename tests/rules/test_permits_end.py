"""Which permits of one application run and end together, and which apart."""

import pytest

from privyseal.seals.rules.permits import ENDS_WITH, Bound, Shares, ends_with

# One company seals a contract with its first and second seal and an annex with the third; another one's fourth seal
# goes on the contract after the second, its fifth on the annex before the third.
_LINES = [
    Bound(1, "own", "contract", 1),
    Bound(2, "own", "contract", 2),
    Bound(3, "own", "annex", 2),
    Bound(4, "other", "contract", 3),
    Bound(5, "other", "annex", 1),
]


@pytest.mark.parametrize(("one", "ended"), [(1, {1, 2, 4}), (2, {1, 2, 4}), (3, {3}), (4, {4}), (5, {3, 5})], ids=str)
def test_a_permit_ends_with_those_alone_that_cannot_be_used_without_it(one: int, ended: set[int]) -> None:
    assert ends_with(one, _LINES) == ended


def test_an_end_reaches_on_from_document_to_document() -> None:
    assert ends_with(1, [*_LINES, Bound(2, "own", "annex", 3)]) == {1, 2, 3, 4}


def test_what_is_sealed_already_binds_nobody() -> None:
    assert ends_with(1, [line for line in _LINES if line.document != "contract"]) == {1}


def test_every_way_to_share_a_document_has_its_row() -> None:
    assert [row.shares for row in ENDS_WITH] == [*dict.fromkeys(row.shares for row in ENDS_WITH)]
    assert {row.shares for row in ENDS_WITH} == set(Shares)
