"""What is promised of who says yes, for whom and to what, written by hand: none is read off a table of the product."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals.rules import Asks, Part
from privyseal.seals.rules import SealType
from privyseal.seals.rules.standing import Routine
from privyseal.signer.statement import Purpose
from tests.proved.answers_meant import BUSY, FIRST, MORE, QUARTER_DAYS, ROUTINE, bears_a_name, is_for
from tests.proved.answers_steps import (
    AFTER,
    BEFORE,
    CLASS,
    FRAME,
    PARTS,
    Tables,
    about,
    adds_to,
    class_of,
    part,
    runs,
    starts,
    steps,
    tied,
    two_said_yes,
    whose,
)
from tests.proved.answers_ways import ways
from tests.proved.proof import Theory
from tests.proved.world import ACTOR, Application, Seal, Use, User, World

a, b = z3.Consts("a b", Application)
g, u, v, w_ = z3.Consts("g u v w", User)
s, x = z3.Const("s", Seal), z3.Const("x", Use)


def said_themselves(w: World, application: z3.ExprRef) -> z3.BoolRef:
    """Say that whoever the seal names said yes to this, or lets it rest on a mandate of theirs that stands."""
    person = whose(about(application))
    return z3.Or(w.own(application, person), z3.And(w.rests(application), w.mandate(about(application), person)))


@cache
def always(w: World) -> Mapping[str, z3.BoolRef]:
    """Return what holds in every state. A name is an invariant of docs/invariants.md, and which part of it."""

    def opened(what: z3.BoolRef) -> z3.BoolRef:
        return z3.ForAll([a], z3.Implies(w.opened(a), what))

    return {
        **{
            f"S3 S8 T19 approver {other}": z3.ForAll(
                [a, u], z3.Not(z3.And(part(w, Part.APPROVER, a, u), part(w, other, a, u)))
            )
            for other in BUSY
        },
        **{
            f"T20 {one} reviewer": z3.ForAll([a, u], z3.Not(z3.And(part(w, one, a, u), part(w, Part.WITNESS, a, u))))
            for one in (Part.APPLICANT, Part.OPERATOR)
        },
        "S4 nobody with another part is decided for": z3.ForAll(
            [a, g, u],
            z3.Implies(
                w.for_another(a, g, u), z3.And(z3.Not(tied(a, g)), *(z3.Not(part(w, one, a, g)) for one in BUSY))
            ),
        ),
        "S4 nor tied to one who has": z3.ForAll([a, u], z3.Implies(w.yes(a, u), z3.Not(tied(a, u)))),
        "S5 a yes for another is theirs, not one's own": z3.ForAll(
            [a, g, u],
            z3.Implies(w.for_another(a, g, u), z3.And(g != u, w.yes(a, u), w.counts(a, g), z3.Not(w.yes(a, g)))),
        ),
        "S5 for one person at most": z3.ForAll(
            [a, g, u, v], z3.Implies(z3.And(w.for_another(a, g, v), w.for_another(a, u, v)), g == u)
        ),
        "S5 by one person at most": z3.ForAll(
            [a, g, u, v], z3.Implies(z3.And(w.for_another(a, g, u), w.for_another(a, g, v)), u == v)
        ),
        "S5 a yes counts once": z3.ForAll([a, g, u], z3.Implies(w.for_another(a, g, u), z3.Not(w.counts(a, u)))),
        "S5 what counts was said": z3.ForAll(
            [a, g], z3.Implies(w.counts(a, g), z3.Or(w.yes(a, g), z3.Exists([u], w.for_another(a, g, u))))
        ),
        "S3 a yes is on the record": z3.ForAll([a, u], z3.Implies(w.yes(a, u), part(w, Part.APPROVER, a, u))),
        "S4 nobody lets others decide further": z3.ForAll([u, v, w_], z3.Not(z3.And(w.lets(u, v), w.lets(v, w_)))),
        "S5 an approval is somebody's": z3.ForAll(
            [a], z3.Implies(z3.And(w.opened(a), w.approved(a)), z3.Exists([u], w.yes(a, u)))
        ),
        "S5 what is approved waits no more": opened(z3.Not(z3.And(w.pending(a), w.approved(a)))),
        "T20 routine papers alone": opened(
            z3.Implies(
                is_for(a, Purpose.STANDING),
                z3.And(z3.Or(*(class_of(a) == CLASS[one] for one in ROUTINE)), w.until(a) - starts(a) <= QUARTER_DAYS),
            )
        ),
        "T19 whom the seal names has a part": opened(
            z3.Implies(bears_a_name(about(a)), part(w, Part.PERSON, a, whose(about(a))))
        ),
        "T19 nothing added rests on a mandate": opened(z3.Implies(is_for(a, *MORE), z3.Not(w.rests(a)))),
        "T19 one's own yes is said by whom the seal names": z3.ForAll(
            [a, u], z3.Implies(w.own(a, u), part(w, Part.PERSON, a, u))
        ),
        "T19 a mandate is of that person": z3.ForAll([s, u], z3.Implies(w.mandate(s, u), u == whose(s))),
        "T5": opened(z3.And(w.used(a) >= 0, w.used(a) <= w.limit(a), w.limit(a) >= 1)),
        "T22 as many as before": opened(
            z3.Implies(z3.And(is_for(a, *MORE), w.approved(a), two_said_yes(w, adds_to(a))), two_said_yes(w, a))
        ),
        "T22 it adds to what is approved": opened(
            z3.Implies(
                is_for(a, *MORE),
                z3.And(
                    w.opened(adds_to(a)),
                    w.approved(adds_to(a)),
                    is_for(adds_to(a), *FIRST),
                    about(a) == about(adds_to(a)),
                ),
            )
        ),
        **{
            f"T22 {one} as before": z3.ForAll(
                [a, u],
                z3.Implies(z3.And(w.opened(a), is_for(a, *MORE)), part(w, one, adds_to(a), u) == part(w, one, a, u)),
            )
            for one in (Part.OPERATOR, Part.WITNESS)
        },
        "S3 before it is opened nobody has a part": z3.ForAll(
            [a, u],
            z3.Implies(
                z3.Not(w.opened(a)),
                z3.Not(z3.Or(w.yes(a, u), w.own(a, u), *(part(w, one, a, u) for one in PARTS))),
            ),
        ),
        "T5 a use is by an approved permit": z3.ForAll(
            [x], z3.Implies(w.done(x), z3.And(w.opened(w.by_permit(x)), w.approved(w.by_permit(x))))
        ),
    }


@cache
def at_every_step() -> Mapping[str, z3.BoolRef]:
    """Return what holds between a state and the next."""
    said = z3.And(AFTER.yes(a, u), z3.Not(BEFORE.yes(a, u)))
    used = z3.And(AFTER.done(x), z3.Not(BEFORE.done(x)))
    permit = AFTER.by_permit(x)
    approved = z3.And(BEFORE.opened(a), AFTER.approved(a), z3.Not(BEFORE.approved(a)))
    grew = z3.Or(AFTER.limit(b) != BEFORE.limit(b), AFTER.until(b) != BEFORE.until(b))
    for_nobody = z3.Not(z3.Exists([g], AFTER.for_another(a, g, u)))
    return {
        "S5 a yes by whoever may": z3.ForAll(
            [a, u], z3.Implies(said, z3.And(u == ACTOR, BEFORE.may(u), BEFORE.opened(a), BEFORE.pending(a)))
        ),
        "S5 here by who is asked": z3.ForAll(
            [a, u],
            z3.Implies(
                z3.And(said, for_nobody, z3.Not(AFTER.outside(a, u))), z3.And(BEFORE.asked(a, u), AFTER.counts(a, u))
            ),
        ),
        "S5 outside by who is asked there, through what is believed": z3.ForAll(
            [a, u],
            z3.Implies(
                z3.And(AFTER.outside(a, u), z3.Not(BEFORE.outside(a, u))),
                z3.And(
                    u == ACTOR, AFTER.yes(a, u), z3.Not(BEFORE.yes(a, u)), BEFORE.asked_outside(a, u), BEFORE.believed()
                ),
            ),
        ),
        "S4 for another by whom they let, where they are asked": z3.ForAll(
            [a, g, u],
            z3.Implies(
                z3.And(AFTER.for_another(a, g, u), z3.Not(BEFORE.for_another(a, g, u))),
                z3.And(u == ACTOR, BEFORE.lets(g, u), BEFORE.asked(a, g), BEFORE.may(g), z3.Not(BEFORE.counts(a, g))),
            ),
        ),
        "S4 one lets another decide oneself": z3.ForAll(
            [u, v],
            z3.Implies(
                z3.And(AFTER.lets(u, v), z3.Not(BEFORE.lets(u, v))),
                z3.And(u == ACTOR, u != v, BEFORE.may(u), BEFORE.may(v)),
            ),
        ),
        "S4 and ends it oneself": z3.ForAll(
            [u, v], z3.Implies(z3.And(BEFORE.lets(u, v), z3.Not(AFTER.lets(u, v))), u == ACTOR)
        ),
        "T19 approved with that person's own yes": z3.ForAll(
            [a], z3.Implies(z3.And(approved, bears_a_name(about(a))), said_themselves(BEFORE, a))
        ),
        "T19 used with that person's own yes": z3.ForAll(
            [x], z3.Implies(z3.And(used, bears_a_name(about(permit))), said_themselves(BEFORE, permit))
        ),
        "T19 one's own yes is one's own, while it waits": z3.ForAll(
            [a, u],
            z3.Implies(
                z3.And(AFTER.own(a, u), z3.Not(BEFORE.own(a, u))),
                z3.And(u == ACTOR, BEFORE.there(u), BEFORE.opened(a), BEFORE.pending(a)),
            ),
        ),
        "T19 a mandate is given by that person": z3.ForAll(
            [s, u],
            z3.Implies(
                z3.And(AFTER.mandate(s, u), z3.Not(BEFORE.mandate(s, u))),
                z3.And(u == ACTOR, BEFORE.there(u), bears_a_name(s)),
            ),
        ),
        "T19 with a mandate what rests on it ends": z3.ForAll(
            [s, u, a],
            z3.Implies(
                z3.And(
                    BEFORE.mandate(s, u),
                    z3.Not(AFTER.mandate(s, u)),
                    BEFORE.opened(a),
                    about(a) == s,
                    BEFORE.rests(a),
                    z3.Not(BEFORE.own(a, u)),
                ),
                AFTER.revoked(a),
            ),
        ),
        "T19 it rests on one that stood": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(AFTER.opened(a), z3.Not(BEFORE.opened(a)), AFTER.rests(a)),
                z3.And(bears_a_name(about(a)), BEFORE.mandate(about(a), whose(about(a)))),
            ),
        ),
        "T20 T8 used by its holder while it runs": z3.ForAll(
            [x],
            z3.Implies(
                used,
                z3.And(
                    part(BEFORE, Part.OPERATOR, permit, ACTOR),
                    runs(BEFORE, permit),
                    is_for(permit, *FIRST),
                    AFTER.used(permit) == BEFORE.used(permit) + 1,
                ),
            ),
        ),
        "T5 what was used stays so": z3.ForAll(
            [x],
            z3.Implies(
                BEFORE.done(x),
                z3.And(
                    AFTER.done(x),
                    AFTER.by_permit(x) == BEFORE.by_permit(x),
                    z3.Implies(BEFORE.reviewed(x), AFTER.reviewed(x)),
                ),
            ),
        ),
        "T20 reviewed by its reviewer, once": z3.ForAll(
            [x],
            z3.Implies(
                z3.And(AFTER.done(x), AFTER.reviewed(x), z3.Not(z3.And(BEFORE.done(x), BEFORE.reviewed(x)))),
                z3.And(
                    BEFORE.done(x),
                    is_for(permit, Purpose.STANDING),
                    part(BEFORE, Part.WITNESS, permit, ACTOR),
                    BEFORE.there(ACTOR),
                ),
            ),
        ),
        "T4 ended by whoever it rests on or reviews it": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(BEFORE.opened(a), AFTER.revoked(a), z3.Not(BEFORE.revoked(a))),
                z3.Or(
                    whose(about(a)) == ACTOR,
                    z3.Exists([x], z3.And(AFTER.reviewed(x), z3.Not(BEFORE.reviewed(x)), BEFORE.done(x), permit == a)),
                ),
            ),
        ),
        "T4 what has ended stays so": z3.ForAll(
            [a], z3.Implies(z3.And(BEFORE.opened(a), BEFORE.revoked(a)), AFTER.revoked(a))
        ),
        "T22 more or longer by an approved addition alone": z3.ForAll(
            [b],
            z3.Implies(
                z3.And(BEFORE.opened(b), grew),
                z3.And(
                    AFTER.limit(b) >= BEFORE.limit(b),
                    AFTER.until(b) >= BEFORE.until(b),
                    runs(BEFORE, b),
                    z3.Exists([a], z3.And(adds_to(a) == b, is_for(a, *MORE), approved)),
                ),
            ),
        ),
        "T22 asked for by who asked first, while it runs": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(AFTER.opened(a), z3.Not(BEFORE.opened(a)), is_for(a, *MORE)),
                z3.And(
                    part(BEFORE, Part.APPLICANT, adds_to(a), ACTOR),
                    part(AFTER, Part.APPLICANT, a, ACTOR),
                    runs(BEFORE, adds_to(a)),
                ),
            ),
        ),
        "T3 what is decided stays decided": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(BEFORE.opened(a), z3.Not(BEFORE.pending(a))),
                z3.And(AFTER.opened(a), z3.Not(AFTER.pending(a)), AFTER.approved(a) == BEFORE.approved(a)),
            ),
        ),
        "T6 time goes forward": AFTER.now() >= BEFORE.now(),
        "T6 for a time": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(AFTER.opened(a), z3.Not(BEFORE.opened(a))), z3.And(starts(a) < AFTER.until(a), AFTER.pending(a))
            ),
        ),
        "T20 a reviewer is named": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(AFTER.opened(a), z3.Not(BEFORE.opened(a)), is_for(a, Purpose.STANDING)),
                z3.Exists([u], part(AFTER, Part.WITNESS, a, u)),
            ),
        ),
    }


def nothing_yet(w: World) -> list[z3.BoolRef]:
    """Say that nothing has happened."""
    nobody = [w.yes(a, u), w.own(a, u), w.counts(a, u), *(part(w, which, a, u) for which in PARTS)]
    return [
        z3.ForAll([a], z3.Not(w.opened(a))),
        z3.ForAll([a, u], z3.Not(z3.Or(*nobody))),
        z3.ForAll([a, g, u], z3.Not(w.for_another(a, g, u))),
        z3.ForAll([u, v], z3.Not(w.lets(u, v))),
        z3.ForAll([s, u], z3.Not(w.mandate(s, u))),
        z3.ForAll([x], z3.Not(w.done(x))),
    ]


def _weaker_routine(row: Routine) -> Iterator[Routine]:
    if not row.may_stand:
        yield replace(row, may_stand=True)


def _weaker_asks(row: Asks) -> Iterator[Asks]:
    if row.witnesses:
        yield replace(row, witnesses=row.witnesses - 1)


def _others(tables: Tables) -> Iterator[tuple[str, Tables]]:
    """Yield the tables in which a company's seal would ask for somebody's own yes."""
    for kind in (one for one in SealType if one not in tables.bears_a_name):
        yield f"bears_a_name with {kind}", replace(tables, bears_a_name=[*tables.bears_a_name, kind])


ANSWERS: Final = Theory(
    FRAME,
    Tables(),
    steps,
    always,
    at_every_step,
    ways,
    nothing_yet,
    {"routines": _weaker_routine, "policies": _weaker_asks},
    _others,
)
