"""One application to several companies: no permit before all have said yes, duties apart over all, what ends together.

Guards and changes read off ``approvals.rules`` and ``approvals.rules.joint``; how many say yes is proved elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals import rules as approvals
from privyseal.approvals.rules import Move, Part, State, Step, joint
from privyseal.approvals.rules.joint import Mode, Outcome
from tests.proved.proof import Theory, no_others
from tests.proved.world import ACTOR, STATE, Action, Application, Frame, StateSort, User, World

_YES_OR_NO = z3.BoolSort()
Whole = z3.DeclareSort("Whole")
# A keeper has no part in a document of several companies before it is stamped.
PARTS: Final = tuple(part for part in Part if part is not Part.CUSTODIAN)
BUSY: Final = (Part.APPLICANT, Part.OPERATOR, Part.WITNESS, Part.PERSON)
FRAME: Final = Frame(
    {
        "opened": (Application, _YES_OR_NO),
        "state": (Application, StateSort),
        "issued": (Application, _YES_OR_NO),
        **{f"part_{part.value}": (Application, User, _YES_OR_NO) for part in PARTS},
    }
)
BEFORE, AFTER = FRAME.before, FRAME.after
# What is so for good: of which whole a part is, how that is decided, and whose seal comes after whose on a document.
whole_of: Final = z3.Function("whole_of", Application, Whole)
together: Final = z3.Function("decided_together", Whole, _YES_OR_NO)
stands_on: Final = z3.Function("stands_on", Application, Application, _YES_OR_NO)

A, B, C = z3.Consts("A B C", Application)
a, b, c = z3.Consts("a b c", Application)
u = z3.Const("u", User)
W = z3.Const("W", Whole)


@dataclass(frozen=True, slots=True)
class Tables:
    """The product's tables of wholes: these objects, not a copy."""

    moves: Sequence[Move] = approvals.MOVES
    outcomes: Sequence[Outcome] = joint.OUTCOMES
    apart: Sequence[frozenset[Part]] = tuple(
        row for row in approvals.KEPT_APART if Part.APPROVER in row and Part.CUSTODIAN not in row
    )
    undecided: Sequence[State] = tuple(sorted(joint.UNDECIDED))


def alike(one: Any, other: Any) -> Any:  # noqa: ANN401  values of the solver
    return whole_of(one) == whole_of(other)


def ended(w: World, part: Any) -> Any:  # noqa: ANN401  values of the solver
    return z3.Or(*(w.state(part) == STATE[state] for state in approvals.COME_TO_NOTHING))


def steps(tables: Tables) -> list[Action]:
    """Return everything that may happen to the parts of a whole."""
    yes = [row for row in tables.moves if row.step is Step.APPROVE]
    return [
        open_all(),
        *(approve(tables, row) for row in yes),
        *(agree(tables, row, outcome) for row in yes for outcome in tables.outcomes),
        *(end(tables, row) for row in tables.moves if row.step is not Step.APPROVE),
    ]


def open_all() -> Action:
    """Ask every company at once; whoever asks says who is to have which other part."""
    named = {part: z3.Function(f"{part.value} then", Application, User, _YES_OR_NO) for part in BUSY}

    def cast(part: Part) -> Any:  # noqa: ANN401  an update of the solver's
        return lambda one, who: z3.If(whole_of(one) == W, named[part](one, who), BEFORE.part(part)(one, who))

    return FRAME.action(
        "ask all",
        {"none of it is there": z3.ForAll([a], z3.Implies(whole_of(a) == W, z3.Not(BEFORE.opened(a))))},
        {
            "opened": lambda one: z3.Or(BEFORE.opened(one), whole_of(one) == W),
            "state": lambda one: z3.If(whole_of(one) == W, STATE[State.PENDING], BEFORE.state(one)),
            **{f"part_{part.value}": cast(part) for part in BUSY},
        },
    )


