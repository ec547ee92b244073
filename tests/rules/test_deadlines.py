"""Deadlines of stages: which can be meant, when they remind, what a late stage becomes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from privyseal.approvals.rules.asked import asked_for
from privyseal.approvals.rules.deadlines import Deadline, Lapse, can_be_meant, reckoned, shorter, stands, with_others
from privyseal.approvals.rules.policies import Case, Row, RowNotPossible, check_row
from privyseal.approvals.rules.seats import Seat, SeatOpen, Who, are_filled
from privyseal.identity.rules.working_days import NATIONAL, Calendar, Counted, Span
from privyseal.signer.statement import Purpose

ONE, BOSS = Seat(Who.APPROVER), Seat(Who.OFFICE, "general-manager")
COUNTRY = Calendar(NATIONAL)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
TWO_DAYS = Deadline(Span(2), (1, 0), Lapse.ADD, BOSS)
CASES = [Case(Purpose.USE, frozenset({kind})) for kind in ("official", "finance")]


@pytest.mark.parametrize(
    "deadline",
    [
        Deadline(Span(0)),
        Deadline(Span(61)),
        Deadline(Span(91, Counted.HOURS)),
        Deadline(Span(2), (2,)),
        Deadline(Span(9), (1, 1)),
        Deadline(Span(9), (4, 3, 2, 1)),
        Deadline(Span(9, Counted.HOURS), (0,)),
        Deadline(Span(2), lapse=Lapse.ADD),
        Deadline(Span(2), to=Seat(Who.OUTSIDE, "oa")),
        Deadline(Span(2), to=Seat(Who.OFFICE)),
        Deadline(Span(2), to=Seat(Who.MANAGER, "somebody")),
    ],
)
def test_a_deadline_that_cannot_be_meant_is_refused_with_its_row(deadline: Deadline) -> None:
    assert not can_be_meant(deadline)
    with pytest.raises(RowNotPossible):
        check_row(Row(stages=((ONE,),), deadlines=(deadline,)))


def test_a_row_has_no_more_deadlines_than_stages_and_reads_back_as_it_was_written() -> None:
    row = Row(stages=((ONE,), (BOSS,)), deadlines=(None, TWO_DAYS))
    check_row(row)

    assert Row.from_json(row.to_json()) == row
    assert "deadlines" not in Row(stages=((ONE,),)).to_json()
    with pytest.raises(RowNotPossible):
        check_row(Row(stages=((ONE,),), deadlines=(None, TWO_DAYS)))


def test_what_two_rows_ask_is_asked_once_and_within_the_shorter_time() -> None:
    quick = Deadline(Span(4, Counted.HOURS))
    table = [
        Row(stages=((ONE,), (BOSS,)), types=frozenset({"official"}), deadlines=(TWO_DAYS, None)),
        Row(stages=((ONE,),), types=frozenset({"finance"}), deadlines=(quick,)),
    ]

    asked = asked_for(table, CASES)

    assert [(one.stage, one.deadline, one.row) for one in asked] == [((ONE,), quick, 1), ((BOSS,), None, 1)]
    assert shorter(None, quick) == shorter(quick, None) == shorter(TWO_DAYS, quick) == quick


def test_what_several_rows_ask_is_decided_beside_others_only_where_each_lets_it() -> None:
    table = [
        Row(stages=((ONE,),), types=frozenset({kind}), is_together=kind == "official")
        for kind in ("official", "finance")
    ]

    assert [one.is_together for one in asked_for(table, CASES[:1])] == [True]
    assert [one.is_together for one in asked_for(table, CASES)] == [False]


def test_reminders_lie_between_the_beginning_and_the_end() -> None:
    known = reckoned(TWO_DAYS, MONDAY, COUNTRY)

    assert known.due_at == MONDAY.replace(day=25, hour=18)
    assert known.reminders_at == (MONDAY.replace(day=24, hour=9), MONDAY.replace(day=25, hour=9))


@given(some.lists(some.integers(0, 80), min_size=1, max_size=30))
def test_whenever_it_is_looked_at_each_reminder_comes_once_and_the_end_once(hours: list[int]) -> None:
    known = reckoned(TWO_DAYS, MONDAY, COUNTRY)
    told, ended = 0, 0
    next_at: datetime | None = known.reminders_at[0]
    for at in sorted(MONDAY + timedelta(hours=hour) for hour in hours):
        if next_at is None or at < next_at:
            continue
        now = stands(known, at)
        assert now.is_over or now.reminded > told
        told, ended, next_at = now.reminded, ended + now.is_over, now.next_at
        assert next_at is None or next_at > at

    last = MONDAY + timedelta(hours=max(hours))
    assert ended == (last >= known.due_at)
    assert told == sum(moment <= last for moment in known.reminders_at)


@pytest.mark.invariant("T24", column="rule")
def test_a_late_seat_takes_as_many_yes_as_before_from_more_people() -> None:
    seats = [SeatOpen(0, frozenset({1, 2})), SeatOpen(1, frozenset({3}), system="oa")]

    late = with_others(seats, frozenset({9}), free=frozenset({1, 2, 3, 9}))

    assert [(seat.slots, seat.able) for seat in late] == [(2, frozenset({1, 2, 9})), (1, frozenset({3}))]
    assert not are_filled(late[:1], [9])
    assert are_filled(late[:1], [1, 9])
    busy, _ = with_others(seats, frozenset({9}), free=frozenset({1, 3, 9}))
    assert busy.slots == 1
