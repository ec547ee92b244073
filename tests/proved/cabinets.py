"""Openings of cabinets: asked for, allowed, told of out and back in any order, and ended by time, permit, slot or loss.

A cabinet tells what it likes, of what was closed as well: what it tells late is kept, and opens nothing again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.device.events import Told
from privyseal.devices import rules
from privyseal.devices.rules import LetOut, Went
from tests.proved.proof import Theory, no_others
from tests.proved.world import ACTOR, Action, Frame, Seal, User, World, enumeration

Permit, Opening = (z3.DeclareSort(name) for name in ("PermitOfCabinet", "Opening"))
FarSort, FAR = enumeration(LetOut)
_YES_OR_NO: Final = z3.BoolSort()
_SAID: Final = ("asked", "allowed", "refused", "read", "closed", "missed")
FRAME: Final = Frame(
    {
        "keeper": (Seal, User),
        "held": (Seal, _YES_OR_NO),  # a cabinet in service holds it
        "runs": (Permit, _YES_OR_NO),  # everything that is asked of a permit when it is spent holds now
        "waits": (Permit, _YES_OR_NO),  # for the seal: asked for by hand, or to be taken out, and not had yet
        **dict.fromkeys(_SAID, (Opening, _YES_OR_NO)),
        "by": (Opening, User),
        "far": (Opening, FarSort),
    }
)
BEFORE, AFTER = FRAME.before, FRAME.after
# What a permit and an opening say for good.
seal_of: Final = z3.Function("seal of a permit of a cabinet", Permit, Seal)
plays: Final = z3.Function("applied, approved, stamps or watches", Permit, User, _YES_OR_NO)
by_permit: Final = z3.Function("permit of an opening", Opening, Permit)
by_code: Final = z3.Function("opening by a code", Opening, _YES_OR_NO)

S, P, O = z3.Const("seal", Seal), z3.Const("permit_of_cabinet", Permit), z3.Const("opening", Opening)  # noqa: E741  the first letter of its sort, as elsewhere
o, q, s = z3.Const("o_let", Opening), z3.Const("q_let", Opening), z3.Const("s_let", Seal)
YES, NO = z3.BoolVal(True), z3.BoolVal(False)


@dataclass(frozen=True)
class Tables:
    """The product's table of what a cabinet tells: this object, not a copy."""

    went: Sequence[Went] = rules.WENT


def steps(tables: Tables) -> list[Action]:
    """Return everything that may happen."""
    permit, seal = by_permit(O), seal_of(by_permit(O))
    new: dict[str, Any] = {**dict.fromkeys(_SAID, NO), "asked": YES, "by": ACTOR, "far": FAR[LetOut.INSIDE]}
    return [
        _of_opening(
            "ask",
            {
                "by its keeper": BEFORE.keeper(seal) == ACTOR,
                "who has no other part": z3.Not(plays(permit, ACTOR)),
                "whose permit runs": BEFORE.runs(permit),
                "which waits for it": BEFORE.waits(permit),
                "a cabinet holds it": BEFORE.held(seal),
                "a new opening": z3.Not(BEFORE.asked(O)),
                "none of its permit is open": z3.ForAll(
                    [q], z3.Not(z3.And(is_open(BEFORE, q), by_permit(q) == permit))
                ),
            },
            new,
        ),
        _of_opening("allow", {"it is open": is_open(BEFORE, O)}, {"allowed": YES}),
        _of_opening(
            "refuse",
            {"it is open": is_open(BEFORE, O), "it was not allowed": z3.Not(BEFORE.allowed(O))},
            {"refused": YES, "closed": YES},
        ),
        *(_tell(row) for row in tables.went),
        _of_opening(
            "take back",
            {
                "it is open": is_open(BEFORE, O),
                "nothing is out": BEFORE.far(O) == FAR[LetOut.INSIDE],
                "no code was told": z3.Not(z3.And(by_code(O), BEFORE.allowed(O))),
            },
            {"closed": YES},
        ),
        _of_opening(
            "read its receipt",
            {"it was asked for": BEFORE.asked(O), "it is a code": by_code(O)},
            {"read": YES, "closed": YES},
        ),
        _of_opening(
            "miss",
            {
                "it was asked for": BEFORE.asked(O),
                "it may be out": z3.Or(
                    BEFORE.far(O) == FAR[LetOut.OUT], z3.And(by_code(O), BEFORE.allowed(O), z3.Not(BEFORE.closed(O)))
                ),
            },
            {"missed": YES},
        ),
        _leave(),
        FRAME.action("put it into a cabinet", {}, {"held": FRAME.only_at("held", S, to=YES)}),
        *(
            FRAME.action(f"{name} changes", {}, {name: FRAME.only_at(name, key, to=value)})
            for name, key, value in (
                ("keeper", S, ACTOR),
                ("runs", P, z3.Not(BEFORE.runs(P))),
                ("waits", P, z3.Not(BEFORE.waits(P))),
            )
        ),
    ]


