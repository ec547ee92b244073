"""Spoiled pages: who marks one void and who takes it in, how many are made anew, and what stays counted.

Guards and changes read off ``custody.rules.spoiled``; what becomes of a turn before it is settled is proved elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.custody import rules as custody
from privyseal.custody.rules import Hand, Phase, spoiled
from privyseal.custody.rules.spoiled import Spoil, SpoilWord
from tests.proved.hands_steps import PHASE, PhaseSort
from tests.proved.proof import Theory, no_others
from tests.proved.world import ACTOR, Action, Frame, User, World

Page, Turn, Permit = (z3.DeclareSort(name) for name in ("PageSpoiled", "TurnStamped", "PermitOfPaper"))
_YES_OR_NO, _NUMBER = z3.BoolSort(), z3.IntSort()
FRAME: Final = Frame(
    {
        "phase": (Turn, PhaseSort),
        "made": (Turn, _NUMBER),
        "spoiled": (Turn, _NUMBER),
        "marked": (Page, _YES_OR_NO),
        "marked_by": (Page, User),
        "impressions": (Page, _NUMBER),
        "taken_in": (Page, _YES_OR_NO),
        "taken_in_by": (Page, User),
        "anew": (Page, _NUMBER),
        "anew_of": (Permit, _NUMBER),
        "used": (Permit, _NUMBER),
        "limit": (Permit, _NUMBER),
        "on_paper": (Permit, _NUMBER),  # every impression that was ever made by it
        "entered": (Permit, _YES_OR_NO),
        "keeper": (Permit, User),
    }
)
BEFORE, AFTER = FRAME.before, FRAME.after
turn_of: Final = z3.Function("turn_of_page", Page, Turn)
permit_of: Final = z3.Function("permit_of_turn", Turn, Permit)
operator: Final = z3.Function("stamped_by", Turn, User)
supervisor: Final = z3.Function("watched_by", Turn, User)
applicant: Final = z3.Function("asked_by", Permit, User)
approver: Final = z3.Function("approved_by", Permit, User, _YES_OR_NO)
allowance: Final = z3.Function("may_be_made_anew", Permit, _NUMBER)

G, T, P = z3.Const("G", Page), z3.Const("T", Turn), z3.Const("P", Permit)
g, t, p, u = z3.Const("g", Page), z3.Const("t", Turn), z3.Const("p", Permit), z3.Const("u", User)
U = z3.Const("U", User)
N = z3.Int("N")
YES = z3.BoolVal(True)


@dataclass(frozen=True, slots=True)
class Tables:
    """The product's tables of spoiled pages: these objects, not a copy."""

    spoils: Sequence[SpoilWord] = spoiled.SPOILS
    apart: Sequence[frozenset[Hand]] = tuple(row for row in custody.HANDS_APART if Hand.KEEPER in row)


def permit_of_page(page: Any) -> Any:  # noqa: ANN401  values of the solver
    return permit_of(turn_of(page))


def is_hand(hand: Hand, page: Any, person: Any) -> Any:  # noqa: ANN401  values of the solver
    turn, permit = turn_of(page), permit_of_page(page)
    return {
        Hand.OPERATOR: operator(turn) == person,
        Hand.SUPERVISOR: supervisor(turn) == person,
        Hand.KEEPER: BEFORE.keeper(permit) == person,
        Hand.APPLICANT: applicant(permit) == person,
        Hand.APPROVER: approver(permit, person),
    }[hand]


def steps(tables: Tables) -> list[Action]:
    """Return everything that may happen to impressions and their pages."""
    rows = {row.spoil: row for row in tables.spoils}
    return [
        stamp(Phase.MADE),
        stamp(Phase.COMMITTED),
        *([mark(rows[Spoil.MARK])] if Spoil.MARK in rows else []),
        *([take_in(tables, rows[Spoil.TAKE_IN])] if Spoil.TAKE_IN in rows else []),
        FRAME.action("enter the register", {}, {"entered": FRAME.only_at("entered", P, to=YES)}),
        FRAME.action("hand the seal to another", {}, {"keeper": FRAME.only_at("keeper", P, to=U)}),
        FRAME.action("allow more", {"more": N >= 0}, {"limit": FRAME.only_at("limit", P, to=BEFORE.limit(P) + N)}),
    ]


