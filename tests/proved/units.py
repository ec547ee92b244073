"""A standing permit of a unit: who uses it, how often a day and in all, whoever comes and goes meanwhile.

What ``check_use`` counts and ``check_of_unit`` asks is said here of any number of uses at any times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from tests.proved.proof import Theory, no_others
from tests.proved.world import ACTOR, Action, Frame, User, World

DAY: Final = 24
_YES_OR_NO, _NUMBER = z3.BoolSort(), z3.IntSort()
FRAME: Final = Frame(
    {
        "uses": (_NUMBER,),
        "limit": (_NUMBER,),
        "at": (_NUMBER, _NUMBER),
        "by": (_NUMBER, User),
        "belongs": (User, _YES_OR_NO),
        "plays": (User, _YES_OR_NO),  # approved it or what was added, or reviews its samples
    }
)
BEFORE, AFTER = FRAME.before, FRAME.after
A_DAY: Final = z3.Int("a_day")
NOW: Final = z3.Int("now")
i, j = z3.Ints("i j")
u = z3.Const("u", User)
U, V = z3.Consts("U V", User)
N = z3.Int("N")


@dataclass(frozen=True, slots=True)
class Tables:
    """There is none: a count is no table."""


def is_use(w: World, number: Any) -> Any:  # noqa: ANN401  values of the solver
    return z3.And(number >= 1, number <= w.uses())


def within_a_day(w: World) -> Any:  # noqa: ANN401  a value of the solver
    """Say that one more use now is the last of its day at most: the one that many before is a day old."""
    last = w.uses() + 1 - A_DAY
    return z3.Or(last < 1, w.at(last) <= NOW - DAY)


def steps(_: Tables) -> list[Action]:
    then = z3.Function("belongs then", User, _YES_OR_NO)
    number = BEFORE.uses() + 1
    return [
        FRAME.action(
            "use",
            {
                "of the unit": BEFORE.belongs(ACTOR),
                "without another part": z3.Not(BEFORE.plays(ACTOR)),
                "within all": number <= BEFORE.limit(),
                "within the day": within_a_day(BEFORE),
                "no earlier than what was": z3.ForAll([i], z3.Implies(is_use(BEFORE, i), BEFORE.at(i) <= NOW)),
            },
            {
                "uses": lambda: number,
                "at": FRAME.only_at("at", number, to=NOW),
                "by": FRAME.only_at("by", number, to=ACTOR),
            },
        ),
        FRAME.action("people come, move and leave", {}, {"belongs": then}),
        FRAME.action(
            "add more",
            {
                "approved by who has not used it": z3.ForAll([i], z3.Implies(is_use(BEFORE, i), BEFORE.by(i) != U)),
                "more": N >= 1,
            },
            {
                "plays": FRAME.only_at("plays", U, to=z3.BoolVal(True)),
                "limit": lambda: BEFORE.limit() + N,
            },
        ),
    ]


@cache
def always(w: World) -> Mapping[str, z3.BoolRef]:
    """Return what holds in every state. A name is an invariant of docs/invariants.md, and which part of it."""
    return {
        "T20 some a day": A_DAY >= 1,
        "T20 one after the other": z3.ForAll(
            [i, j], z3.Implies(z3.And(is_use(w, i), is_use(w, j), i <= j), w.at(i) <= w.at(j))
        ),
        # Of any so many uses and one more, the last is a whole day after the first: no day holds them all.
        "T20 never more in a day": z3.ForAll(
            [i], z3.Implies(z3.And(is_use(w, i), is_use(w, i + A_DAY)), w.at(i + A_DAY) >= w.at(i) + DAY)
        ),
        "T20 never more in all": z3.And(w.uses() >= 0, w.uses() <= w.limit()),
        "T20 by nobody with another part": z3.ForAll([i], z3.Implies(is_use(w, i), z3.Not(w.plays(w.by(i))))),
    }


@cache
def at_every_step() -> Mapping[str, z3.BoolRef]:
    """Return what holds between a state and the next."""
    came = AFTER.uses() > BEFORE.uses()
    return {
        "T20 used by whoever belongs there then": z3.Implies(
            came, z3.And(BEFORE.belongs(ACTOR), AFTER.by(AFTER.uses()) == ACTOR, AFTER.uses() == BEFORE.uses() + 1)
        ),
        "T20 what was used stays so": z3.ForAll(
            [i],
            z3.Implies(
                is_use(BEFORE, i),
                z3.And(is_use(AFTER, i), AFTER.by(i) == BEFORE.by(i), AFTER.at(i) == BEFORE.at(i)),
            ),
        ),
        "T22 more by an addition alone": z3.Implies(
            AFTER.limit() != BEFORE.limit(), z3.And(AFTER.limit() > BEFORE.limit(), z3.Not(came))
        ),
    }


@cache
def ways() -> Mapping[str, z3.BoolRef]:
    """Return steps that somebody can always come to take, by name."""
    used = AFTER.uses() > BEFORE.uses()
    again = z3.And(is_use(BEFORE, i), BEFORE.by(i) == ACTOR)
    return {
        "the last of a day is used": z3.And(used, A_DAY > 1, BEFORE.at(AFTER.uses() + 1 - A_DAY) > NOW - DAY),
        "the first of another day": z3.And(used, BEFORE.uses() == A_DAY),
        "the last of all is used": z3.And(used, AFTER.uses() == BEFORE.limit()),
        "one uses it again": z3.And(used, again),
        "one who came later uses it": z3.And(
            used, z3.ForAll([i], z3.Implies(is_use(BEFORE, i), BEFORE.by(i) != ACTOR))
        ),
        "one leaves who has used it": z3.And(
            is_use(BEFORE, i), BEFORE.belongs(BEFORE.by(i)), z3.Not(AFTER.belongs(BEFORE.by(i)))
        ),
        "more is added by one of the unit": z3.And(AFTER.limit() > BEFORE.limit(), BEFORE.belongs(U), AFTER.plays(U)),
    }


def nothing_yet(w: World) -> Sequence[z3.BoolRef]:
    return [w.uses() == 0, w.limit() >= A_DAY, A_DAY >= 1]


UNITS: Final = Theory(FRAME, Tables(), steps, always, at_every_step, ways, nothing_yet, {}, no_others)
