"""A stock-take: who counts, whose word ends it, and what follows from what is found."""

import pytest

from privyseal.custody.rules.alarms import AlarmKind
from privyseal.custody.rules.places import Where
from privyseal.custody.rules.stock import (
    FOLLOWS,
    MOVES,
    Count,
    CountedByItsKeeper,
    Finding,
    NotAllArrived,
    Step,
    Teller,
    check_all_arrived,
    check_hands,
    follows,
    found_there,
    not_seen,
    plan,
)
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn

GU, WANG, JIAN = 1, 2, 3


@pytest.mark.invariant("T27", column="rule")
def test_a_keeper_counts_with_a_witness_who_keeps_none_of_it() -> None:
    check_hands(WANG, None, keepers={GU, None})
    check_hands(GU, WANG, keepers={GU})
    with pytest.raises(CountedByItsKeeper):
        check_hands(GU, None, keepers={GU})
    with pytest.raises(CountedByItsKeeper):
        check_hands(WANG, JIAN, keepers={GU, JIAN})
    with pytest.raises(DutiesNotSeparate):
        check_hands(GU, GU, keepers={GU})


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("count", Count)
def test_each_step_is_taken_by_whom_the_table_names_and_never_after_the_end(count: Count, step: Step) -> None:
    may = {row.by for row in MOVES if (row.start, row.step) == (count, step) and row.by is not Teller.WITNESS}
    for teller in (Teller.COUNTER, Teller.MANAGER):
        if teller in may:
            assert plan(count, step, tells={teller}, has_witness=False)
        else:
            with pytest.raises((NotEntitled, OutOfTurn)):
                plan(count, step, tells={teller}, has_witness=False)
    assert count not in {Count.ENDED, Count.GIVEN_UP} or not may


def test_a_watched_count_ends_by_the_word_of_its_witness_alone() -> None:
    assert plan(Count.OPEN, Step.END, tells={Teller.WITNESS}, has_witness=True) is Count.ENDED
    assert plan(Count.OPEN, Step.END, tells={Teller.COUNTER}, has_witness=False) is Count.ENDED
    with pytest.raises(NotEntitled):
        plan(Count.OPEN, Step.END, tells={Teller.COUNTER}, has_witness=True)


def test_a_witness_ends_a_count_when_as_much_has_arrived_as_they_saw() -> None:
    check_all_arrived(said=3, seen=3, has_witness=True)
    check_all_arrived(said=None, seen=3, has_witness=False)
    for said in (None, 2, 4):
        with pytest.raises(NotAllArrived):
            check_all_arrived(said=said, seen=3, has_witness=True)


@pytest.mark.parametrize(
    ("where", "is_expected", "slot", "finding"),
    [
        (Where.IN_ITS_SLOT, True, None, Finding.IN_PLACE),
        (Where.IN_ITS_SLOT, True, 7, Finding.IN_PLACE),
        (Where.IN_ITS_SLOT, True, 8, Finding.WRONG_PLACE),
        (Where.IN_ITS_SLOT, False, 8, Finding.UNEXPECTED),
        (Where.OUT_OF_HAND, True, 7, Finding.UNRECORDED),
        (Where.OUTSIDE, True, 7, Finding.UNRECORDED),
        (Where.IN_USE, False, None, Finding.UNRECORDED),
    ],
)
def test_what_is_seen_is_judged_by_where_the_record_had_it(
    where: Where,
    is_expected: bool,  # noqa: FBT001  a row of the table above
    slot: int | None,
    finding: Finding,
) -> None:
    assert found_there(is_expected=is_expected, where=where, belongs=7, slot=slot) is finding


@pytest.mark.parametrize("where", Where)
def test_what_is_not_seen_is_missing_unless_the_record_says_who_has_it_or_that_it_moved(where: Where) -> None:
    away = where in {Where.OUT_OF_HAND, Where.OUTSIDE, Where.IN_USE}

    assert not_seen(where=where, has_moved=False) is (Finding.AWAY if away else Finding.NOT_FOUND)
    assert not_seen(where=where, has_moved=True) is (Finding.AWAY if away else Finding.MOVED)


def test_every_finding_says_what_follows() -> None:
    assert [row.finding for row in FOLLOWS] == list(Finding)
    assert follows(Finding.NOT_FOUND) is AlarmKind.NOT_FOUND
    assert {finding for finding in Finding if follows(finding) is None} == {
        Finding.IN_PLACE,
        Finding.AWAY,
        Finding.MOVED,
    }
