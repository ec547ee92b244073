from collections import defaultdict
from datetime import date
from itertools import product

import pytest

from privyseal.approvals.rules import POLICIES, asks
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn
from privyseal.seals.rules import (
    ALONE,
    FINAL,
    MOVES,
    OUT_OF_HAND,
    STAMPS_NOTHING,
    WORDS,
    Act,
    Leave,
    PeriodNotPossible,
    Proof,
    ProofMissing,
    Role,
    SealKind,
    SealNotInForce,
    SealState,
    SealType,
    StampsNothing,
    are_all_said,
    check_extension,
    check_in_force,
    check_kind,
    check_period,
    check_possible,
    check_proof,
    may_alone,
    needed,
    plan,
    plan_word,
)
from privyseal.signer.statement import ADDITIONS, USES, Purpose

TODAY = date(2026, 11, 25)
GU, BAI, SUN = 1, 2, 3


@pytest.mark.invariant("T3", column="rule")
@pytest.mark.parametrize("state", SealState)
def test_a_seal_moves_only_as_the_table_says(state: SealState) -> None:
    for act, leave, kind in product(Act, Leave, SealKind):
        asked = (state, act, leave)
        rows = [row for row in MOVES if (row.start, row.act, row.leave) == asked and row.kind in {None, kind}]
        if rows:
            assert [plan(state, act, leave=leave, kind=kind)] == rows
        else:
            with pytest.raises(OutOfTurn):
                plan(state, act, leave=leave, kind=kind)


@pytest.mark.invariant("T3", column="rule")
@pytest.mark.invariant("T3", column="rule")
def test_the_end_is_the_end() -> None:
    assert not [row for row in MOVES if row.start in FINAL]
    assert {row.end for row in MOVES} >= FINAL


def test_every_state_is_reached_from_a_draft_and_can_end() -> None:
    for kind in SealKind:
        ways = defaultdict(set)
        for row in MOVES:
            if row.kind in {None, kind}:
                ways[row.start].add(row.end)
        reached = {SealState.DRAFT}
        while more := {end for state in reached for end in ways[state]} - reached:
            reached |= more
        physical_alone = {SealState.MADE, SealState.COLLECTED}
        assert reached == set(SealState) - (physical_alone if kind is SealKind.ELECTRONIC else set())


@pytest.mark.invariant("T4", column="rule")
@pytest.mark.invariant("T4", column="rule")
def test_nothing_comes_into_force_but_by_approval() -> None:
    into_force = [row for row in MOVES if row.end is SealState.ACTIVE]

    assert {row.leave for row in into_force} == {Leave.PERMIT, Leave.PERMIT_AND_WORDS}


@pytest.mark.invariant("T4", column="rule")
@pytest.mark.invariant("T4", column="rule")
def test_what_takes_one_person_leads_away_from_use() -> None:
    alone = [row for row in MOVES if row.leave is Leave.ONE_PERSON]

    assert {row.end for row in alone} == {SealState.SUSPENDED, *OUT_OF_HAND}
    assert {row.act for row in alone} == {row.act for row in ALONE}


@pytest.mark.invariant("T4", column="rule")
def test_a_seal_out_of_hand_comes_back_by_an_approval_of_two_and_rests() -> None:
    back = [row for row in MOVES if row.start in OUT_OF_HAND and row.end not in OUT_OF_HAND | FINAL]

    assert {(row.act, row.end, row.leave) for row in back} == {(Act.FIND, SealState.SUSPENDED, Leave.PERMIT)}
    assert {quorum for purpose in ("find", "destroy", "invalidate") for _, quorum in asks(Purpose(purpose)).stages} == {
        "two"
    }


def test_every_act_by_permit_is_a_purpose_and_the_other_way_round() -> None:
    by_permit = {row.act.value for row in MOVES if row.leave in {Leave.PERMIT, Leave.PERMIT_AND_WORDS}}

    assert by_permit - {"accept"} == {row.purpose.value for row in POLICIES} - {use.value for use in USES | ADDITIONS}


def test_every_act_by_words_says_whose_and_a_policy_names_as_many_witnesses() -> None:
    by_words = {row.act for row in MOVES if row.leave is Leave.PERMIT_AND_WORDS}

    assert {row.act for row in WORDS} == by_words
    for act in by_words - {Act.ACCEPT}:
        witnesses = sum(row.people for row in WORDS if (row.act, row.role) == (act, Role.WITNESS))
        assert asks(Purpose(act.value)).witnesses == witnesses


@pytest.mark.invariant("T8", column="rule")
def test_only_an_active_seal_in_its_period_is_in_force() -> None:
    check_in_force(SealState.ACTIVE, since=None, until=None, on=TODAY)
    check_in_force(SealState.ACTIVE, since=None, until=TODAY, on=TODAY)
    with pytest.raises(SealNotInForce):
        check_in_force(SealState.ACTIVE, since=None, until=date(2026, 11, 24), on=TODAY)
    check_in_force(SealState.ACTIVE, since=TODAY, until=TODAY, on=TODAY)
    with pytest.raises(SealNotInForce):
        check_in_force(SealState.ACTIVE, since=date(2026, 11, 26), until=None, on=TODAY)
    for state in set(SealState) - {SealState.ACTIVE}:
        with pytest.raises(SealNotInForce):
            check_in_force(state, since=None, until=None, on=TODAY)