def stamp(phase: Phase) -> Action:
    """Take, make and count impressions: what comes of that is one turn more, in this phase."""
    permit = permit_of(T)
    return FRAME.action(
        f"stamp, {phase}",
        {
            "a new turn": z3.And(BEFORE.phase(T) == PHASE[Phase.RESERVED], BEFORE.made(T) == 0),
            "something is made": N >= 1,
            "as many are left": BEFORE.used(permit) + N <= BEFORE.limit(permit),
            "not in the register": z3.Not(BEFORE.entered(permit)),
        },
        {
            "phase": FRAME.only_at("phase", T, to=PHASE[phase]),
            "made": FRAME.only_at("made", T, to=N),
            "used": FRAME.only_at("used", permit, to=BEFORE.used(permit) + N),
            "on_paper": FRAME.only_at("on_paper", permit, to=BEFORE.on_paper(permit) + N),
        },
    )


def _phase_of(row: SpoilWord) -> dict[str, Any]:
    at = BEFORE.phase(turn_of(G))
    return {
        "whose word it is": is_hand(row.by, G, ACTOR),
        "of what was made": z3.Or(*(at == PHASE[phase] for phase in row.phases)),
    }


def mark(row: SpoilWord) -> Action:
    turn = turn_of(G)
    updates: dict[str, Any] = {"marked": YES, "marked_by": ACTOR, "impressions": N}
    return FRAME.action(
        "mark a page void",
        _phase_of(row)
        | {
            "not marked before": z3.Not(BEFORE.marked(G)),
            "not in the register": z3.Not(BEFORE.entered(permit_of(turn))),
            "at least one": N >= 1,
            "as many as were made": BEFORE.spoiled(turn) + N <= BEFORE.made(turn),
        },
        {name: FRAME.only_at(name, G, to=value) for name, value in updates.items()}
        | {"spoiled": FRAME.only_at("spoiled", turn, to=BEFORE.spoiled(turn) + N)},
    )


def made_anew(permit: Any, impressions: Any) -> Any:  # noqa: ANN401  values of the solver
    """Return how many are made anew for so many spoiled ones, as ``made_anew`` says; none of what is entered."""
    left = allowance(permit) - BEFORE.anew_of(permit)
    left = z3.If(left > 0, left, z3.IntVal(0))
    return z3.If(BEFORE.entered(permit), z3.IntVal(0), z3.If(impressions < left, impressions, left))


def take_in(tables: Tables, row: SpoilWord) -> Action:
    permit = permit_of_page(G)
    anew = made_anew(permit, BEFORE.impressions(G))
    others = [next(iter(pair - {Hand.KEEPER})) for pair in tables.apart]
    updates: dict[str, Any] = {"taken_in": YES, "taken_in_by": ACTOR, "anew": anew}
    return FRAME.action(
        "take a page in",
        _phase_of(row)
        | {
            "it is marked": BEFORE.marked(G),
            "not taken in before": z3.Not(BEFORE.taken_in(G)),
            "as many are used": BEFORE.used(permit) >= anew,
            **{f"apart: keeper {other}": z3.Not(is_hand(other, G, ACTOR)) for other in others},
        },
        {name: FRAME.only_at(name, G, to=value) for name, value in updates.items()}
        | {
            "anew_of": FRAME.only_at("anew_of", permit, to=BEFORE.anew_of(permit) + anew),
            "used": FRAME.only_at("used", permit, to=BEFORE.used(permit) - anew),
        },
    )


# -- what is promised, written by hand


