"""Where a rubber seal is, by what is known of it."""

import pytest

from privyseal.custody.rules.places import (
    ANSWERS,
    SlotTaken,
    StoreNotPossible,
    Where,
    answers,
    check_free,
    labels,
    where,
)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, Where.WITH_KEEPER),
        ({"belongs": 1}, Where.WITH_KEEPER),
        ({"belongs": 1, "lies": 1}, Where.IN_ITS_SLOT),
        ({"belongs": 1, "lies": 2}, Where.IN_ANOTHER_SLOT),
        ({"belongs": 1, "lies": 1, "is_in_use": True}, Where.IN_USE),
        ({"is_in_use": True, "is_outside": True}, Where.OUTSIDE),
        ({"is_outside": True, "is_out_of_hand": True, "lies": 1}, Where.OUT_OF_HAND),
    ],
)
def test_a_seal_is_where_the_first_thing_known_of_it_says(said: dict[str, int], found: Where) -> None:
    usual = {"is_out_of_hand": False, "is_outside": False, "is_in_use": False, "belongs": None, "lies": None}

    assert where(**{**usual, **said}) is found  # type: ignore[arg-type]  # numbers and truths stand in one table


def test_somebody_answers_for_a_seal_wherever_it_is() -> None:
    assert [row.where for row in ANSWERS] == list(Where)
    assert (answers(Where.OUTSIDE), answers(Where.WITH_KEEPER)) == ("bearer", "keeper")


def test_slots_are_called_row_by_row() -> None:
    assert labels(rows=2, columns=3) == ["A1", "A2", "A3", "B1", "B2", "B3"]
    for rows, columns in ((0, 1), (1, 0), (21, 1), (1, 21)):
        with pytest.raises(StoreNotPossible):
            labels(rows=rows, columns=columns)


def test_a_slot_is_free_for_nobody_and_for_the_seal_that_has_it() -> None:
    check_free(7, taken_by=None)
    check_free(7, taken_by=7)
    with pytest.raises(SlotTaken):
        check_free(7, taken_by=8)
