"""Proofs of what stands by itself: wholes of several companies, spoiled pages, standing permits of a unit.

As in ``test_proof``: every guard and row is taken away or weakened, and the model says what the product's
functions say.
"""

from itertools import product
from typing import Final

import pytest
import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals.rules import State, Step
from privyseal.approvals.rules.joint import Mode, end_of_yes, ends_with
from privyseal.custody.rules import Hand, Phase
from privyseal.custody.rules.spoiled import Spoil, check_marked, check_spoil, made_anew
from privyseal.seals.rules.standing import check_of_unit, check_use
from tests.proved import pages, units, wholes
from tests.proved.hands_steps import PHASE
from tests.proved.pages import PAGES
from tests.proved.proof import Theory, closed_ways, false_at_first, holds, is_killed, mutants, refuses, unproved
from tests.proved.units import UNITS
from tests.proved.wholes import WHOLES
from tests.proved.world import ACTOR, STATE, Application

SHARES: Final = 8
_LAST: Final = "approve pending, the last, "
SECOND_FENCES: Final = {
    f"{_LAST}together, others wait: True without: it is there": "of a whole all are asked at once",
    f"{_LAST}apart, others wait: True without: it is there": "of a whole all are asked at once",
    **{
        f"{_LAST}{mode}, others wait: False without: decided so": "the last yes is an approval in both" for mode in Mode
    },
    **{
        f"{_LAST}apart, others wait: {wait} without: as others stand": "apart it does not matter who else waits"
        for wait in (True, False)
    },
}
SECOND_FENCES_OF_PAGES: Final = {"take a page in without: of what was made": "what is marked was made"}


def _is_proved(theory: Theory) -> None:
    assert false_at_first(theory) == []
    assert list(unproved(theory, theory.usual())) == []
    assert closed_ways(theory) == []


@pytest.mark.invariant("T3", "T21", column="rule")
def test_no_step_breaks_a_promise_about_what_several_companies_decide() -> None:
    _is_proved(WHOLES)


@pytest.mark.invariant("T5", "T26", column="rule")
def test_no_step_breaks_a_promise_about_spoiled_pages() -> None:
    _is_proved(PAGES)


@pytest.mark.invariant("T20", "T22", column="rule")
def test_no_step_breaks_a_promise_about_a_units_standing_permit() -> None:
    _is_proved(UNITS)


# An eighth of some seventy in every run; all of them with ./dev test --long proof.
@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.long) for part in range(1, SHARES))])
def test_every_guard_and_every_row_about_wholes_is_needed(part: int) -> None:
    some = list(mutants(WHOLES))[part::SHARES]
    survived = {name for name, make in some if not is_killed(WHOLES, make())}

    assert survived == {name for name, _ in some} & SECOND_FENCES.keys()


def test_every_guard_and_every_row_about_pages_and_units_is_needed() -> None:
    assert {name for name, make in mutants(PAGES) if not is_killed(PAGES, make())} == {*SECOND_FENCES_OF_PAGES}
    assert [name for name, make in mutants(UNITS) if not is_killed(UNITS, make())] == []


def test_the_second_fences_of_wholes_are_there() -> None:
    assert SECOND_FENCES.keys() <= {name for name, _ in mutants(WHOLES)}
    for theory in (WHOLES, PAGES, UNITS):
        names = [action.name for action in theory.steps(theory.tables)]
        assert len(names) == len(set(names))


# -- the steps say what the product's own functions say, on every small case


_SOME: Final = (State.PENDING, State.AGREED, State.APPROVED, State.WITHDRAWN)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("pairs", [(), ((2, 1),), ((2, 1), (3, 2)), ((3, 1), (2, 3))])
def test_parts_end_in_the_model_with_those_the_rule_says(mode: Mode, pairs: tuple[tuple[int, int], ...]) -> None:
    other, third = z3.Consts("other third", Application)
    parts = {1: wholes.A, 2: other, 3: third}
    refuse = next(action for action in WHOLES.usual() if action.name == f"{Step.REJECT} {State.PENDING}")
    closed = set(pairs) | {(one, last) for one, mid in pairs for start, last in pairs if mid == start}
    facts = [
        z3.Distinct(*parts.values()),
        *(wholes.alike(wholes.A, part) for part in parts.values()),
        *(wholes.BEFORE.opened(part) for part in parts.values()),
        wholes.together(wholes.whole_of(wholes.A)) == (mode is Mode.TOGETHER),
        *(wholes.stands_on(parts[one], parts[two]) == ((one, two) in closed) for one, two in product(parts, parts)),
    ]
    for states in product(_SOME, repeat=2):
        known = dict(zip((2, 3), states, strict=True))
        falls = ends_with(mode, 1, known, pairs)
        said = [wholes.BEFORE.state(parts[key]) == STATE[state] for key, state in known.items()]
        fallen = [
            wholes.AFTER.state(parts[key]) == (STATE[State.REJECTED] if key in falls else STATE[state])
            for key, state in known.items()
        ]
        assert holds(z3.And(*fallen), *facts, *said, *refuse.effect), (mode, states, pairs, falls)