def _may_decide(tables: Tables, row: Move) -> dict[str, Any]:
    """Return the guards of a decision: what is open, by whoever has no other part in any part of the whole."""
    others = [next(iter(pair - {row.by})) for pair in tables.apart if row.by in pair]
    return {
        "it is there": BEFORE.opened(A),
        f"it is {row.start}": BEFORE.state(A) == STATE[row.start],
        **{
            f"apart over all: {row.by} {other}": z3.ForAll(
                [b], z3.Implies(alike(A, b), z3.Not(BEFORE.part(other)(b, ACTOR)))
            )
            for other in others
        },
    }


def _says(row: Move) -> dict[str, Any]:
    return {f"part_{row.by.value}": FRAME.only_at(f"part_{row.by.value}", A, ACTOR, to=z3.BoolVal(True))}


def approve(tables: Tables, row: Move) -> Action:
    return FRAME.action(f"{row.step} {row.start}, not the last", _may_decide(tables, row), _says(row))


def agree(tables: Tables, row: Move, outcome: Outcome) -> Action:
    """Say the last yes of one company; where nobody is waited for any more, the parts that waited are approved too."""
    waits = z3.Exists([b], z3.And(alike(A, b), b != A, BEFORE.opened(b), BEFORE.state(b) == STATE[State.PENDING]))
    is_all = outcome.end is State.APPROVED

    def released(one: Any) -> Any:  # noqa: ANN401  values of the solver
        return z3.And(is_all, one != A, alike(A, one), BEFORE.state(one) == STATE[State.AGREED], BEFORE.opened(one))

    return FRAME.action(
        f"{row.step} {row.start}, the last, {outcome.mode}, others wait: {outcome.others_wait}",
        _may_decide(tables, row)
        | {
            "decided so": together(whole_of(A)) == (outcome.mode is Mode.TOGETHER),
            "as others stand": waits if outcome.others_wait else z3.Not(waits),
        },
        {
            "state": lambda one: z3.If(
                one == A, STATE[outcome.end], z3.If(released(one), STATE[row.end], BEFORE.state(one))
            ),
            "issued": lambda one: z3.Or(BEFORE.issued(one), z3.And(is_all, one == A), released(one)),
            **_says(row),
        },
    )


def end(tables: Tables, row: Move) -> Action:
    """Refuse a part or take it back, and with it what cannot go on without it."""
    guards = _may_decide(tables, row)
    if row.by is Part.APPLICANT:
        guards = {name: said for name, said in guards.items() if not name.startswith("apart")}
        guards["by its applicant"] = BEFORE.part(Part.APPLICANT)(A, ACTOR)

    def falls(one: Any) -> Any:  # noqa: ANN401  values of the solver
        is_undecided = z3.Or(*(BEFORE.state(one) == STATE[state] for state in tables.undecided))
        with_it = z3.Or(together(whole_of(A)), stands_on(one, A))
        return z3.Or(one == A, z3.And(alike(A, one), BEFORE.opened(one), is_undecided, with_it))

    return FRAME.action(
        f"{row.step} {row.start}",
        guards,
        {
            "state": lambda one: z3.If(falls(one), STATE[row.end], BEFORE.state(one)),
            **({} if row.by is Part.APPLICANT else _says(row)),
        },
    )


# -- what is promised, written by hand


def _is_so_for_good() -> Mapping[str, z3.BoolRef]:
    both = z3.And(stands_on(a, b), stands_on(b, c))
    return {
        "T21 what stands on another is of its whole": z3.ForAll([a, b], z3.Implies(stands_on(a, b), alike(a, b))),
        "T21 and on what that one stands on": z3.ForAll([a, b, c], z3.Implies(both, stands_on(a, c))),
    }