def test_what_stamps_nothing_is_never_electronic() -> None:
    for kind in STAMPS_NOTHING:
        check_kind(SealKind.PHYSICAL, kind)
        with pytest.raises(StampsNothing):
            check_kind(SealKind.ELECTRONIC, kind)
    check_kind(SealKind.ELECTRONIC, SealType.OFFICIAL)


def test_a_period_does_not_end_before_it_begins() -> None:
    check_period(TODAY, TODAY)
    check_period(TODAY, None)
    with pytest.raises(PeriodNotPossible):
        check_period(TODAY, date(2026, 11, 24))


def test_what_leads_nowhere_cannot_be_asked_for() -> None:
    check_possible(SealState.RETIRED, Act.DESTROY, kind=SealKind.PHYSICAL)
    with pytest.raises(OutOfTurn):
        check_possible(SealState.ACTIVE, Act.DESTROY, kind=SealKind.PHYSICAL)


@pytest.mark.invariant("T15", column="rule")
def test_a_hand_over_takes_giver_receiver_and_witness() -> None:
    assert [row.role for row in needed(Act.HAND_OVER, has_keeper=True)] == [Role.GIVER, Role.RECEIVER, Role.WITNESS]
    assert not are_all_said(Act.HAND_OVER, has_keeper=True, said=[Role.GIVER, Role.RECEIVER])
    assert are_all_said(Act.HAND_OVER, has_keeper=True, said=[Role.WITNESS, Role.GIVER, Role.RECEIVER])


def test_where_nobody_keeps_it_nobody_gives_it() -> None:
    assert are_all_said(Act.HAND_OVER, has_keeper=False, said=[Role.RECEIVER, Role.WITNESS])


def test_one_witness_of_a_destruction_is_not_two() -> None:
    assert not are_all_said(Act.DESTROY, has_keeper=False, said=[Role.WITNESS])
    assert are_all_said(Act.DESTROY, has_keeper=False, said=[Role.WITNESS, Role.WITNESS])


def test_a_word_is_given_once_by_whom_it_is_asked_of() -> None:
    assert plan_word(Act.HAND_OVER, Role.GIVER, actor=GU, named=[GU], said=[]).proof is Proof.WORD
    with pytest.raises(NotEntitled):
        plan_word(Act.HAND_OVER, Role.GIVER, actor=BAI, named=[GU], said=[])
    with pytest.raises(OutOfTurn):
        plan_word(Act.HAND_OVER, Role.GIVER, actor=GU, named=[GU], said=[(Role.GIVER, GU)])
    with pytest.raises(OutOfTurn):
        plan_word(Act.DESTROY, Role.GIVER, actor=GU, named=[GU], said=[])


@pytest.mark.invariant("T15", column="rule")
def test_nobody_gives_two_words_on_one_act() -> None:
    with pytest.raises(DutiesNotSeparate):
        plan_word(Act.HAND_OVER, Role.WITNESS, actor=GU, named=[GU], said=[(Role.GIVER, GU)])


def test_a_word_comes_with_its_proof() -> None:
    (cover,) = [row for row in WORDS if row.act is Act.COVER and row.role is Role.GIVER]
    (first_imprint,) = [row for row in WORDS if row.act is Act.ACCEPT and row.role is Role.RECEIVER]

    check_proof(cover, has_photo=True, counter=0)
    for has_photo, counter in ((False, 7), (True, None)):
        with pytest.raises(ProofMissing):
            check_proof(cover, has_photo=has_photo, counter=counter)
    check_proof(first_imprint, has_photo=True, counter=None)
    with pytest.raises(ProofMissing):
        check_proof(first_imprint, has_photo=False, counter=None)


def test_only_those_who_keep_or_answer_or_deny_act_alone() -> None:
    assert {str(power) for power in may_alone(Act.LOSE)} == {"manage", "custody", "audit"}
    assert {str(power) for power in may_alone(Act.SUSPEND)} == {"manage", "audit"}
    assert may_alone(Act.RESUME) == frozenset()


@pytest.mark.invariant("T6", column="rule")
@pytest.mark.parametrize("kind", SealKind)
def test_a_last_day_becomes_a_later_one_that_is_not_over(kind: SealKind) -> None:
    days = (None, date(2026, 11, 1), TODAY, date(2026, 12, 1))
    allowed = {(date(2026, 11, 1), TODAY), (date(2026, 11, 1), days[3]), (TODAY, days[3])}
    for until, to in product(days, days):
        try:
            check_extension(kind, until=until, to=to, on=TODAY)
        except PeriodNotPossible:
            assert (until, to) not in allowed
            assert (until, to) != (None, None) or kind is SealKind.PHYSICAL
        else:
            assert (until, to) in allowed | ({(None, None)} if kind is SealKind.ELECTRONIC else set())
