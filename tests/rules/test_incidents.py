import pytest

from privyseal.kernel.errors import DutiesNotSeparate, OutOfTurn
from privyseal.seals.rules import OUT_OF_HAND, Act, SealState
from privyseal.seals.rules.incidents import (
    HANDLING,
    LOSSES,
    ConsentMissing,
    Ending,
    IncidentKind,
    IncidentOpen,
    MistakeNotShown,
    ReplacementNeeded,
    Tie,
    check_end,
    check_mistake,
    check_replacement,
    is_settled,
    kind_of,
    may_report,
    takes_two,
)
from privyseal.seals.rules.rulebook import RulesChanged, RulesEmpty, check_publication, check_text

LOST, OTHER = 1, 2
LI, WU = 3, 4
NOBODY: frozenset[int] = frozenset()


def test_every_kind_has_its_deadline_and_every_loss_takes_two() -> None:
    assert [row.kind for row in HANDLING] == list(IncidentKind)
    by_one = {IncidentKind.NOT_HANDED_IN, IncidentKind.COVER_OVERDUE, IncidentKind.UNUSED, IncidentKind.IDLE}
    by_one |= {IncidentKind.MACHINE_ALARM}
    assert {row.kind for row in HANDLING if row.people == 1} == by_one
    assert all(row.days > 0 for row in HANDLING)
    assert {kind_of(act) for act in (Act.LOSE, Act.STEAL, Act.ROB, Act.DISPUTE)} == LOSSES
    with pytest.raises(OutOfTurn):
        kind_of(Act.SUSPEND)


@pytest.mark.parametrize("tie", Tie)
def test_whoever_has_a_seal_in_hand_says_that_it_is_out_of_hand_and_nothing_else(tie: Tie) -> None:
    assert {act for act in Act if may_report(act, ties={tie})} == {Act.LOSE, Act.STEAL, Act.ROB, Act.DISPUTE}
    assert not any(may_report(act, ties=()) for act in Act)


def test_whoever_proposed_the_end_does_not_agree_to_it() -> None:
    check_end(IncidentKind.LOSS, Ending.SETTLED, actor=WU, proposer=LI, is_ended=False, is_settled=True)
    with pytest.raises(DutiesNotSeparate):
        check_end(IncidentKind.LOSS, Ending.SETTLED, actor=LI, proposer=LI, is_ended=False, is_settled=True)
    with pytest.raises(OutOfTurn):
        check_end(IncidentKind.LOSS, Ending.SETTLED, actor=LI, proposer=None, is_ended=False, is_settled=True)


def test_what_is_not_settled_does_not_end_and_what_ended_does_not_end_again() -> None:
    with pytest.raises(IncidentOpen):
        check_end(IncidentKind.LOSS, Ending.SETTLED, actor=WU, proposer=LI, is_ended=False, is_settled=False)
    with pytest.raises(OutOfTurn):
        check_end(IncidentKind.LOSS, Ending.SETTLED, actor=WU, proposer=LI, is_ended=True, is_settled=True)


def test_one_person_ends_what_takes_one() -> None:
    assert not takes_two(IncidentKind.NOT_HANDED_IN, Ending.SETTLED)
    check_end(IncidentKind.NOT_HANDED_IN, Ending.SETTLED, actor=LI, proposer=None, is_ended=False, is_settled=True)


def test_a_loss_is_settled_once_the_seal_is_in_hand_or_ended() -> None:
    for state in SealState:
        assert is_settled(IncidentKind.LOSS, state) == (state not in OUT_OF_HAND)
        assert is_settled(IncidentKind.FREEZE, state)


@pytest.mark.invariant("T14", column="rule")
def test_beside_a_lost_seal_there_is_no_second_one() -> None:
    check_replacement(lost=NOBODY, replaces=None, asked=NOBODY, consented=NOBODY)
    with pytest.raises(ReplacementNeeded):
        check_replacement(lost=frozenset({LOST}), replaces=None, asked=NOBODY, consented=NOBODY)
    with pytest.raises(ReplacementNeeded):
        check_replacement(lost=frozenset({LOST}), replaces=OTHER, asked=NOBODY, consented=NOBODY)


def test_what_was_not_lost_is_not_replaced() -> None:
    with pytest.raises(OutOfTurn):
        check_replacement(lost=NOBODY, replaces=OTHER, asked=NOBODY, consented=NOBODY)


def test_every_co_custodian_agrees_to_a_replacement() -> None:
    lost, asked = frozenset({LOST}), frozenset({LI, WU})

    check_replacement(lost=lost, replaces=LOST, asked=asked, consented=asked)
    for consented in (NOBODY, frozenset({LI})):
        with pytest.raises(ConsentMissing):
            check_replacement(lost=lost, replaces=LOST, asked=asked, consented=consented)


def test_nobody_publishes_their_own_rules_or_others_than_they_were_shown() -> None:
    check_publication(actor=LI, author=WU, is_published=False, is_shown=True)
    with pytest.raises(DutiesNotSeparate):
        check_publication(actor=LI, author=LI, is_published=False, is_shown=True)
    with pytest.raises(RulesChanged):
        check_publication(actor=LI, author=WU, is_published=False, is_shown=False)
    with pytest.raises(OutOfTurn):
        check_publication(actor=LI, author=WU, is_published=True, is_shown=True)


def test_rules_have_a_title_and_a_text() -> None:
    check_text("印章管理办法", "第一条")
    for title, text in (("", "第一条"), ("印章管理办法", "  "), ("题" * 101, "第一条")):
        with pytest.raises(RulesEmpty):
            check_text(title, text)


@pytest.mark.parametrize("kind", IncidentKind)
def test_that_it_never_was_is_said_of_a_seal_not_handed_in_alone_with_evidence_and_by_two(kind: IncidentKind) -> None:
    if kind is not IncidentKind.NOT_HANDED_IN:
        with pytest.raises(OutOfTurn):
            check_mistake(kind, has_evidence=True)
        return
    check_mistake(kind, has_evidence=True)
    with pytest.raises(MistakeNotShown):
        check_mistake(kind, has_evidence=False)
    for proposer, refusal in ((None, OutOfTurn), (LI, DutiesNotSeparate)):
        with pytest.raises(refusal):
            check_end(kind, Ending.MISTAKEN, actor=LI, proposer=proposer, is_ended=False, is_settled=True)
    check_end(kind, Ending.MISTAKEN, actor=WU, proposer=LI, is_ended=False, is_settled=True)