def _of_opening(name: str, guards: Mapping[str, Any], then: Mapping[str, Any]) -> Action:
    return FRAME.action(name, guards, {key: FRAME.only_at(key, O, to=value) for key, value in then.items()})


def is_open(w: World, one: Any) -> Any:  # noqa: ANN401  values of the solver
    return z3.And(w.asked(one), z3.Not(w.closed(one)))


def is_away(w: World, one: Any) -> Any:  # noqa: ANN401  values of the solver
    return z3.And(is_open(w, one), w.far(one) == FAR[LetOut.OUT])


def _tell(row: Went) -> Action:
    """Let a cabinet tell that a seal went out, or came back."""
    guards: dict[str, Any] = {
        "it was asked for": BEFORE.asked(O),
        f"it is {row.start}": BEFORE.far(O) == FAR[row.start],
    }
    then: dict[str, Any] = {"far": FAR[row.end]}
    if row.told is Told.SEAL_TAKEN:
        guards["it was allowed"] = BEFORE.allowed(O)
        same = seal_of(by_permit(q)) == seal_of(by_permit(O))
        guards["no other has it out"] = z3.ForAll([q], z3.Not(z3.And(is_away(BEFORE, q), same)))
    else:
        then["closed"] = YES
    return _of_opening(f"tell {row.told}", guards, then)


def _leave() -> Action:
    """Let a seal leave its slot, or its cabinet be lost: nothing is told any more of what is open."""

    def closed(one: Any) -> Any:  # noqa: ANN401  values of the solver
        return z3.Or(BEFORE.closed(one), z3.And(is_open(BEFORE, one), seal_of(by_permit(one)) == S))

    return FRAME.action(
        "leave the cabinet",
        {},
        {"held": FRAME.only_at("held", S, to=NO), "closed": closed},
    )


@cache
def always(w: World) -> Mapping[str, z3.BoolRef]:
    """Return what holds in every state. A name is an invariant of docs/invariants.md, and which part of it."""

    def of_opening(what: z3.BoolRef) -> z3.BoolRef:
        return z3.ForAll([o], z3.Implies(w.asked(o), what))

    was_out = w.far(o) != FAR[LetOut.INSIDE]
    return {
        "T25 nothing goes out that was not allowed": of_opening(z3.Implies(was_out, w.allowed(o))),
        "T25 what was refused lets nothing out": of_opening(
            z3.Implies(w.refused(o), z3.And(z3.Not(w.allowed(o)), w.closed(o)))
        ),
        "T25 what is back is over": of_opening(z3.Implies(w.far(o) == FAR[LetOut.BACK], w.closed(o))),
        "T25 who lets it out has no other part": of_opening(z3.Not(plays(by_permit(o), w.by(o)))),
        "T17 it ends with its slot and its cabinet": of_opening(
            z3.Implies(z3.Not(w.closed(o)), w.held(seal_of(by_permit(o))))
        ),
        "T15 one of a permit is open": z3.ForAll(
            [o, q], z3.Implies(z3.And(is_open(w, o), is_open(w, q), by_permit(o) == by_permit(q)), o == q)
        ),
        "T15 one has let a seal out": z3.ForAll(
            [o, q],
            z3.Implies(z3.And(is_away(w, o), is_away(w, q), seal_of(by_permit(o)) == seal_of(by_permit(q))), o == q),
        ),
        "T15 missed is what was let out": of_opening(z3.Implies(w.missed(o), w.allowed(o))),
        "T25 receipts are of codes": of_opening(z3.Implies(w.read(o), by_code(o))),
    }


