"""Proofs of openings of cabinets: no step breaks a promise, every guard and row is needed, the model is the rules."""

import pytest
import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.device.events import Told
from privyseal.devices import rules
from privyseal.devices.rules import LetOut
from tests.proved import cabinets
from tests.proved.cabinets import CABINETS, FAR
from tests.proved.proof import closed_ways, false_at_first, holds, is_killed, mutants, unproved


@pytest.mark.invariant("T15", "T17", "T25", column="rule")
def test_no_step_breaks_a_promise_about_what_cabinets_let_out() -> None:
    assert false_at_first(CABINETS) == []
    assert list(unproved(CABINETS, CABINETS.usual())) == []
    assert closed_ways(CABINETS) == []


def test_every_guard_and_every_row_about_cabinets_is_needed() -> None:
    assert [name for name, make in mutants(CABINETS) if not is_killed(CABINETS, make())] == []


def test_what_a_cabinet_tells_leads_in_the_model_where_the_rule_says() -> None:
    before, after, one = cabinets.BEFORE, cabinets.AFTER, cabinets.O
    for action in CABINETS.usual():
        told = action.name.removeprefix("tell ")
        if told == action.name:
            continue
        guard = z3.And(*(said for name, said in action.guards.items() if name.startswith("it is ")))
        for far in LetOut:
            end = rules.went(far, told)
            assert holds(guard, before.far(one) == FAR[far]) is (end is not None), (told, far)
        row = next(row for row in rules.WENT if row.told is Told(told))
        assert holds(after.far(one) == FAR[row.end], *action.effect)
