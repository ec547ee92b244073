"""How many spoiled impressions are made anew, and by whose word."""

import pytest

from privyseal.custody.rules import Hand, Phase
from privyseal.custody.rules.spoiled import (
    USUAL_ANEW,
    Spoil,
    SpoiledTooMany,
    anew_by,
    check_marked,
    check_spoil,
    made_anew,
)
from privyseal.kernel.errors import NotEntitled, OutOfTurn


@pytest.mark.invariant("T26", column="rule")
@pytest.mark.parametrize("spoiled", range(5))
@pytest.mark.parametrize("allowed", range(4))
@pytest.mark.parametrize("before", range(4))
def test_one_is_made_anew_for_one_and_never_more_than_allowed(spoiled: int, allowed: int, before: int) -> None:
    anew = made_anew(spoiled, allowed=allowed, before=before)

    assert 0 <= anew <= spoiled
    assert before + anew <= max(allowed, before)
    assert anew == spoiled or before + anew >= allowed


@pytest.mark.parametrize(("marked", "before"), [(0, 0), (4, 0), (2, 2), (-1, 0)])
def test_no_more_is_spoiled_than_was_made(marked: int, before: int) -> None:
    check_marked(3 - before, made=3, before=before)
    with pytest.raises(SpoiledTooMany):
        check_marked(marked, made=3, before=before)


@pytest.mark.parametrize("spoil", Spoil)
def test_whoever_stamped_it_marks_it_and_the_keeper_takes_it_in(spoil: Spoil) -> None:
    theirs = {Spoil.MARK: Hand.OPERATOR, Spoil.TAKE_IN: Hand.KEEPER}[spoil]

    check_spoil(spoil, Phase.MADE, said_by={theirs})
    with pytest.raises(NotEntitled):
        check_spoil(spoil, Phase.MADE, said_by=set(Hand) - {theirs})
    with pytest.raises(OutOfTurn):
        check_spoil(spoil, Phase.RESERVED, said_by={theirs})


def test_a_permit_that_says_nothing_allows_few() -> None:
    assert (anew_by({}), anew_by({"made_anew": 0})) == (USUAL_ANEW, 0)
