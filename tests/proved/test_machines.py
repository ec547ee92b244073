"""Proofs of uses at machines: no step breaks a promise, every guard and row is needed, and the model is the rules."""

from itertools import product
from typing import Final

import pytest
import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.device.events import Told
from privyseal.devices import rules
from privyseal.devices.rules import Mark
from tests.proved import machines
from tests.proved.machines import MACHINES, MARK
from tests.proved.proof import closed_ways, false_at_first, holds, is_killed, mutants, unproved

SHARES: Final = 4
SECOND_FENCES: Final = {
    f"tell {told} without: {guard}": "what is under way was allowed, and is not settled"
    for told, guard in product((Told.FIRED, Told.COMMITTED, Told.RELEASED), ("it is open", "it has it"))
}


@pytest.mark.invariant("T5", "T25", column="rule")
def test_no_step_breaks_a_promise_about_uses_at_machines() -> None:
    assert false_at_first(MACHINES) == []
    assert list(unproved(MACHINES, MACHINES.usual())) == []
    assert closed_ways(MACHINES) == []


# A quarter of some sixty in every run; all of them with ./dev test --long proof.
@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.long) for part in range(1, SHARES))])
def test_every_guard_and_every_row_about_machines_is_needed(part: int) -> None:
    names = [name for name, _ in mutants(MACHINES)]
    assert SECOND_FENCES.keys() <= set(names)
    some = list(mutants(MACHINES))[part::SHARES]
    survived = {name for name, make in some if not is_killed(MACHINES, make())}

    assert survived == {name for name, _ in some} & SECOND_FENCES.keys()


def test_what_a_machine_tells_leads_in_the_model_where_the_rule_says() -> None:
    before, after, use = machines.BEFORE, machines.AFTER, machines.U
    rows = {row.told: row for row in rules.TURNED}
    for action in MACHINES.usual():
        told = action.name.removeprefix("tell ")
        if told == action.name:
            continue
        guard = z3.And(*(said for name, said in action.guards.items() if name.startswith(("it is ", "of this"))))
        for mark, number, last in product(Mark, range(3), range(3)):
            facts = [
                *(before.asked(use), z3.Not(before.closed(use)), before.mark(use) == MARK[mark]),
                *(before.number(use) == last, number == machines.COUNT),
            ]
            end = rules.turned(mark, told, number=number, last=last)
            assert holds(guard, *facts) is (end is not None), (told, mark, number, last)
        assert holds(after.mark(use) == MARK[rows[Told(told)].end], *action.effect)