@cache
def always(w: World) -> Mapping[str, z3.BoolRef]:
    """Return what holds in every state. A name is an invariant of docs/invariants.md, and which part of it."""
    there = z3.And(w.opened(a), w.opened(b), alike(a, b))
    undecided = z3.Or(w.state(b) == STATE[State.PENDING], w.state(b) == STATE[State.AGREED])
    return {
        **_is_so_for_good(),
        "T21 all are asked at once": z3.ForAll([a, b], z3.Implies(alike(a, b), w.opened(a) == w.opened(b))),
        "T21 no permit before all have said yes": z3.ForAll(
            [a, b],
            z3.Implies(z3.And(there, together(whole_of(a)), w.issued(a)), w.state(b) == STATE[State.APPROVED]),
        ),
        "T21 a permit for what is approved": z3.ForAll(
            [a], w.issued(a) == z3.And(w.opened(a), w.state(a) == STATE[State.APPROVED])
        ),
        "T21 what ends for one ends for all": z3.ForAll(
            [a, b], z3.Implies(z3.And(there, together(whole_of(a)), ended(w, a)), w.state(b) == w.state(a))
        ),
        "T21 whoever has agreed waits for somebody": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(w.opened(a), w.state(a) == STATE[State.AGREED]),
                z3.And(
                    together(whole_of(a)),
                    z3.Exists([b], z3.And(alike(a, b), w.opened(b), w.state(b) == STATE[State.PENDING])),
                ),
            ),
        ),
        "T21 nothing waits that stands on what came to nothing": z3.ForAll(
            [a, b], z3.Implies(z3.And(there, stands_on(b, a), ended(w, a)), z3.Not(undecided))
        ),
        **{
            f"T21 whoever decides is not {part} of any": z3.ForAll(
                [a, b, u],
                z3.Implies(z3.And(alike(a, b), w.part(Part.APPROVER)(a, u)), z3.Not(w.part(part)(b, u))),
            )
            for part in BUSY
        },
        "T21 before it is asked nobody has decided": z3.ForAll(
            [a, u], z3.Implies(z3.Not(w.opened(a)), z3.Not(w.part(Part.APPROVER)(a, u)))
        ),
        "T21 each company's yes is somebody's": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(w.opened(a), z3.Or(w.state(a) == STATE[State.AGREED], w.state(a) == STATE[State.APPROVED])),
                z3.Exists([u], w.part(Part.APPROVER)(a, u)),
            ),
        ),
    }


@cache
def at_every_step() -> Mapping[str, z3.BoolRef]:
    """Return what holds between a state and the next."""
    came_to_nothing = z3.And(BEFORE.opened(b), z3.Not(ended(BEFORE, b)), ended(AFTER, b))
    by_whom = z3.Or(AFTER.part(Part.APPROVER)(a, ACTOR), BEFORE.part(Part.APPLICANT)(a, ACTOR))
    cause = z3.And(alike(a, b), z3.Not(ended(BEFORE, a)), AFTER.state(a) == AFTER.state(b), by_whom)
    decided = z3.Or(ended(BEFORE, a), BEFORE.state(a) == STATE[State.APPROVED])
    return {
        "T3 what is decided stays decided": z3.ForAll(
            [a], z3.Implies(z3.And(BEFORE.opened(a), decided), AFTER.state(a) == BEFORE.state(a))
        ),
        "T21 a yes to what is asked and waits": z3.ForAll(
            [a, u],
            z3.Implies(
                z3.And(AFTER.part(Part.APPROVER)(a, u), z3.Not(BEFORE.part(Part.APPROVER)(a, u))),
                z3.And(u == ACTOR, BEFORE.opened(a), BEFORE.state(a) == STATE[State.PENDING]),
            ),
        ),
        "T21 of what nobody asked nothing is said": z3.ForAll(
            [a], z3.Implies(z3.Not(AFTER.opened(a)), AFTER.state(a) == BEFORE.state(a))
        ),
        "T21 who has agreed is not asked again": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(BEFORE.opened(a), BEFORE.state(a) == STATE[State.AGREED]),
                AFTER.state(a) != STATE[State.PENDING],
            ),
        ),
        "T21 each company says its own yes": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(
                    BEFORE.opened(a),
                    BEFORE.state(a) == STATE[State.PENDING],
                    z3.Or(AFTER.state(a) == STATE[State.AGREED], AFTER.state(a) == STATE[State.APPROVED]),
                ),
                AFTER.part(Part.APPROVER)(a, ACTOR),
            ),
        ),
        "T21 apart nothing falls but what stands on it": z3.ForAll(
            [b],
            z3.Implies(
                z3.And(came_to_nothing, z3.Not(together(whole_of(b)))),
                z3.Exists([a], z3.And(cause, z3.Or(a == b, stands_on(b, a)))),
            ),
        ),
        "T21 together by one's no or the applicant's word": z3.ForAll(
            [b], z3.Implies(z3.And(came_to_nothing, together(whole_of(b))), z3.Exists([a], cause))
        ),
    }


