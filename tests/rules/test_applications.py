from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privyseal.approvals.rules import (
    KEPT_APART,
    MOVES,
    POLICIES,
    Cast,
    Part,
    Quorum,
    State,
    Step,
    asks,
    has_quorum,
    keep_apart,
    plan,
)
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn
from privyseal.seals.rules import MOVES as SEAL_MOVES
from privyseal.seals.rules import Act, Leave, SealNotInForce, SealState, check_in_force
from privyseal.seals.rules import plan as plan_act
from privyseal.signer.statement import Purpose

WANG, LI, ZHAO = 1, 2, 3
ALL = frozenset({WANG, LI, ZHAO})


def test_an_approver_decides_what_another_applied_for() -> None:
    cast: Cast = {Part.APPLICANT: frozenset({WANG})}

    assert plan(State.PENDING, Step.APPROVE, actor=LI, cast=cast, entitled=ALL).end is State.APPROVED
    assert plan(State.PENDING, Step.REJECT, actor=LI, cast=cast, entitled=ALL).end is State.REJECTED


@pytest.mark.invariant("S3", column="rule")
def test_nobody_approves_their_own_application() -> None:
    with pytest.raises(DutiesNotSeparate) as refused:
        plan(State.PENDING, Step.APPROVE, actor=WANG, cast={Part.APPLICANT: frozenset({WANG})}, entitled=ALL)

    assert refused.value.facts == {"part": "approver", "already": "applicant"}


def test_whoever_will_press_the_stamp_does_not_allow_it() -> None:
    with pytest.raises(DutiesNotSeparate):
        plan(State.PENDING, Step.APPROVE, actor=LI, cast={Part.OPERATOR: frozenset({LI})}, entitled=ALL)


def test_one_without_the_power_decides_nothing() -> None:
    with pytest.raises(NotEntitled):
        plan(State.PENDING, Step.APPROVE, actor=LI, cast={}, entitled=frozenset({ZHAO}))


@pytest.mark.parametrize(
    ("state", "step"), [(state, step) for state in State for step in Step if state is not State.PENDING]
)
def test_what_is_decided_stays_decided(state: State, step: Step) -> None:
    with pytest.raises(OutOfTurn):
        plan(state, step, actor=LI, cast={}, entitled=ALL)


@given(st.lists(st.tuples(st.sampled_from([WANG, LI, ZHAO]), st.sampled_from(Part)), max_size=12))
def test_no_history_puts_one_person_in_two_parts_kept_apart(wishes: list[tuple[int, Part]]) -> None:
    cast: dict[Part, frozenset[int]] = {}
    for person, part in wishes:
        try:
            keep_apart(part, actor=person, cast=cast)
        except DutiesNotSeparate:
            continue
        cast[part] = cast.get(part, frozenset()) | {person}

    for pair in KEPT_APART:
        one, other = pair
        assert not cast.get(one, frozenset()) & cast.get(other, frozenset())


@pytest.mark.invariant("T4", column="rule")
def test_every_purpose_has_one_policy_and_needs_a_second_person() -> None:
    assert sorted(row.purpose for row in POLICIES) == sorted(Purpose)
    for purpose in Purpose:
        assert all(power is Power.APPROVE for power, _ in asks(purpose).stages)
        assert asks(purpose).stages


def test_any_one_entitled_yes_is_a_quorum_of_any() -> None:
    assert has_quorum(Quorum.ANY, said_yes=[LI], entitled=frozenset({LI}))
    assert not has_quorum(Quorum.ANY, said_yes=[LI], entitled=frozenset({ZHAO}))
    assert not has_quorum(Quorum.ANY, said_yes=[], entitled=ALL)


@pytest.mark.parametrize("moves", [MOVES, SEAL_MOVES])
def test_a_table_answers_each_question_once(moves: tuple[object, ...]) -> None:
    assert len(set(moves)) == len(moves)


@pytest.mark.invariant("T3", column="rule")
@pytest.mark.parametrize(("state", "act", "leave"), list(product(SealState, Act, Leave)))
def test_a_seal_moves_only_as_the_table_says(state: SealState, act: Act, leave: Leave) -> None:
    rows = [row for row in SEAL_MOVES if (row.start, row.act, row.leave) == (state, act, leave)]
    if rows:
        assert [plan_act(state, act, leave=leave)] == rows
    else:
        with pytest.raises(OutOfTurn):
            plan_act(state, act, leave=leave)


@pytest.mark.invariant("T3", column="rule")
def test_void_is_the_end() -> None:
    assert not [row for row in SEAL_MOVES if row.start is SealState.VOID]


@pytest.mark.invariant("T8", column="rule")
def test_only_an_active_seal_is_in_force() -> None:
    check_in_force(SealState.ACTIVE)
    for state in set(SealState) - {SealState.ACTIVE}:
        with pytest.raises(SealNotInForce):
            check_in_force(state)