@cache
def at_every_step() -> Mapping[str, z3.BoolRef]:
    """Return what holds between a state and the next."""
    permit, seal = by_permit(o), seal_of(by_permit(o))
    begun = z3.And(AFTER.asked(o), z3.Not(BEFORE.asked(o)))
    went = z3.And(BEFORE.asked(o), AFTER.far(o) != BEFORE.far(o))
    closes = z3.And(BEFORE.asked(o), AFTER.closed(o), z3.Not(BEFORE.closed(o)))
    is_code = z3.And(by_code(o), BEFORE.allowed(o))
    return {
        "T25 asked for by its keeper, for what runs and waits": z3.ForAll(
            [o],
            z3.Implies(
                begun,
                z3.And(
                    AFTER.by(o) == ACTOR,
                    BEFORE.keeper(seal) == ACTOR,
                    BEFORE.runs(permit),
                    BEFORE.waits(permit),
                    AFTER.far(o) == FAR[LetOut.INSIDE],
                    z3.Not(AFTER.allowed(o)),
                ),
            ),
        ),
        "T25 out before it is back, and once": z3.ForAll(
            [o],
            z3.Implies(
                went,
                z3.Or(
                    z3.And(BEFORE.far(o) == FAR[LetOut.INSIDE], AFTER.far(o) == FAR[LetOut.OUT]),
                    z3.And(BEFORE.far(o) == FAR[LetOut.OUT], AFTER.far(o) == FAR[LetOut.BACK]),
                ),
            ),
        ),
        "T25 of what is over nothing is allowed": z3.ForAll(
            [o],
            z3.Implies(
                z3.And(BEFORE.asked(o), AFTER.allowed(o) != BEFORE.allowed(o)),
                z3.And(AFTER.allowed(o), is_open(BEFORE, o)),
            ),
        ),
        "T17 what is over stays so": z3.ForAll(
            [o],
            z3.Implies(
                BEFORE.asked(o),
                z3.And(
                    AFTER.asked(o),
                    AFTER.by(o) == BEFORE.by(o),
                    z3.Implies(BEFORE.closed(o), AFTER.closed(o)),
                    z3.Implies(BEFORE.refused(o), AFTER.refused(o)),
                    z3.Implies(BEFORE.missed(o), AFTER.missed(o)),
                ),
            ),
        ),
        "T15 what may be out is not forgotten": z3.ForAll(
            [o],
            z3.Implies(
                z3.And(closes, z3.Or(BEFORE.far(o) == FAR[LetOut.OUT], is_code)),
                z3.Or(AFTER.far(o) == FAR[LetOut.BACK], z3.Not(AFTER.held(seal)), AFTER.read(o)),
            ),
        ),
        "T25 of what nobody asked for nothing is said": z3.ForAll(
            [o],
            z3.Implies(
                z3.Not(AFTER.asked(o)),
                z3.And(*(AFTER.function(name)(o) == BEFORE.function(name)(o) for name in (*_SAID, "far"))),
            ),
        ),
        "T15 missed is what may be out": z3.ForAll(
            [o],
            z3.Implies(
                z3.And(BEFORE.asked(o), AFTER.missed(o), z3.Not(BEFORE.missed(o))),
                z3.Or(BEFORE.far(o) == FAR[LetOut.OUT], z3.And(is_code, is_open(BEFORE, o))),
            ),
        ),
    }


this: Final = z3.Const("this_opening", Opening)


@cache
def ways() -> Mapping[str, z3.BoolRef]:
    """Return steps that somebody can always come to take, by name."""
    x = this
    was = BEFORE.asked(x)
    closes = z3.And(was, z3.Not(BEFORE.closed(x)), AFTER.closed(x))
    goes = z3.And(was, BEFORE.far(x) == FAR[LetOut.INSIDE], AFTER.far(x) == FAR[LetOut.OUT])
    comes = z3.And(was, BEFORE.far(x) == FAR[LetOut.OUT], AFTER.far(x) == FAR[LetOut.BACK])
    return {
        "a slot is asked for": z3.And(AFTER.asked(x), z3.Not(was)),
        "it is allowed": z3.And(was, AFTER.allowed(x), z3.Not(BEFORE.allowed(x))),
        "it is refused": z3.And(was, AFTER.refused(x), z3.Not(BEFORE.refused(x))),
        "a seal goes out": z3.And(goes, z3.Not(BEFORE.closed(x))),
        "that it went out is told late": z3.And(goes, BEFORE.closed(x)),
        "it comes back": z3.And(comes, z3.Not(BEFORE.closed(x))),
        "it comes back after its cabinet was lost": z3.And(
            comes, BEFORE.closed(x), z3.Not(BEFORE.held(seal_of(by_permit(x))))
        ),
        "a ticket is taken back": z3.And(
            closes,
            z3.Not(by_code(x)),
            BEFORE.allowed(x),
            AFTER.held(seal_of(by_permit(x))),
            AFTER.far(x) == FAR[LetOut.INSIDE],
        ),
        "a code is closed by its receipt": z3.And(
            closes, by_code(x), AFTER.held(seal_of(by_permit(x))), AFTER.far(x) == FAR[LetOut.INSIDE], BEFORE.allowed(x)
        ),
        "a code that nobody heard of is missed": z3.And(
            was, AFTER.missed(x), z3.Not(BEFORE.missed(x)), by_code(x), BEFORE.far(x) == FAR[LetOut.INSIDE]
        ),
        "a seal is missed": z3.And(was, AFTER.missed(x), z3.Not(BEFORE.missed(x)), BEFORE.far(x) == FAR[LetOut.OUT]),
        "it ends with its slot": z3.And(closes, z3.Not(AFTER.held(seal_of(by_permit(x))))),
    }


def nothing_yet(w: World) -> list[z3.BoolRef]:
    """Say that nothing has happened."""
    return [z3.ForAll([o], z3.Not(w.asked(o)))]


CABINETS: Final = Theory(FRAME, Tables(), steps, always, at_every_step, ways, nothing_yet, {}, no_others)
