"""When a delegation holds, and in which matters."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from privyseal.approvals.rules.delegations import (
    DaysOff,
    DelegationNotPossible,
    Hours,
    RepresentationNotApart,
    Scope,
    check_delegation,
    check_represented,
)
from privyseal.signer.statement import Purpose

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "holds"),
    [
        (Hours(), [True, True, True, True]),
        (Hours(frozenset({1})), [True, True, False, False]),
        (Hours(begins=8 * 60, ends=18 * 60), [False, True, False, True]),
        (Hours(begins=18 * 60, ends=8 * 60), [True, False, True, False]),
        # A night belongs to the day on which it begins: Monday's ends on Tuesday morning.
        (Hours(frozenset({1}), 18 * 60, 8 * 60), [False, False, True, False]),
        (Hours(frozenset({7}), 18 * 60, 8 * 60), [True, False, False, False]),
    ],
)
def test_hours_hold_on_their_days_and_over_midnight(hours: Hours, holds: list[bool]) -> None:
    asked = [MONDAY + timedelta(hours=hour) for hour in (3, 12, 27, 36)]

    assert [hours.holds(at) for at in asked] == holds


@pytest.mark.parametrize(
    ("scope", "covers"),
    [
        (Scope(), True),
        (Scope(purposes=frozenset({"use"})), True),
        (Scope(purposes=frozenset({"destroy"})), False),
        (Scope(types=frozenset({"contract"})), False),
        (Scope(types=frozenset({"contract", "official"})), True),
        (Scope(below=Decimal(100)), False),
        (Scope(below=Decimal("100.01")), True),
    ],
)
def test_a_scope_covers_what_every_line_and_the_amount_are_in(scope: Scope, covers: bool) -> None:  # noqa: FBT001  a case
    seals = [frozenset({"official"}), frozenset({"contract", "own"})]

    assert scope.covers(Purpose.USE, seals, Decimal(100)) is covers


def test_an_amount_that_nobody_stated_is_above_every_bound() -> None:
    assert not Scope(below=Decimal(10**9)).covers(Purpose.USE, [], None)


@pytest.mark.parametrize(("begins", "lasts"), [(-3, 2), (0, 91), (1, 0)])
def test_a_delegation_has_a_term_of_at_most_ninety_days_that_is_not_over(begins: int, lasts: int) -> None:
    starts_at = MONDAY + timedelta(days=begins)
    said = {"starts_at": starts_at, "ends_at": starts_at + timedelta(days=lasts)}

    with pytest.raises(DelegationNotPossible):
        check_delegation(at=MONDAY, scope=Scope(), hours=Hours(), **said)


@pytest.mark.parametrize("wrong", [Hours(frozenset({0})), Hours(frozenset({8})), Hours(begins=1440)])
def test_hours_that_no_clock_shows_are_refused(wrong: Hours) -> None:
    term = {"starts_at": MONDAY, "ends_at": MONDAY + timedelta(days=1)}

    with pytest.raises(DelegationNotPossible):
        check_delegation(at=MONDAY, scope=Scope(), hours=wrong, **term)


@pytest.mark.parametrize("apart", [{1}, {2}])
def test_neither_of_the_two_has_another_duty(apart: set[int]) -> None:
    with pytest.raises(RepresentationNotApart):
        check_represented(1, 2, apart=frozenset(apart))


@pytest.mark.parametrize(
    ("days_off", "holds"), [(DaysOff.ALIKE, [True, False]), (DaysOff.ALSO, [True, True]), (DaysOff.ONLY, [True, False])]
)
def test_on_days_off_hours_hold_as_ever_or_all_day(days_off: DaysOff, holds: list[bool]) -> None:
    nights = Hours(begins=18 * 60, ends=8 * 60, days_off=days_off)

    assert [nights.holds(MONDAY + timedelta(hours=hour), is_day_off=True) for hour in (3, 12)] == holds
    assert nights.holds(MONDAY + timedelta(hours=3)) is (days_off is not DaysOff.ONLY)
