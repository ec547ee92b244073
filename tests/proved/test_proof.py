"""The proof: for any number of people, companies, seals and applications, no step of the product breaks a promise.

The steps are read off the product's tables and the promises are written by hand. Every guard and every row is then
taken away or weakened: each time there is a counterexample, or something that must be possible no longer is.
"""

from functools import cache
from itertools import product
from typing import Final

import pytest
import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals import rules as approvals
from privyseal.approvals.rules import Cast, Part, Quorum, State, Step
from privyseal.approvals.rules.seats import SeatOpen, are_filled, builtin_stages
from privyseal.custody import rules as custody
from privyseal.identity import rules as identity
from privyseal.identity.rules import Held, Place, Power
from privyseal.seals import rules as seals
from privyseal.seals.rules import Role, standing
from tests.proved import hands_steps, steps
from tests.proved.answers import ANSWERS
from tests.proved.hands import HANDS
from tests.proved.proof import (
    closed_ways,
    false_at_first,
    holds,
    is_killed,
    mutants,
    obligations,
    refuses,
    unproved,
)
from tests.proved.seals import SEALS
from tests.proved.world import ACTOR, BEFORE, NOWHERE, POWER, SEAL_STATE, STATE, Company

PARTS: Final = 24
SHARES: Final = 8
# The units of a seal, with those above them.
_LINES: Final = (frozenset[int](), frozenset({7}), frozenset({7, 8}))
# Second fences: each forbids what another guard or promise forbids already; taking it away alone breaks nothing.
SECOND_FENCES: Final = {
    "approve what is pending, not the last without: not said before": "a yes said twice is one yes",
    "say as receiver without: not as witness": "whoever receives is never named as a witness",
    "say as witness without: not as receiver": "whoever receives is never named as a witness",
    **{
        f"{act} from {state} if physical without: it is physical": f"what is {state} is physical"
        for act, state in (("accept", "made"), ("retire", "made"), ("hand-over", "collected"))
    },
}


SECOND_FENCES_BY_HAND: Final = {
    "confirm as custodian without: not said before": "a seal that was given out is not in its place",
}
SECOND_FENCES_OF_ANSWERS: Final = {
    "revoke a mandate without: it was given": "what rests on a mandate that is not there is not used",
    **{
        f"routines without {row}": "a class without a row may not stand either"
        for row in standing.ROUTINES
        if not row.may_stand
    },
}


@pytest.mark.invariant("S1", "S2", "S3", "S5", "S6", "S7", "S8", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T12",
                       "T14", "T15", "T17", "T19", "T20", "C1", column="rule")  # fmt: skip
def test_no_step_breaks_a_promise_however_many_people_and_seals_there_are() -> None:
    assert false_at_first(SEALS) == []
    assert list(unproved(SEALS, SEALS.usual())) == []
    assert obligations(SEALS) > 5000


@pytest.mark.invariant("T5", "T15", "T25", column="rule")
def test_no_step_breaks_a_promise_about_a_seal_in_peoples_hands() -> None:
    assert false_at_first(HANDS) == []
    assert list(unproved(HANDS, HANDS.usual())) == []
    assert closed_ways(HANDS) == []


def test_every_guard_and_every_row_by_hand_is_needed() -> None:
    survived = {name for name, make in mutants(HANDS) if not is_killed(HANDS, make())}

    assert survived == set(SECOND_FENCES_BY_HAND)


@pytest.mark.invariant("S3", "S4", "S5", "T19", "T20", "T22", column="rule")
def test_no_step_breaks_a_promise_about_who_says_yes_for_whom_and_to_what() -> None:
    assert false_at_first(ANSWERS) == []
    assert list(unproved(ANSWERS, ANSWERS.usual())) == []
    assert closed_ways(ANSWERS) == []


