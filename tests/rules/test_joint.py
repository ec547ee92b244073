"""How the parts of an application to several companies end with one another."""

import pytest

from privyseal.approvals.rules import State
from privyseal.approvals.rules.joint import Mode, end_of_yes, ends_with

OWN, SECOND, THIRD = 1, 2, 3


@pytest.mark.invariant("T21", column="rule")
def test_together_the_last_yes_alone_approves() -> None:
    assert end_of_yes(Mode.TOGETHER, [State.AGREED, State.PENDING]) is State.AGREED
    assert end_of_yes(Mode.TOGETHER, [State.AGREED, State.AGREED]) is State.APPROVED


def test_apart_each_yes_approves() -> None:
    assert end_of_yes(Mode.APART, [State.PENDING]) is State.APPROVED


@pytest.mark.invariant("T21", column="rule")
def test_together_all_that_is_undecided_ends_with_one() -> None:
    others = {SECOND: State.PENDING, THIRD: State.AGREED}

    assert ends_with(Mode.TOGETHER, OWN, others, []) == {SECOND, THIRD}


def test_apart_what_stands_on_one_that_ends_ends_too_and_nothing_else() -> None:
    others = {SECOND: State.PENDING, THIRD: State.PENDING}

    assert ends_with(Mode.APART, OWN, others, [(THIRD, SECOND)]) == frozenset()
    assert ends_with(Mode.APART, OWN, others, [(THIRD, SECOND), (SECOND, OWN)]) == {SECOND, THIRD}


def test_apart_what_is_decided_stays_decided() -> None:
    assert ends_with(Mode.APART, OWN, {SECOND: State.APPROVED}, [(SECOND, OWN)]) == frozenset()
