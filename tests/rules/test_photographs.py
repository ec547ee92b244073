"""How many of what was stamped have to be seen on photographs."""

import pytest

from privyseal.custody.rules import MOST_IN_A_TURN, LineSpent, TurnTooLarge, check_reserved, most_in_a_turn
from privyseal.custody.rules.photographs import (
    Asked,
    SampleNotAsked,
    asked_by,
    check_sample,
    is_another_page,
    is_drawn,
    stands_on,
    to_be_shown,
)
from privyseal.paper.verdict import Sight


@pytest.mark.parametrize(
    ("asked", "stand", "shown"),
    [
        (Asked.EACH, 0, 0),
        (Asked.EACH, 7, 7),
        (Asked.SAMPLE, 1, 1),
        (Asked.SAMPLE, 150, 2),
        (Asked.SAMPLE, 2_000, 20),
        (Asked.SAMPLE, 2_001, 21),
        (Asked.NONE, 2_000, 0),
    ],
)
def test_a_category_asks_for_so_many(asked: Asked, stand: int, shown: int) -> None:
    assert to_be_shown(asked, stand) == shown


def test_a_permit_that_says_nothing_asks_for_each() -> None:
    assert asked_by({}) is Asked.EACH
    assert asked_by({"photographs": {"asks": "sample", "retention": "permanent"}}) is Asked.SAMPLE


@pytest.mark.invariant("T28", column="rule")
def test_only_what_was_drawn_and_is_not_shown_yet_pays() -> None:
    assert [asked for asked in Asked if is_drawn(asked)] == [Asked.SAMPLE]
    check_sample(7, waiting={7, 9})
    with pytest.raises(SampleNotAsked):
        check_sample(8, waiting={7, 9})


@pytest.mark.parametrize(
    ("number", "before", "place"),
    [(1, 0, (1, 1)), (3, 0, (2, 1)), (4, 0, (None, 1)), (5, 0, (1, 2)), (1, 6, (2, 2)), (8, 4, (None, 3))],
)
def test_impressions_stand_copy_by_copy_in_the_order_of_their_places(
    number: int, before: int, place: tuple[int | None, int]
) -> None:
    assert stands_on(number, before=before, a_copy=[1, 1, 2, None]) == place


@pytest.mark.invariant("T28", column="rule")
def test_a_photograph_of_another_page_shows_nothing_that_was_drawn() -> None:
    assert not is_another_page(Sight.SAME, 7, drawn=7)
    assert not is_another_page(Sight.UNREADABLE, None, drawn=7)
    assert not is_another_page(Sight.SAME, 7, drawn=None)
    assert is_another_page(Sight.SAME, 8, drawn=7)
    assert is_another_page(Sight.NOT_THERE, None, drawn=7)


def test_a_volume_is_taken_at_once_only_where_the_permit_says_so() -> None:
    most = most_in_a_turn({"volume": 2_000})
    check_reserved(2_000, left=12_000, most=most)
    with pytest.raises(TurnTooLarge):
        check_reserved(2_001, left=12_000, most=most)
    with pytest.raises(LineSpent):
        check_reserved(2_000, left=1_999, most=most)
    assert (most_in_a_turn({}), most_in_a_turn({"volume": 10})) == (MOST_IN_A_TURN, MOST_IN_A_TURN)