@cache
def always(w: World) -> Mapping[str, z3.BoolRef]:
    """Return what holds in every state. A name is an invariant of docs/invariants.md, and which part of it."""

    def of_page(what: z3.BoolRef) -> z3.BoolRef:
        return z3.ForAll([g], what)

    by = w.taken_in_by(g)
    busy = {
        "stamped it": operator(turn_of(g)) == by,
        "watched": supervisor(turn_of(g)) == by,
        "allowed it": approver(permit_of_page(g), by),
        "asked for it": applicant(permit_of_page(g)) == by,
    }
    return {
        "T26 an allowance is no debt": z3.ForAll([p], allowance(p) >= 0),
        "T26 what is spoiled was made": z3.ForAll([t], z3.And(w.spoiled(t) >= 0, w.spoiled(t) <= w.made(t))),
        "T26 a page is of what was made": of_page(
            z3.Implies(w.marked(g), z3.And(w.impressions(g) >= 1, w.impressions(g) <= w.made(turn_of(g))))
        ),
        "T26 of what is on paper": of_page(
            z3.Implies(
                w.marked(g), z3.Or(*(w.phase(turn_of(g)) == PHASE[phase] for phase in (Phase.MADE, Phase.COMMITTED)))
            )
        ),
        "T26 marked by who stamped it": of_page(z3.Implies(w.marked(g), w.marked_by(g) == operator(turn_of(g)))),
        "T26 what is taken in was marked": of_page(z3.Implies(w.taken_in(g), w.marked(g))),
        "T26 one for one, of what was taken in": of_page(
            z3.If(w.taken_in(g), z3.And(w.anew(g) >= 0, w.anew(g) <= w.impressions(g)), w.anew(g) == 0)
        ),
        **{f"T26 nobody takes in who {what}": of_page(z3.Implies(w.taken_in(g), z3.Not(is_so)))
           for what, is_so in busy.items()},
        "T26 never more than allowed": z3.ForAll([p], z3.And(w.anew_of(p) >= 0, w.anew_of(p) <= allowance(p))),
        "T26 what is spoiled stays counted": z3.ForAll([p], w.used(p) + w.anew_of(p) == w.on_paper(p)),
        "T5 never more than allowed": z3.ForAll([p], z3.And(w.used(p) >= 0, w.used(p) <= w.limit(p))),
        "T26 on paper as many as allowed, and those made anew": z3.ForAll(
            [p], w.on_paper(p) <= w.limit(p) + allowance(p)
        ),
    }  # fmt: skip


@cache
def at_every_step() -> Mapping[str, z3.BoolRef]:
    """Return what holds between a state and the next."""
    marked = z3.And(AFTER.marked(g), z3.Not(BEFORE.marked(g)))
    came_in = z3.And(AFTER.taken_in(g), z3.Not(BEFORE.taken_in(g)))
    permit, back = permit_of_page(g), BEFORE.used(p) - AFTER.used(p)
    as_it_was = [getattr(AFTER, name)(g) == getattr(BEFORE, name)(g) for name in ("marked_by", "impressions")]
    return {
        "T26 a page is marked once": z3.ForAll(
            [g], z3.Implies(BEFORE.marked(g), z3.And(AFTER.marked(g), *as_it_was))
        ),
        "T26 and taken in once": z3.ForAll(
            [g],
            z3.Implies(
                BEFORE.taken_in(g),
                z3.And(
                    AFTER.taken_in(g), AFTER.taken_in_by(g) == BEFORE.taken_in_by(g), AFTER.anew(g) == BEFORE.anew(g)
                ),
            ),
        ),
        "T26 nothing is marked that the register has": z3.ForAll(
            [g], z3.Implies(marked, z3.Not(BEFORE.entered(permit)))
        ),
        "T26 taken in by who keeps the seal then": z3.ForAll(
            [g], z3.Implies(came_in, z3.And(BEFORE.keeper(permit) == ACTOR, AFTER.taken_in_by(g) == ACTOR))
        ),
        "T26 what the register has is made no more": z3.ForAll(
            [p],
            z3.Implies(
                BEFORE.entered(p),
                z3.And(AFTER.entered(p), AFTER.on_paper(p) == BEFORE.on_paper(p), AFTER.used(p) == BEFORE.used(p)),
            ),
        ),
        "T5 goes back for a page that comes in": z3.ForAll(
            [p],
            z3.Implies(
                back > 0, z3.Exists([g], z3.And(came_in, permit == p, AFTER.anew(g) == back, BEFORE.marked(g)))
            ),
        ),
        "T26 no impression is unmade": z3.ForAll([p], AFTER.on_paper(p) >= BEFORE.on_paper(p)),
        "T26 what is spoiled stays so": z3.ForAll(
            [t], z3.And(AFTER.spoiled(t) >= BEFORE.spoiled(t), z3.Implies(BEFORE.made(t) > 0, AFTER.made(t) > 0))
        ),
        "T26 a turn is of one count": z3.ForAll(
            [t], z3.Implies(BEFORE.made(t) > 0, AFTER.made(t) == BEFORE.made(t))
        ),
        "T26 spoiled as many as its page says": z3.ForAll(
            [g], z3.Implies(marked, AFTER.spoiled(turn_of(g)) == BEFORE.spoiled(turn_of(g)) + AFTER.impressions(g))
        ),
    }  # fmt: skip


