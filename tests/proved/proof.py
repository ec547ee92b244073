"""Proves, step by step, that no step breaks a promise; and that every row and every guard is needed for that."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from itertools import product
from typing import Any, Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals.rules import Asks, Part, Quorum
from privyseal.identity.rules import INSTALLATION_POWERS, Power, Reach
from privyseal.seals.rules import Alone
from tests.proved.each_step import at_every_step
from tests.proved.promises import always, nothing_yet
from tests.proved.steps import Tables, steps
from tests.proved.ways import ways
from tests.proved.world import AFTER, BEFORE, Action

_MILLISECONDS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Mutant:
    """The steps that a change to one guard or one row has changed, and the names of those that are as they were."""

    name: str
    changed: Sequence[Action]
    unchanged: frozenset[str]


def unproved(actions: Sequence[Action]) -> Iterator[tuple[str, str, str]]:
    """Yield each step with a promise that it is not proved to keep: "sat" means that there is a counterexample.

    Where all promises hold and the step happens, each must hold afterwards.
    """
    before, goals = list(always(BEFORE).values()), {**always(AFTER), **at_every_step()}
    for action in actions:
        solver = _solver([*before, *action.happens()])
        for name, goal in goals.items():
            answer = _asked(solver, z3.Not(goal))
            if answer != z3.unsat:
                yield action.name, name, str(answer)


def obligations() -> int:
    return len(steps(Tables())) * len({**always(AFTER), **at_every_step()})


def false_at_first() -> list[str]:
    """Return the promises that do not hold before anything has happened."""
    solver = _solver(nothing_yet(BEFORE))
    return [name for name, goal in always(BEFORE).items() if _asked(solver, z3.Not(goal)) != z3.unsat]


def open_ways(actions: Sequence[Action]) -> dict[str, set[str]]:
    """Return, for each way, the steps by which somebody can come to take it."""
    before = list(always(BEFORE).values())
    found: dict[str, set[str]] = {name: set() for name in ways()}
    for action in actions:
        solver = _solver([*before, *action.happens()])
        for name, way in ways().items():
            if _asked(solver, way) == z3.sat:
                found[name].add(action.name)
    return found


@cache
def _usually_open() -> dict[str, set[str]]:
    return open_ways(steps(Tables()))


def is_killed(mutant: Mutant) -> bool:
    """Return whether the mutant breaks a promise by a counterexample, or closes a way."""
    if any(answer == "sat" for *_, answer in unproved(mutant.changed)):
        return True
    usual = _usually_open()
    touched = {name for name, by in usual.items() if by and not by & mutant.unchanged}
    return bool(touched - {name for name, by in open_ways(mutant.changed).items() if by}) if touched else False


def mutants() -> Iterator[tuple[str, Callable[[], Mutant]]]:
    """Yield every step with a guard less, every table with a row less or a row weaker: the name, and what makes it.

    A name costs nothing; what a table means without a row takes a third of a second to work out.
    """
    usual = {action.name: action for action in steps(Tables())}
    for action in usual.values():
        for guard in action.guards:
            yield f"{action.name} without: {guard}", partial(_without_guard, usual, action, guard)
    for name, tables in _other_tables(Tables()):
        yield name, partial(_with_tables, usual, name, tables)


def _without_guard(usual: Mapping[str, Action], action: Action, guard: str) -> Mutant:
    return Mutant(f"{action.name} without: {guard}", [action.without(guard)], frozenset(usual.keys() - {action.name}))


def _with_tables(usual: Mapping[str, Action], name: str, tables: Tables) -> Mutant:
    then = {action.name: action for action in steps(tables)}
    same = frozenset(one for one in usual.keys() & then.keys() if then[one].is_as(usual[one]))
    return Mutant(name, [action for one, action in then.items() if one not in same], same)


def _other_tables(tables: Tables) -> Iterator[tuple[str, Tables]]:
    for field in fields(tables):
        rows = list(getattr(tables, field.name))
        for place, row in enumerate(rows):
            before, after = rows[:place], rows[place + 1 :]
            yield f"{field.name} without {row}", replace(tables, **{field.name: [*before, *after]})
            for weaker in _WEAKER.get(field.name, lambda _: ())(row):
                yield f"{field.name} with {weaker}", replace(tables, **{field.name: [*before, weaker, *after]})
    for power in (power for power in Power if power in INSTALLATION_POWERS and power not in tables.may_confirm):
        yield f"may_confirm with {power}", replace(tables, may_confirm=[*tables.may_confirm, power])
    for act, power in product(dict.fromkeys(row.act for row in tables.alone), Power):
        if Alone(act, power) not in tables.alone:
            yield f"alone with {act} by {power}", replace(tables, alone=[*tables.alone, Alone(act, power)])


def _other(power: Power) -> Power:
    return Power.USE if power is not Power.USE else Power.MANAGE


def _weaker_asks(row: Asks) -> Iterator[Asks]:
    ((stage, quorum),) = row.stages
    yield replace(row, applicant=_other(row.applicant))
    yield replace(row, stages=((_other(stage), quorum),))
    if quorum is not Quorum.ANY:
        yield replace(row, stages=((stage, Quorum.ANY),))
    if row.operator is not None:
        yield replace(row, operator=_other(row.operator))
    if row.receiver is not None:
        yield replace(row, receiver=_other(row.receiver))
    if row.witnesses:
        yield replace(row, witnesses=row.witnesses - 1)


# What a row may be weakened to, by its table.
_WEAKER: Final[Mapping[str, Callable[[Any], Iterable[Any]]]] = {
    "powers_kept_apart": lambda row: (
        replace(row, reach=Reach.COMPANY)
        for _ in (row,)
        if row.reach is Reach.ANYWHERE and not {row.first, row.second} <= INSTALLATION_POWERS
    ),
    "moves": lambda row: (replace(row, by=part) for part in (Part.APPLICANT, Part.APPROVER) if part is not row.by),
    "policies": _weaker_asks,
    "words": lambda row: (replace(row, people=row.people - 1) for _ in (row,) if row.people > 1),
}


def _solver(said: Sequence[z3.BoolRef]) -> z3.Solver:
    solver = z3.Solver()
    solver.set("timeout", _MILLISECONDS)
    solver.add(*said)
    return solver


def _asked(solver: z3.Solver, said: z3.BoolRef) -> z3.CheckSatResult:
    solver.push()
    solver.add(said)
    answer = solver.check()
    solver.pop()
    return answer
