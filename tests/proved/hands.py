"""What is promised of a rubber seal in people's hands, written by hand: none is read off a table of the product."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.custody.rules import Hand, Phase, Word
from tests.proved.hands_steps import (
    AFTER,
    BEFORE,
    FRAME,
    PHASE,
    Out,
    Permit,
    Tables,
    Turn,
    applicant,
    holder,
    is_settled,
    said,
    seal_of,
    steps,
    waits,
    watcher,
    who,
)
from tests.proved.proof import Theory, no_others
from tests.proved.world import ACTOR, World

o, q = z3.Consts("o q", Out)
p = z3.Const("p", Permit)
t, r = z3.Consts("t r", Turn)
KEEPER, SUPERVISOR = Hand.KEEPER, Hand.SUPERVISOR
_OF_A_TURN: Final = ("phase", "made", "counted", "stands", "back")
_OF_A_USE: Final = ("said_custodian", "said_witness", "ended", "returned")


@cache
def always(w: World) -> Mapping[str, z3.BoolRef]:
    """Return what holds in every state. A name is an invariant of docs/invariants.md, and which part of it."""
    permit = w.by_permit(o)
    gave, watched = said(w, KEEPER, o), said(w, SUPERVISOR, o)
    keeper, supervisor = who(w, KEEPER, o), who(w, SUPERVISOR, o)

    def of_use(what: z3.BoolRef) -> z3.BoolRef:
        return z3.ForAll([o], z3.Implies(w.asked(o), what))

    def of_turn(what: z3.BoolRef) -> z3.BoolRef:
        return z3.ForAll([t], z3.Implies(w.taken(t), what))

    return {
        "T25 who stamps does not keep": of_use(z3.Implies(gave, keeper != w.operator(o))),
        "T25 who stamps does not watch": of_use(z3.Implies(watched, supervisor != w.operator(o))),
        "T25 who keeps does not watch": of_use(z3.Implies(z3.And(gave, watched), keeper != supervisor)),
        "T25 who allowed it does not give it out": of_use(z3.Implies(gave, z3.Not(w.allowed(permit, keeper)))),
        "T25 who allowed it does not watch": of_use(z3.Implies(watched, z3.Not(w.allowed(permit, supervisor)))),
        "T25 who asked does not give it out": of_use(z3.Implies(gave, keeper != applicant(permit))),
        "T25 who asked does not watch": of_use(z3.Implies(watched, supervisor != applicant(permit))),
        "T15 out for one use": z3.ForAll(
            [o, q],
            z3.Implies(
                z3.And(
                    *(z3.And(w.asked(one), said(w, KEEPER, one), z3.Not(w.returned(one))) for one in (o, q)),
                    seal_of(w.by_permit(o)) == seal_of(w.by_permit(q)),
                ),
                o == q,
            ),
        ),
        "T15 none that a machine stamps with is in a hand": of_use(
            z3.Implies(z3.And(gave, z3.Not(w.returned(o))), z3.Not(w.mounted(seal_of(permit))))
        ),
        "T15 what is back was out, and its use is over": of_use(z3.Implies(w.returned(o), z3.And(w.ended(o), gave))),
        "T25 one use of a permit is open": z3.ForAll(
            [o, q],
            z3.Implies(
                z3.And(
                    *(z3.And(w.asked(one), z3.Not(w.ended(one))) for one in (o, q)), w.by_permit(o) == w.by_permit(q)
                ),
                o == q,
            ),
        ),
        "T25 taken in the presence of both": of_turn(
            z3.And(w.asked(w.turn_of(t)), said(w, KEEPER, w.turn_of(t)), said(w, SUPERVISOR, w.turn_of(t)))
        ),
        "T25 one turn of a use is open": z3.ForAll(
            [t, r, o], z3.Implies(z3.And(waits(w, t, o), waits(w, r, o)), t == r)
        ),
        "T25 what has ended is settled": z3.ForAll(
            [t], z3.Implies(z3.And(w.taken(t), w.ended(w.turn_of(t))), is_settled(w, t))
        ),
        "T5 an impression stands or goes back": of_turn(
            z3.And(
                z3.If(is_settled(w, t), w.stands(t) + w.back(t) == w.reserved(t), w.stands(t) + w.back(t) == 0),
                w.stands(t) >= 0,
                w.back(t) >= 0,
            )
        ),
        "T25 the higher count stands": of_turn(
            z3.Implies(
                w.phase(t) == PHASE[Phase.COMMITTED], z3.And(w.stands(t) >= w.made(t), w.stands(t) >= w.counted(t))
            )
        ),
        "T25 of what was released none stands": of_turn(
            z3.Implies(w.phase(t) == PHASE[Phase.RELEASED], z3.And(w.stands(t) == 0, w.made(t) == 0))
        ),
        "T25 none is made before it is said": of_turn(z3.Implies(w.phase(t) == PHASE[Phase.RESERVED], w.made(t) == 0)),
        "T5 something is taken": of_turn(w.reserved(t) >= 1),
        "T25 a count is of what was taken": of_turn(
            z3.And(*(z3.And(count >= 0, count <= w.reserved(t)) for count in (w.made(t), w.counted(t))))
        ),
        "T5 never more than allowed": z3.ForAll([p], w.used(p) <= w.limit(p)),
    }


@cache
def at_every_step() -> Mapping[str, z3.BoolRef]:
    """Return what holds between a state and the next."""
    use, permit = AFTER.turn_of(t), AFTER.by_permit(AFTER.turn_of(t))
    taken = z3.And(AFTER.taken(t), z3.Not(BEFORE.taken(t)))
    mine = BEFORE.by_permit(o)
    settled = z3.And(BEFORE.taken(t), z3.Not(is_settled(BEFORE, t)), is_settled(AFTER, t))
    kept = ("turn_of", "reserved")

    def begun(name: str) -> z3.BoolRef:
        return z3.And(
            AFTER.function(name)(o), z3.Not(z3.And(BEFORE.asked(o), BEFORE.function(name)(o))), AFTER.asked(o)
        )

    return {
        "T25 asked for by its holder while the permit runs": z3.ForAll(
            [o],
            z3.Implies(
                z3.And(AFTER.asked(o), z3.Not(BEFORE.asked(o))),
                z3.And(
                    holder(AFTER.by_permit(o), ACTOR),
                    AFTER.operator(o) == ACTOR,
                    BEFORE.runs(AFTER.by_permit(o)),
                    z3.Not(BEFORE.mounted(seal_of(AFTER.by_permit(o)))),
                ),
            ),
        ),
        "T25 a use says for good whose it is": z3.ForAll(
            [o],
            z3.Implies(
                BEFORE.asked(o),
                z3.And(
                    AFTER.asked(o),
                    *(AFTER.function(name)(o) == BEFORE.function(name)(o) for name in ("by_permit", "operator")),
                    z3.Implies(BEFORE.ended(o), AFTER.ended(o)),
                    z3.Implies(BEFORE.returned(o), AFTER.returned(o)),
                ),
            ),
        ),
        **{
            f"T25 {hand} says it once": z3.ForAll(
                [o],
                z3.Implies(
                    z3.And(BEFORE.asked(o), said(BEFORE, hand, o)),
                    z3.And(said(AFTER, hand, o), who(AFTER, hand, o) == who(BEFORE, hand, o)),
                ),
            )
            for hand in (KEEPER, SUPERVISOR)
        },
        "T15 given out by who keeps it": z3.ForAll(
            [o],
            z3.Implies(
                begun("said_custodian"),
                z3.And(
                    who(AFTER, KEEPER, o) == ACTOR,
                    BEFORE.keeper(seal_of(mine)) == ACTOR,
                    BEFORE.runs(mine),
                    BEFORE.asked(o),
                    z3.Not(BEFORE.ended(o)),
                ),
            ),
        ),
        "T25 watched by whom the permit names": z3.ForAll(
            [o],
            z3.Implies(
                begun("said_witness"),
                z3.And(
                    who(AFTER, SUPERVISOR, o) == ACTOR,
                    watcher(mine, ACTOR),
                    BEFORE.runs(mine),
                    z3.Not(BEFORE.mounted(seal_of(mine))),
                    BEFORE.asked(o),
                    z3.Not(BEFORE.ended(o)),
                ),
            ),
        ),
        "T8 taken while everything is so": z3.ForAll(
            [t],
            z3.Implies(
                taken,
                z3.And(
                    BEFORE.operator(use) == ACTOR,
                    BEFORE.runs(permit),
                    BEFORE.keeper(seal_of(permit)) == who(BEFORE, KEEPER, use),
                    BEFORE.may_keep(who(BEFORE, KEEPER, use)),
                    BEFORE.there(who(BEFORE, SUPERVISOR, use)),
                    AFTER.phase(t) == PHASE[Phase.RESERVED],
                ),
            ),
        ),
        "T5 what is taken comes off the permit": z3.ForAll(
            [t], z3.Implies(taken, AFTER.used(permit) == BEFORE.used(permit) + AFTER.reserved(t))
        ),
        "T5 what was not made goes back to it": z3.ForAll(
            [t], z3.Implies(settled, AFTER.used(permit) == BEFORE.used(permit) - AFTER.back(t))
        ),
        "T5 nothing else comes off or goes back": z3.ForAll(
            [p],
            z3.Implies(AFTER.used(p) != BEFORE.used(p), z3.Exists([t], z3.And(z3.Or(taken, settled), permit == p))),
        ),
        "T25 what was taken stays as it was": z3.ForAll(
            [t],
            z3.Implies(
                BEFORE.taken(t),
                z3.And(AFTER.taken(t), *(AFTER.function(name)(t) == BEFORE.function(name)(t) for name in kept)),
            ),
        ),
        "T25 what is settled stays so": z3.ForAll(
            [t],
            z3.Implies(
                z3.And(BEFORE.taken(t), is_settled(BEFORE, t)),
                z3.And(*(AFTER.function(name)(t) == BEFORE.function(name)(t) for name in _OF_A_TURN)),
            ),
        ),
        "T25 of what nobody asked for nothing is said": z3.ForAll(
            [o],
            z3.Implies(
                z3.Not(AFTER.asked(o)),
                z3.And(*(AFTER.function(name)(o) == BEFORE.function(name)(o) for name in _OF_A_USE)),
            ),
        ),
        "T25 of what nobody took nothing is said": z3.ForAll(
            [t],
            z3.Implies(
                z3.Not(AFTER.taken(t)),
                z3.And(*(AFTER.function(name)(t) == BEFORE.function(name)(t) for name in _OF_A_TURN)),
            ),
        ),
        "T25 made by the first count": _moved(
            Phase.MADE, z3.And(BEFORE.phase(t) == PHASE[Phase.RESERVED], BEFORE.operator(BEFORE.turn_of(t)) == ACTOR)
        ),
        "T25 made counts once": z3.ForAll(
            [t],
            z3.Implies(
                z3.And(BEFORE.taken(t), AFTER.made(t) != BEFORE.made(t)), BEFORE.phase(t) == PHASE[Phase.RESERVED]
            ),
        ),
        "T25 counted by who watched": _moved(
            Phase.COMMITTED,
            z3.And(BEFORE.phase(t) == PHASE[Phase.MADE], who(BEFORE, SUPERVISOR, BEFORE.turn_of(t)) == ACTOR),
        ),
        "T25 that none was made is said by who watched": _moved(
            Phase.RELEASED,
            z3.And(BEFORE.phase(t) == PHASE[Phase.RESERVED], who(BEFORE, SUPERVISOR, BEFORE.turn_of(t)) == ACTOR),
        ),
        "T25 ended by whoever has a hand in it, by count or time": z3.ForAll(
            [o],
            z3.Implies(
                begun("ended"),
                z3.Or(
                    z3.Not(BEFORE.runs(mine)),
                    AFTER.used(mine) == AFTER.limit(mine),
                    BEFORE.operator(o) == ACTOR,
                    BEFORE.keeper(seal_of(mine)) == ACTOR,
                    *(z3.And(said(BEFORE, hand, o), who(BEFORE, hand, o) == ACTOR) for hand in (KEEPER, SUPERVISOR)),
                ),
            ),
        ),
        "T15 put back by who keeps it": z3.ForAll(
            [o], z3.Implies(begun("returned"), BEFORE.keeper(seal_of(mine)) == ACTOR)
        ),
    }


def _moved(end: Phase, how: z3.BoolRef) -> z3.BoolRef:
    came = z3.And(BEFORE.taken(t), BEFORE.phase(t) != PHASE[end], AFTER.phase(t) == PHASE[end])
    return z3.ForAll([t], z3.Implies(came, how))


a_use, a_turn, a_permit = z3.Const("this_use", Out), z3.Const("this_turn", Turn), z3.Const("this_permit", Permit)


@cache
def ways() -> Mapping[str, z3.BoolRef]:
    """Return steps that somebody can always come to take, by name."""
    x, y = a_use, a_turn
    confirmed = [
        z3.And(BEFORE.asked(x), said(AFTER, hand, x), z3.Not(said(BEFORE, hand, x))) for hand in (KEEPER, SUPERVISOR)
    ]
    came = {
        phase: z3.And(BEFORE.taken(y), BEFORE.phase(y) != PHASE[phase], AFTER.phase(y) == PHASE[phase])
        for phase in Phase
    }
    ends = z3.And(BEFORE.asked(x), z3.Not(BEFORE.ended(x)), AFTER.ended(x))
    hands = {
        "operator": BEFORE.operator(x) == ACTOR,
        "keeper": z3.And(said(BEFORE, KEEPER, x), who(BEFORE, KEEPER, x) == ACTOR),
        "supervisor": z3.And(said(BEFORE, SUPERVISOR, x), who(BEFORE, SUPERVISOR, x) == ACTOR),
    }
    return {
        "a seal is asked for, again by the same permit": z3.And(
            AFTER.asked(x), z3.Not(BEFORE.asked(x)), AFTER.by_permit(x) == a_permit, BEFORE.used(a_permit) > 0
        ),
        "its keeper gives it out": confirmed[0],
        "somebody watches": confirmed[1],
        "several are taken": z3.And(AFTER.taken(y), z3.Not(BEFORE.taken(y)), AFTER.reserved(y) > 1),
        "all are made": z3.And(came[Phase.MADE], AFTER.made(y) == AFTER.reserved(y)),
        "fewer are made": z3.And(came[Phase.MADE], AFTER.made(y) < AFTER.reserved(y)),
        "both count alike": z3.And(came[Phase.COMMITTED], AFTER.counted(y) == AFTER.made(y)),
        "the second counts more": z3.And(came[Phase.COMMITTED], AFTER.counted(y) > AFTER.made(y)),
        "the second counts fewer": z3.And(came[Phase.COMMITTED], AFTER.counted(y) < AFTER.made(y), AFTER.back(y) > 0),
        "none was made": came[Phase.RELEASED],
        "a use ends with its count": z3.And(ends, BEFORE.runs(BEFORE.by_permit(x)), came[Phase.COMMITTED]),
        **{
            f"{hand} ends a use": z3.And(ends, BEFORE.runs(BEFORE.by_permit(x)), is_one)
            for hand, is_one in hands.items()
        },
        "a use ends by time": z3.And(ends, z3.Not(z3.Or(*hands.values()))),
        "a seal is put back": z3.And(AFTER.returned(x), BEFORE.asked(x), z3.Not(BEFORE.returned(x))),
        "it goes into a machine once it is back": z3.And(
            BEFORE.returned(x), AFTER.mounted(seal_of(a_permit)), z3.Not(BEFORE.mounted(seal_of(a_permit)))
        ),
        "more is allowed": AFTER.limit(a_permit) > BEFORE.limit(a_permit),
    }


def nothing_yet(w: World) -> list[z3.BoolRef]:
    """Say that nothing has happened."""
    return [
        z3.ForAll([o], z3.Not(w.asked(o))),
        z3.ForAll([t], z3.Not(w.taken(t))),
        z3.ForAll([p], z3.And(w.used(p) == 0, w.limit(p) >= 0)),
    ]


def _weaker_word(row: Word) -> Iterator[Word]:
    """Let somebody else say it too, each of the hands in turn."""
    for hand in (Hand.OPERATOR, Hand.KEEPER, Hand.SUPERVISOR):
        if hand not in row.by:
            yield replace(row, by=(*row.by, hand))


HANDS: Final = Theory(
    FRAME, Tables(), steps, always, at_every_step, ways, nothing_yet, {"words": _weaker_word}, no_others
)
