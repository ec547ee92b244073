from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privyseal.approvals.rules import (
    KEPT_APART,
    MOVES,
    POLICIES,
    Asks,
    Cast,
    Part,
    People,
    Quorum,
    State,
    Step,
    asks,
    free_to_approve,
    keep_apart,
    plan,
)
from privyseal.approvals.rules.seats import SeatOpen, are_filled, builtin_stages
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn
from privyseal.signer.statement import Purpose

WANG, LI, ZHAO = 1, 2, 3
ALL = frozenset({WANG, LI, ZHAO})


def is_enough(quorum: Quorum, *, said_yes: Collection[int], entitled: People) -> bool:
    """Return whether these yes complete a stage of this quorum, as a vote asks it."""
    (stage,) = builtin_stages(Asks(Purpose.USE, Power.USE, Power.USE, ((Power.APPROVE, quorum),)))
    return are_filled([SeatOpen(seat.needed, entitled) for seat in stage], said_yes)


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
    ("state", "step"),
    [
        *((state, step) for state in State for step in Step if state not in {State.PENDING, State.AGREED}),
        (State.AGREED, Step.APPROVE),
        (State.AGREED, Step.REJECT),
    ],
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
    assert is_enough(Quorum.ANY, said_yes=[LI], entitled=frozenset({LI}))
    assert not is_enough(Quorum.ANY, said_yes=[LI], entitled=frozenset({ZHAO}))
    assert not is_enough(Quorum.ANY, said_yes=[], entitled=ALL)


def test_the_table_answers_each_question_once() -> None:
    assert len(set(MOVES)) == len(MOVES)


def test_two_is_two_and_all_is_everybody() -> None:
    assert not is_enough(Quorum.TWO, said_yes=[LI], entitled=ALL)
    assert is_enough(Quorum.TWO, said_yes=[LI, ZHAO], entitled=ALL)
    assert not is_enough(Quorum.TWO, said_yes=[LI, LI], entitled=ALL)
    assert not is_enough(Quorum.ALL, said_yes=[LI, ZHAO], entitled=ALL)
    assert is_enough(Quorum.ALL, said_yes=ALL, entitled=ALL)
    assert not is_enough(Quorum.ALL, said_yes=[], entitled=frozenset())


def test_whoever_plays_another_part_is_not_waited_for() -> None:
    cast = {Part.APPLICANT: frozenset({ZHAO}), Part.WITNESS: frozenset({WANG})}

    assert free_to_approve(frozenset({LI, ZHAO, WANG}), cast=cast) == {LI}


def test_of_several_duties_in_the_way_the_first_is_named_in_whatever_order_they_came() -> None:
    one = frozenset({1})
    for cast in ({Part.OPERATOR: one, Part.APPLICANT: one}, {Part.APPLICANT: one, Part.OPERATOR: one}):
        with pytest.raises(DutiesNotSeparate) as refusal:
            keep_apart(Part.APPROVER, actor=1, cast=cast)
        assert refusal.value.facts["already"] == Part.APPLICANT.value