_THERE: Final = z3.And(BEFORE.opened(A), BEFORE.opened(B), A != B, alike(A, B))


@cache
def ways() -> Mapping[str, z3.BoolRef]:
    """Return steps that somebody can always come to take, by name."""
    jointly, pending, agreed = together(whole_of(A)), STATE[State.PENDING], STATE[State.AGREED]
    a_no = z3.And(_THERE, BEFORE.state(A) == pending, AFTER.state(A) == STATE[State.REJECTED])
    return {
        "several are asked": z3.And(AFTER.opened(A), z3.Not(BEFORE.opened(A)), AFTER.opened(B), A != B),
        "one says yes of several": z3.And(
            _THERE, BEFORE.state(A) == pending, AFTER.state(A) == pending,
            AFTER.part(Part.APPROVER)(A, ACTOR), z3.Not(BEFORE.part(Part.APPROVER)(A, ACTOR)),
        ),
        "a company agrees and waits": z3.And(_THERE, jointly, BEFORE.state(A) == pending, AFTER.state(A) == agreed),
        "the last releases all": z3.And(
            _THERE, jointly, BEFORE.state(A) == pending, AFTER.issued(A), BEFORE.state(B) == agreed, AFTER.issued(B)
        ),
        "apart one has its permit while the other waits": z3.And(
            _THERE, z3.Not(jointly), BEFORE.state(A) == pending, AFTER.issued(A), AFTER.state(B) == pending
        ),
        "apart the last has its permit": z3.And(
            _THERE, z3.Not(jointly), BEFORE.state(A) == pending, AFTER.issued(A), BEFORE.issued(B),
            z3.ForAll([c], z3.Implies(z3.And(alike(A, c), c != A), BEFORE.state(c) != pending)),
        ),
        "a no ends what had agreed": z3.And(a_no, jointly, BEFORE.state(B) == agreed, ended(AFTER, B)),
        "a no ends what waits": z3.And(a_no, jointly, BEFORE.state(B) == pending, ended(AFTER, B)),
        "apart a no leaves the other": z3.And(a_no, z3.Not(jointly), AFTER.state(B) == pending),
        "taken back while it waits": z3.And(
            _THERE, BEFORE.state(A) == pending, AFTER.state(A) == STATE[State.WITHDRAWN]
        ),
        "taken back where another is waited for": z3.And(
            _THERE, BEFORE.state(A) == agreed, AFTER.state(A) == STATE[State.WITHDRAWN], BEFORE.state(B) == pending,
            z3.ForAll([c], z3.Implies(z3.And(alike(A, c), c != A), z3.Not(BEFORE.part(Part.APPLICANT)(c, ACTOR)))),
        ),
    }  # fmt: skip


def nothing_yet(w: World) -> list[z3.BoolRef]:
    return [
        *_is_so_for_good().values(),
        z3.ForAll([a], z3.Not(z3.Or(w.opened(a), w.issued(a)))),
        z3.ForAll([a, u], z3.Not(w.part(Part.APPROVER)(a, u))),
    ]


def _weaker_outcome(row: Outcome) -> Iterator[Outcome]:
    yield replace(row, end=State.APPROVED if row.end is State.AGREED else State.AGREED)


WHOLES: Final = Theory(
    FRAME, Tables(), steps, always, at_every_step, ways, nothing_yet, {"outcomes": _weaker_outcome}, no_others
)