def test_a_yes_leads_in_the_model_where_the_rule_says() -> None:
    other = z3.Const("other", Application)
    there = [other != wholes.A, wholes.alike(wholes.A, other), wholes.BEFORE.opened(other)]
    b = wholes.b
    for mode, state in product(Mode, _SOME):
        end = end_of_yes(mode, [state])
        only = z3.ForAll([b], z3.Implies(wholes.alike(wholes.A, b), z3.Or(b == wholes.A, b == other)))
        facts = [
            *there, only, wholes.BEFORE.state(other) == STATE[state],
            wholes.together(wholes.whole_of(wholes.A)) == (mode is Mode.TOGETHER),
        ]  # fmt: skip
        for action in WHOLES.usual():
            if "the last, " in action.name and "not the last" not in action.name:
                so = z3.And(action.guards["decided so"], action.guards["as others stand"])
                if not holds(z3.Not(so), *facts):
                    assert holds(wholes.AFTER.state(wholes.A) == STATE[end], *facts, *action.effect), (mode, state)


def test_as_many_are_made_anew_in_the_model_as_the_rule_says() -> None:
    page = pages.permit_of_page(pages.G)
    for impressions, allowed, before in product(range(1, 4), range(4), range(4)):
        facts = [
            pages.allowance(page) == allowed, pages.BEFORE.anew_of(page) == before, z3.Not(pages.BEFORE.entered(page))
        ]  # fmt: skip
        said = made_anew(impressions, allowed=allowed, before=before)
        assert holds(pages.made_anew(page, z3.IntVal(impressions)) == said, *facts), (impressions, allowed, before)


def test_pages_are_marked_in_the_model_as_the_rules_let() -> None:
    mark = next(action for action in PAGES.usual() if action.name == "mark a page void")
    turn, before = pages.turn_of(pages.G), pages.BEFORE
    for made, already, now in product(range(3), range(3), range(4)):
        facts = [before.made(turn) == made, before.spoiled(turn) == already, now == pages.N]
        guard = z3.And(mark.guards["at least one"], mark.guards["as many as were made"])
        refused = refuses(check_marked, now, made=made, before=already)
        assert holds(guard, *facts) is not refused, (made, already, now)
    for spoil, name in ((Spoil.MARK, "mark a page void"), (Spoil.TAKE_IN, "take a page in")):
        action = next(each for each in PAGES.usual() if each.name == name)
        for phase, hand in product(Phase, (Hand.OPERATOR, Hand.KEEPER, Hand.SUPERVISOR)):
            people = [each for each in Hand if each is not Hand.MACHINE]
            is_hand = [pages.is_hand(each, pages.G, ACTOR) == (each is hand) for each in people]
            guard = z3.And(action.guards["whose word it is"], action.guards["of what was made"])
            refused = refuses(check_spoil, spoil, phase, said_by={hand})
            assert holds(guard, before.phase(turn) == PHASE[phase], *is_hand) is not refused, (spoil, phase)


def test_a_day_is_counted_in_the_model_as_the_rule_counts_it() -> None:
    use = next(action for action in UNITS.usual() if action.name == "use")
    before = UNITS.frame.before
    for a_day, limit, times in product((1, 2), (2, 3), ((), (0,), (0, 0), (0, 9), (0, 24), (0, 9, 30))):
        for now in (9, 24, 33, 48):
            if times and times[-1] > now:
                continue
            at = [before.at(number) == time for number, time in enumerate(times, start=1)]
            facts = [before.uses() == len(times), before.limit() == limit, a_day == units.A_DAY, now == units.NOW, *at]
            guard = z3.And(use.guards["within all"], use.guards["within the day"])
            today = sum(time > now - units.DAY for time in times) + 1
            refused = refuses(check_use, len(times) + 1, today=today, a_day=a_day, in_all=limit, unreviewed=0)
            assert holds(guard, *facts) is not refused, (a_day, limit, times, now)


def test_a_unit_uses_its_permit_in_the_model_as_the_rule_lets() -> None:
    use = next(action for action in UNITS.usual() if action.name == "use")
    before = UNITS.frame.before
    for belongs, plays in product((True, False), repeat=2):
        facts = [before.belongs(ACTOR) == belongs, before.plays(ACTOR) == plays]
        guard = z3.And(use.guards["of the unit"], use.guards["without another part"])
        own = frozenset({7}) if belongs else frozenset[int]()
        refused = refuses(check_of_unit, unit=7, belongs_to=own, plays="approver" if plays else None)
        assert holds(guard, *facts) is not refused