# An eighth of some four hundred in every run; all of them with ./dev test --long proof.
@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.long) for part in range(1, SHARES))])
def test_every_guard_and_every_row_about_answers_is_needed(part: int) -> None:
    some = list(mutants(ANSWERS))[part::SHARES]
    survived = {name for name, make in some if not is_killed(ANSWERS, make())}

    assert survived == {name for name, _ in some} & SECOND_FENCES_OF_ANSWERS.keys()


def test_everything_that_must_be_possible_is() -> None:
    assert closed_ways(SEALS) == []


# A part in twenty-four of some seven hundred in every run; all of them with ./dev test --long proof.
@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.long) for part in range(1, PARTS))])
def test_every_guard_and_every_row_is_needed(part: int) -> None:
    survived = {name for name, make in list(mutants(SEALS))[part::PARTS] if not is_killed(SEALS, make())}

    assert survived - SECOND_FENCES.keys() == set()


def test_no_step_hides_another_of_its_name() -> None:
    for theory in (SEALS, ANSWERS, HANDS):
        names = [action.name for action in theory.steps(theory.tables)]
        assert len(names) == len(set(names))


def test_the_second_fences_are_there() -> None:
    assert SECOND_FENCES.keys() <= {name for name, _ in mutants(SEALS)}
    assert SECOND_FENCES_OF_ANSWERS.keys() <= {name for name, _ in mutants(ANSWERS)}


# -- the steps say of the tables what the product's own functions say, on every small case


def test_powers_meet_in_the_model_where_check_grant_lets_them() -> None:
    places = (None, 1, 2)
    terms = dict(zip(places, (NOWHERE, *z3.Consts("one two", Company)), strict=True))
    apart = {place: z3.Distinct(*terms.values()) for place in places}
    for power, place, other, elsewhere in product(Power, places, Power, places):
        wish, beside = Held(power, place), Held(other, elsewhere)
        if (power, place) == (other, elsewhere):
            continue
        modelled = z3.And(
            steps.in_reach(POWER[power], terms[place]),
            *(
                z3.Not(steps.apart(row, (POWER[power], terms[place]), (POWER[other], terms[elsewhere])))
                for row in identity.POWERS_KEPT_APART
            ),
        )
        refused = refuses(identity.check_grant, wish, beneficiary=1, grantor=2, held=[beside])
        assert holds(modelled, apart[place]) is not refused, (wish, beside)


def test_where_a_narrowed_power_suffices_the_whole_one_does_which_the_model_asks_for() -> None:
    corners = [(None, None), (7, None), (8, None), (None, "s"), (None, "t")]
    places = [Place(company, seal, units) for company in (1, 2) for seal in (None, "s") for units in _LINES]
    for (unit, seal), place, power, other in product(corners, places, Power, Power):
        beside = Held(other, 1, 7)
        if identity.may_act(power, place, held=[Held(power, 1, unit, seal), beside]):
            assert identity.may_act(power, place, held=[Held(power, 1), beside]), (unit, seal, place, power, other)


@pytest.mark.parametrize(("confirmer", "grantor", "beneficiary"), list(product((1, 2, 3), repeat=3)))
def test_a_grant_is_confirmed_in_the_model_by_whom_the_rule_lets(
    confirmer: int, grantor: int, beneficiary: int
) -> None:
    refused = refuses(identity.check_confirmation, confirmer=confirmer, grantor=grantor, beneficiary=beneficiary)

    assert (confirmer not in {grantor, beneficiary}) is not refused


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", State)
def test_an_application_moves_in_the_model_as_plan_says(state: State, step: Step) -> None:
    guards = [_duties_of(row) for row in approvals.MOVES if row.step is step]
    for plays in product((False, True), repeat=len(Part)):
        cast: Cast = {part: frozenset({1} if has else ()) for part, has in zip(Part, plays, strict=True)}
        facts = [BEFORE.part(part)(steps.A, ACTOR) == has for part, has in zip(Part, plays, strict=True)]
        entitled = frozenset({1}) if step is not Step.WITHDRAW or Part.APPLICANT in _played(cast) else frozenset[int]()
        refused = refuses(
            approvals.plan, state, step, actor=1, cast={} if step is Step.WITHDRAW else cast, entitled=entitled
        )
        assert holds(z3.Or(*guards), BEFORE.state(steps.A) == STATE[state], *facts) is not refused, (cast, step)