@cache
def ways() -> Mapping[str, z3.BoolRef]:
    """Return steps that somebody can always come to take, by name."""
    turn, permit = turn_of(G), permit_of_page(G)
    marked = z3.And(AFTER.marked(G), z3.Not(BEFORE.marked(G)))
    came_in = z3.And(AFTER.taken_in(G), z3.Not(BEFORE.taken_in(G)))
    return {
        "a page is marked before it is counted": z3.And(marked, BEFORE.phase(turn) == PHASE[Phase.MADE]),
        "a page is marked after it is counted": z3.And(marked, BEFORE.phase(turn) == PHASE[Phase.COMMITTED]),
        "all of it is spoiled": z3.And(marked, AFTER.impressions(G) == BEFORE.made(turn), BEFORE.made(turn) > 1),
        "a second page of a turn": z3.And(marked, BEFORE.spoiled(turn) > 0),
        "all are made anew": z3.And(came_in, AFTER.anew(G) == BEFORE.impressions(G)),
        "the allowance suffices for some": z3.And(came_in, AFTER.anew(G) > 0, AFTER.anew(G) < BEFORE.impressions(G)),
        "the allowance is used up": z3.And(came_in, AFTER.anew(G) == 0, z3.Not(BEFORE.entered(permit))),
        "taken in after the register": z3.And(came_in, BEFORE.entered(permit)),
        "taken in before it is counted": z3.And(came_in, BEFORE.phase(turn) == PHASE[Phase.MADE]),
        "taken in after it is counted": z3.And(came_in, BEFORE.phase(turn) == PHASE[Phase.COMMITTED]),
        "made anew": z3.And(AFTER.on_paper(P) > BEFORE.on_paper(P), AFTER.on_paper(P) > AFTER.limit(P)),
        "more is allowed": AFTER.limit(P) > BEFORE.limit(P),
    }


def nothing_yet(w: World) -> list[z3.BoolRef]:
    return [
        z3.ForAll([g], z3.And(z3.Not(z3.Or(w.marked(g), w.taken_in(g))), w.anew(g) == 0)),
        z3.ForAll([t], z3.And(w.made(t) == 0, w.spoiled(t) == 0)),
        z3.ForAll([p], z3.And(w.used(p) == 0, w.on_paper(p) == 0, w.anew_of(p) == 0, w.limit(p) >= 0)),
        z3.ForAll([p], allowance(p) >= 0),
    ]


def _weaker_word(row: SpoilWord) -> Iterator[SpoilWord]:
    """Let somebody else say it, each of the hands in turn."""
    for hand in (Hand.OPERATOR, Hand.KEEPER, Hand.SUPERVISOR, Hand.APPLICANT):
        if hand is not row.by:
            yield replace(row, by=hand)
    for phase in row.phases:
        yield replace(row, phases=tuple(other for other in row.phases if other is not phase))


PAGES: Final = Theory(
    FRAME, Tables(), steps, always, at_every_step, ways, nothing_yet, {"spoils": _weaker_word}, no_others
)
