"""Proves, step by step, that no step breaks a promise; and that every row and every guard is needed for that."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from typing import Any, Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.kernel.errors import Refused
from tests.proved.world import Action, Frame, World

# Steps of the solver, not seconds: a loaded machine proves the same. Where it loses itself, another seed finds the way.
_AT_MOST: Final = 3_000_000
_SEEDS: Final = range(1, 9)


@dataclass(frozen=True, eq=False)
class Theory:
    """What is proved together: the steps that tables of the product say, and what is promised of them by hand.

    ``others`` yields the tables with a row that should not be there, ``weaker`` a row as it should not be.
    """

    frame: Frame
    tables: Any
    steps: Callable[[Any], list[Action]]
    always: Callable[[World], Mapping[str, z3.BoolRef]]
    at_every_step: Callable[[], Mapping[str, z3.BoolRef]]
    ways: Callable[[], Mapping[str, z3.BoolRef]]
    nothing_yet: Callable[[World], Sequence[z3.BoolRef]]
    weaker: Mapping[str, Callable[[Any], Iterable[Any]]]
    others: Callable[[Any], Iterator[tuple[str, Any]]]

    def usual(self) -> list[Action]:
        return self.steps(self.tables)

    def goals(self) -> Mapping[str, z3.BoolRef]:
        return {**self.always(self.frame.after), **self.at_every_step()}


def no_others(_: object) -> Iterator[tuple[str, Any]]:
    """Yield nothing: a row more would be a word or a step that somebody has to be taught."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Mutant:
    """The steps that a change to one guard or one row has changed, and the names of those that are as they were."""

    name: str
    changed: Sequence[Action]
    unchanged: frozenset[str]


def unproved(theory: Theory, actions: Sequence[Action]) -> Iterator[tuple[str, str, str]]:
    """Yield each step with a promise that it is not proved to keep: "sat" means that there is a counterexample.

    Where all promises hold and the step happens, each must hold afterwards.
    """
    before, goals = list(theory.always(theory.frame.before).values()), theory.goals()
    for action in actions:
        solver = _solver([*before, *action.happens()])
        for name, goal in goals.items():
            answer = _asked(solver, z3.Not(goal))
            if answer != z3.unsat:
                yield action.name, name, str(answer)


def obligations(theory: Theory) -> int:
    return len(theory.usual()) * len(theory.goals())


def false_at_first(theory: Theory) -> list[str]:
    """Return the promises that do not hold before anything has happened."""
    before = theory.frame.before
    solver = _solver(theory.nothing_yet(before))
    return [name for name, goal in theory.always(before).items() if _asked(solver, z3.Not(goal)) != z3.unsat]


def closed_ways(theory: Theory) -> list[str]:
    """Return the ways that nobody can come to take."""
    return [way for way in theory.ways() if not _opening(theory).any_opens(way)]


def is_killed(theory: Theory, mutant: Mutant) -> bool:
    """Return whether the mutant breaks a promise by a counterexample, or closes a way."""
    if any(answer == "sat" for *_, answer in unproved(theory, mutant.changed)):
        return True
    usual, then = _opening(theory), Opening(theory, mutant.changed)
    touched = (way for way in theory.ways() if usual.any_opens(way) and not usual.any_opens(way, mutant.unchanged))
    return any(not then.any_opens(way) for way in touched)


class Opening:
    """Which steps somebody can come to take a way by: each is asked about each way once, and only if need be."""

    def __init__(self, theory: Theory, actions: Sequence[Action]) -> None:
        self._before = list(theory.always(theory.frame.before).values())
        self._ways = theory.ways()
        self._actions = {action.name: action for action in actions}
        self._solvers: dict[str, z3.Solver] = {}
        self._said: dict[tuple[str, str], bool] = {}

    def any_opens(self, way: str, among: Collection[str] | None = None) -> bool:
        """Return whether any of the steps, or of those with these names, opens the way."""
        names = [name for name in self._actions if among is None or name in among]
        known = [self._said[name, way] for name in names if (name, way) in self._said]
        return any(known) or any(self._opens(name, way) for name in names)

    def _opens(self, name: str, way: str) -> bool:
        if (name, way) not in self._said:
            if name not in self._solvers:
                self._solvers[name] = _solver([*self._before, *self._actions[name].happens()])
            self._said[name, way] = _asked(self._solvers[name], self._ways[way]) == z3.sat
        return self._said[name, way]


@cache
def _opening(theory: Theory) -> Opening:
    return Opening(theory, theory.usual())


def mutants(theory: Theory) -> Iterator[tuple[str, Callable[[], Mutant]]]:
    """Yield every step with a guard less, every table with a row less or a row weaker: the name, and what makes it.

    A name costs nothing; what a table means without a row takes a third of a second to work out.
    """
    usual = {action.name: action for action in theory.usual()}
    for action in usual.values():
        for guard in action.guards:
            yield f"{action.name} without: {guard}", partial(_without_guard, usual, action, guard)
    for name, tables in _other_tables(theory):
        yield name, partial(_with_tables, theory, usual, name, tables)


def _without_guard(usual: Mapping[str, Action], action: Action, guard: str) -> Mutant:
    return Mutant(f"{action.name} without: {guard}", [action.without(guard)], frozenset(usual.keys() - {action.name}))


def _with_tables(theory: Theory, usual: Mapping[str, Action], name: str, tables: Any) -> Mutant:  # noqa: ANN401  those of the theory
    then = {action.name: action for action in theory.steps(tables)}
    same = frozenset(one for one in usual.keys() & then.keys() if then[one].is_as(usual[one]))
    return Mutant(name, [action for one, action in then.items() if one not in same], same)


def _other_tables(theory: Theory) -> Iterator[tuple[str, Any]]:
    tables = theory.tables
    for field in fields(tables):
        rows = list(getattr(tables, field.name))
        for place, row in enumerate(rows):
            before, after = rows[:place], rows[place + 1 :]
            yield f"{field.name} without {row}", replace(tables, **{field.name: [*before, *after]})
            for weaker in theory.weaker.get(field.name, lambda _: ())(row):
                yield f"{field.name} with {weaker}", replace(tables, **{field.name: [*before, weaker, *after]})
    yield from theory.others(tables)


def _solver(said: Sequence[z3.BoolRef], seed: int = 0) -> z3.Solver:
    solver = z3.Solver()
    solver.set("rlimit", _AT_MOST)
    solver.set("random_seed", seed)
    solver.add(*said)
    return solver


def _asked(solver: z3.Solver, said: z3.BoolRef) -> z3.CheckSatResult:
    solver.push()
    solver.add(said)
    answer = solver.check()
    asked = solver.assertions() if answer == z3.unknown else ()
    solver.pop()
    again = (_solver(asked, seed).check() for seed in _SEEDS)
    return next((other for other in again if other != z3.unknown), answer) if answer == z3.unknown else answer


def holds(said: z3.BoolRef, *facts: z3.BoolRef) -> bool:
    """Return whether the facts settle it, and how."""
    solver = z3.SimpleSolver()  # small cases by the thousand: to choose among tactics takes longer than the answer
    solver.add(*facts, z3.Not(said))
    return bool(solver.check() == z3.unsat)


def refuses(act: object, *args: object, **said: object) -> bool:
    try:
        act(*args, **said)  # type: ignore[operator]  # each of the functions below
    except Refused:
        return True
    return False