def _played(cast: Cast) -> set[Part]:
    return {part for part, people in cast.items() if people}


def _duties_of(row: approvals.Move) -> z3.BoolRef:
    """Return the guards of the step but those that ask for powers and counts, which ``plan`` is told of."""
    told = {"it is there", "by whom its policy names", "not said before", "enough have said so"}
    told |= {f"not of {power}" for power in identity.TAKE_NO_PART}
    decided = steps.decide(steps.Tables(), row, is_last=True)
    return z3.And(*(said for name, said in decided.guards.items() if name not in told))


def test_a_quorum_is_in_the_model_what_the_rule_counts() -> None:
    for quorum, others in product((Quorum.ANY, Quorum.TWO), (0, 1, 2)):
        said = [1, *range(2, 2 + others)]
        row = next(row for row in approvals.POLICIES if row.stages[0][1] is quorum)
        another = z3.BoolVal(others > 0)
        modelled = holds(z3.BoolVal(True) if z3.is_true(steps.enough(row)) else another)
        (stage,) = builtin_stages(row)
        assert modelled is are_filled([SeatOpen(seat.needed, frozenset(said)) for seat in stage], said)


def test_a_seal_moves_in_the_model_as_plan_says() -> None:
    for state, act, leave, kind in product(seals.SealState, seals.Act, seals.Leave, seals.SealKind):
        rows = [row for row in seals.MOVES if (row.act, row.leave) == (act, leave) and row.kind in {None, kind}]
        refused = refuses(seals.plan, state, act, leave=leave, kind=kind)
        assert _is_one_of(frozenset(row.start for row in rows), state) is not refused


@cache
def _is_one_of(starts: frozenset[seals.SealState], state: seals.SealState) -> bool:
    guard = z3.Or(*(BEFORE.seal_state(steps.S) == SEAL_STATE[start] for start in starts))
    return holds(guard, BEFORE.seal_state(steps.S) == SEAL_STATE[state])


def test_what_is_said_of_a_turn_leads_in_the_model_where_the_rules_of_custody_say() -> None:
    turn = hands_steps.T
    for action in HANDS.usual():
        if action.name in {"fire", "commit", "release"}:
            says = custody.Says(action.name)
            for phase in custody.Phase:
                guard = next(said for name, said in action.guards.items() if name.startswith("it is "))
                refused = refuses(custody.step, phase, says)
                at_phase = hands_steps.BEFORE.phase(turn) == hands_steps.PHASE[phase]
                assert holds(guard, at_phase) is not refused, (phase, says)


def test_what_stands_in_the_model_is_what_the_rule_of_two_counts_says() -> None:
    commit = next(action for action in HANDS.usual() if action.name == "commit")
    turn, before, after = hands_steps.T, hands_steps.BEFORE, hands_steps.AFTER
    for reserved, made, counted in product(range(1, 4), range(4), range(4)):
        if made > reserved:
            continue
        facts = [before.reserved(turn) == reserved, before.made(turn) == made, counted == hands_steps.COUNT]
        refused = refuses(custody.settled, reserved=reserved, made=made, counted=counted, reason="盖偏")
        assert holds(commit.guards["as many as were taken at most"], *facts) is not refused
        if not refused:
            stand = custody.settled(reserved=reserved, made=made, counted=counted, reason="盖偏")
            assert holds(after.stands(turn) == stand, *facts, *commit.effect), (reserved, made, counted)


def test_a_word_is_given_in_the_model_as_plan_word_lets() -> None:
    for row, already in product(seals.WORDS, (None, *Role)):
        said = [] if already is None else [(already, 1)]
        refused = refuses(seals.plan_word, row.act, row.role, actor=1, named=[1], said=said)
        assert (already is None) is not refused
