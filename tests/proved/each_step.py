"""The promises that hold between a state and the next, written by hand: none is read off a table of the product."""

from collections.abc import Mapping
from functools import cache

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals.rules import Part, State
from privyseal.approvals.rules.joint import UNDECIDED
from privyseal.identity.rules import Power
from privyseal.seals.rules import Role, SealKind, SealState
from privyseal.signer.statement import Purpose
from tests.proved.life import ALONE, BY_ONE, FINAL, LIFE, OUT_OF_HAND
from tests.proved.promises import BY_USERS, a, g, h, is_a, is_for, is_one_of, s, u, v, x
from tests.proved.world import (
    ACTOR,
    AFTER,
    BEFORE,
    NOWHERE,
    PURPOSE,
    SEAL_STATE,
    STATE,
    has_it,
    owner,
    taken_back,
)


def new(name: str, *at: z3.ExprRef) -> z3.BoolRef:
    return z3.And(AFTER.function(name)(*at), z3.Not(BEFORE.function(name)(*at)))


def moved(one: z3.ExprRef) -> z3.BoolRef:
    return BEFORE.seal_state(one) != AFTER.seal_state(one)


def permitted(seal: z3.ExprRef, *purposes: Purpose, by_words: bool = False) -> z3.BoolRef:
    """Say that this step carried out an approved application about the seal, in its window, once."""
    said = z3.And(*_words()) if by_words else z3.BoolVal(True)
    return z3.Exists(
        [a],
        z3.And(
            BEFORE.about(a) == seal,
            is_for(BEFORE.purpose(a), *purposes),
            BEFORE.state(a) == STATE[State.APPROVED],
            AFTER.used(a) == BEFORE.used(a) + 1,
            in_its_right(a, by_words=by_words),
            said,
        ),
    )


def _words() -> list[z3.BoolRef]:
    """Say that whoever kept the seal of the application gave it, its new keeper took it, and a third person saw it."""
    seal = BEFORE.about(a)
    return [
        z3.Or(z3.Not(BEFORE.kept(seal)), BEFORE.word(Role.GIVER)(a, BEFORE.keeper(seal))),
        z3.Exists([u], BEFORE.word(Role.RECEIVER)(a, u)),
        z3.Exists([u], BEFORE.word(Role.WITNESS)(a, u)),
    ]


def in_its_right(permit: z3.ExprRef, *, by_words: bool = False) -> z3.BoolRef:
    """Say that everything about a permit that is being spent is asked for again, and is so."""
    where = owner(BEFORE.about(permit))
    power = z3.If(
        is_for(BEFORE.purpose(permit), *BY_USERS),
        BEFORE.holds(ACTOR, Power.USE, where),
        BEFORE.holds(ACTOR, Power.MANAGE, where),
    )
    holder = [] if by_words else [BEFORE.part(Part.OPERATOR)(permit, ACTOR), power]
    return z3.And(
        BEFORE.opened(permit),
        *holder,
        z3.ForAll([u], z3.Implies(BEFORE.yes(permit, u), BEFORE.holds(u, Power.APPROVE, where))),
        BEFORE.starts(permit) <= BEFORE.now(),
        BEFORE.now() < BEFORE.expires(permit),
        z3.Not(BEFORE.revoked(permit)),
    )


def alone(seal: z3.ExprRef, *powers: Power) -> z3.BoolRef:
    """Say that the actor holds one of these over the seal, there or over the whole installation."""
    return z3.Or(*(BEFORE.holds(ACTOR, power, at) for power in powers for at in (owner(seal), NOWHERE)))


def had_it(seal: z3.ExprRef) -> z3.BoolRef:
    """Say that the actor had the seal in hand, in some way."""
    return z3.Or(*(has(seal, ACTOR) for has in has_it.values()))


def goes(seal: z3.ExprRef, start: SealState, end: SealState) -> z3.BoolRef:
    return z3.And(BEFORE.seal_state(seal) == SEAL_STATE[start], AFTER.seal_state(seal) == SEAL_STATE[end])


def comes(seal: z3.ExprRef, end: SealState) -> z3.BoolRef:
    return z3.And(moved(seal), AFTER.seal_state(seal) == SEAL_STATE[end])


def was(seal: z3.ExprRef, *states: SealState) -> z3.BoolRef:
    return is_one_of(BEFORE.seal_state(seal), *states)


def used_now(permit: z3.ExprRef) -> z3.BoolRef:
    return AFTER.used(permit) == BEFORE.used(permit) + 1


def saw(*people: z3.ExprRef) -> list[z3.BoolRef]:
    return [BEFORE.word(Role.WITNESS)(a, person) for person in people]


def accepted(seal: z3.ExprRef, purpose: Purpose = Purpose.MAKE) -> z3.BoolRef:
    """Say that the keeper and a witness compared what the maker made by an approved application."""
    by = [BEFORE.opened(a), BEFORE.about(a) == seal, is_for(BEFORE.purpose(a), purpose)]
    said = [BEFORE.state(a) == STATE[State.APPROVED], *_words()[1:]]
    return z3.And(is_a(seal, SealKind.PHYSICAL), z3.Exists([a], z3.And(*by, *said)))


def came_to_nothing(seal: z3.ExprRef) -> z3.BoolRef:
    no = z3.Or(BEFORE.state(a) == STATE[State.REJECTED], BEFORE.state(a) == STATE[State.WITHDRAWN])
    wish = z3.Exists(
        [a], z3.And(BEFORE.opened(a), BEFORE.about(a) == seal, BEFORE.purpose(a) == PURPOSE[Purpose.MAKE], no)
    )
    return z3.And(AFTER.seal_state(seal) == SEAL_STATE[SealState.VOID], wish)


@cache
def at_every_step() -> Mapping[str, z3.BoolRef]:
    """Return what holds between a state and the next."""
    where = owner(BEFORE.about(a))
    fixed = ("purpose", "about", "document", "impressions", "starts", "expires")
    return {
        "S2 by no manager": z3.ForAll(
            [a, u], z3.Implies(new("yes", a, u), z3.And(u == ACTOR, z3.Not(BEFORE.holds(u, Power.MANAGE, where))))
        ),
        "S5 by whoever approves": z3.ForAll(
            [a, u], z3.Implies(new("yes", a, u), BEFORE.holds(u, Power.APPROVE, where))
        ),
        "S5 nobody says yes to what is decided": z3.ForAll(
            [a, u], z3.Implies(new("yes", a, u), BEFORE.state(a) == STATE[State.PENDING])
        ),
        "S5 after a yes of its own": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(
                    AFTER.state(a) == STATE[State.APPROVED], BEFORE.state(a) != STATE[State.APPROVED], BEFORE.opened(a)
                ),
                z3.And(BEFORE.state(a) == STATE[State.PENDING], z3.Exists([u], new("yes", a, u))),
            ),
        ),
        "S5 no no without an approver": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(BEFORE.opened(a), BEFORE.state(a) != AFTER.state(a), AFTER.state(a) == STATE[State.REJECTED]),
                BEFORE.holds(ACTOR, Power.APPROVE, where),
            ),
        ),
        "S3 withdrawn by its applicant": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(BEFORE.opened(a), BEFORE.state(a) != AFTER.state(a), AFTER.state(a) == STATE[State.WITHDRAWN]),
                BEFORE.part(Part.APPLICANT)(a, ACTOR),
            ),
        ),
        "T1 given by security": z3.ForAll(
            [g],
            z3.Implies(
                z3.And(new("given", g), z3.Not(AFTER.seated(g))),
                z3.And(AFTER.author(g) == ACTOR, BEFORE.holds(ACTOR, Power.SECURITY)),
            ),
        ),
        "T1 seated by the ceremony once": z3.ForAll(
            [g, h], z3.Implies(z3.And(new("given", g), AFTER.seated(g)), z3.Not(BEFORE.given(h)))
        ),
        "T1 confirmed by security or audit": z3.ForAll(
            [g],
            z3.Implies(
                z3.And(new("in_force", g), z3.Not(AFTER.seated(g))),
                z3.And(
                    AFTER.confirmer(g) == ACTOR,
                    BEFORE.given(g),
                    z3.Or(BEFORE.holds(ACTOR, Power.SECURITY), BEFORE.holds(ACTOR, Power.AUDIT)),
                ),
            ),
        ),
        "T1 a grant says for good whose it is": z3.ForAll(
            [g],
            z3.Implies(
                BEFORE.given(g),
                z3.And(
                    *(
                        AFTER.function(name)(g) == BEFORE.function(name)(g)
                        for name in ("person", "power", "where", "author", "seated")
                    )
                ),
            ),
        ),
        "T1 confirmed once": z3.ForAll(
            [g],
            z3.Implies(BEFORE.in_force(g), z3.Or(z3.Not(AFTER.in_force(g)), AFTER.confirmer(g) == BEFORE.confirmer(g))),
        ),
        "T1 ended by security": z3.ForAll(
            [g], z3.Implies(z3.And(BEFORE.given(g), z3.Not(AFTER.given(g))), BEFORE.holds(ACTOR, Power.SECURITY))
        ),
        "T2": z3.Implies(
            BEFORE.holds(ACTOR, Power.AUDIT),
            z3.ForAll(
                [a, g, s, u, x],
                z3.Not(
                    z3.Or(
                        new("yes", a, u),
                        new("done", x),
                        new("opened", a),
                        *(new(f"word_{role.value}", a, u) for role in Role),
                        z3.And(BEFORE.state(a) != AFTER.state(a), AFTER.state(a) == STATE[State.WITHDRAWN]),
                        z3.And(new("given", g), z3.Not(AFTER.seated(g))),
                        z3.And(moved(s), AFTER.seal_state(s) == SEAL_STATE[SealState.ACTIVE], z3.Not(accepted(s))),
                    )
                ),
            ),
        ),
        "T3 final is final": z3.ForAll([s], z3.Implies(is_one_of(BEFORE.seal_state(s), *FINAL), z3.Not(moved(s)))),
        "T3 only as a seal lives": z3.ForAll(
            [s], z3.Implies(moved(s), z3.Or(*(goes(s, start, end) for start, ends in LIFE.items() for end in ends)))
        ),
        "T3 a draft is made, entered at rest, or comes to nothing": z3.ForAll(
            [s],
            z3.Implies(
                z3.And(moved(s), was(s, SealState.DRAFT)),
                z3.Or(
                    z3.And(
                        goes(s, SealState.DRAFT, SealState.ACTIVE),
                        is_a(s, SealKind.ELECTRONIC),
                        permitted(s, Purpose.MAKE),
                    ),
                    z3.And(
                        goes(s, SealState.DRAFT, SealState.MADE), is_a(s, SealKind.PHYSICAL), permitted(s, Purpose.MAKE)
                    ),
                    z3.And(
                        goes(s, SealState.DRAFT, SealState.SUSPENDED),
                        is_a(s, SealKind.PHYSICAL),
                        alone(s, Power.MANAGE),
                    ),
                    came_to_nothing(s),
                ),
            ),
        ),
        "T3 what is decided stays decided": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(BEFORE.opened(a), *(BEFORE.state(a) != STATE[state] for state in UNDECIDED)),
                AFTER.state(a) == BEFORE.state(a),
            ),
        ),
        "T4 into force by approval alone": z3.ForAll(
            [s],
            z3.Implies(
                z3.And(comes(s, SealState.ACTIVE), z3.Not(was(s, SealState.DRAFT))),
                z3.Or(
                    z3.And(was(s, SealState.MADE), accepted(s)),
                    z3.And(
                        z3.Not(was(s, SealState.MADE)),
                        permitted(s, Purpose.RESUME, Purpose.UNFREEZE),
                        z3.Not(taken_back(s)),
                    ),
                ),
            ),
        ),
        **{
            f"T4 {end} by whoever answers for it or may deny": z3.ForAll(
                [s],
                z3.Implies(
                    z3.And(
                        comes(s, end),
                        z3.Not(was(s, SealState.DRAFT, *(OUT_OF_HAND if end is SealState.SUSPENDED else ()))),
                    ),
                    z3.Or(
                        alone(s, *ALONE[act]),
                        z3.And(z3.BoolVal(end in OUT_OF_HAND), had_it(s)),
                        z3.And(z3.BoolVal(end is SealState.SUSPENDED), BEFORE.now() > BEFORE.last_day(s)),
                        z3.And(z3.BoolVal(end is SealState.SUSPENDED), taken_back(s)),
                    ),
                ),
            )
            for end, act in BY_ONE.items()
        },
        "T4 back in hand by two": z3.ForAll(
            [s],
            z3.Implies(
                z3.And(moved(s), was(s, *OUT_OF_HAND), z3.Not(is_one_of(AFTER.seal_state(s), *OUT_OF_HAND))),
                z3.If(
                    AFTER.seal_state(s) == SEAL_STATE[SealState.VOID],
                    permitted(s, Purpose.INVALIDATE),
                    permitted(s, Purpose.FIND),
                ),
            ),
        ),
        "T4 retired by approval": z3.ForAll([s], z3.Implies(comes(s, SealState.RETIRED), permitted(s, Purpose.RETIRE))),
        "T15 destroyed before two": z3.ForAll(
            [s],
            z3.Implies(
                comes(s, SealState.DESTROYED),
                z3.And(
                    permitted(s, Purpose.DESTROY),
                    z3.Exists([a, u, v], z3.And(BEFORE.about(a) == s, used_now(a), u != v, *saw(u, v))),
                ),
            ),
        ),
        "T15 collected with every word": z3.ForAll(
            [s],
            z3.Implies(
                comes(s, SealState.COLLECTED),
                z3.And(is_a(s, SealKind.PHYSICAL), permitted(s, Purpose.COLLECT, by_words=True)),
            ),
        ),
        "T15 another keeper by every word": z3.ForAll(
            [s],
            z3.Implies(
                z3.Or(AFTER.keeper(s) != BEFORE.keeper(s), AFTER.kept(s) != BEFORE.kept(s)),
                z3.And(
                    is_a(s, SealKind.PHYSICAL),
                    AFTER.kept(s),
                    z3.Or(
                        z3.And(was(s, SealState.MADE), accepted(s)),
                        z3.And(
                            was(s, SealState.ACTIVE, SealState.SUSPENDED),
                            permitted(s, Purpose.HAND_OVER, Purpose.COVER, Purpose.COLLECT, by_words=True),
                        ),
                        z3.And(
                            was(s, SealState.COLLECTED, SealState.RETIRED),
                            permitted(s, Purpose.HAND_OVER, by_words=True),
                        ),
                    ),
                ),
            ),
        ),
        "T14 another version by approval alone": z3.ForAll(
            [s],
            z3.Implies(
                AFTER.version(s) != BEFORE.version(s),
                z3.And(
                    AFTER.version(s) == BEFORE.version(s) + 1,
                    z3.If(
                        is_a(s, SealKind.ELECTRONIC),
                        z3.Or(
                            z3.And(was(s, SealState.ACTIVE), permitted(s, Purpose.CHANGE)),
                            z3.And(was(s, SealState.ACTIVE, SealState.SUSPENDED), permitted(s, Purpose.EXTEND)),
                        ),
                        z3.And(was(s, SealState.ACTIVE), accepted(s, Purpose.CHANGE)),
                    ),
                ),
            ),
        ),
        "T4 another unit by approval alone": z3.ForAll(
            [s],
            z3.Implies(
                AFTER.unit(s) != BEFORE.unit(s),
                z3.And(
                    was(s, SealState.ACTIVE, SealState.SUSPENDED, SealState.COLLECTED), permitted(s, Purpose.ASSIGN)
                ),
            ),
        ),
        "T6 a later last day by approval alone": z3.ForAll(
            [s],
            z3.Implies(
                AFTER.last_day(s) != BEFORE.last_day(s),
                z3.And(
                    AFTER.last_day(s) > BEFORE.last_day(s),
                    was(s, SealState.ACTIVE, SealState.SUSPENDED),
                    permitted(s, Purpose.EXTEND),
                    is_a(s, SealKind.ELECTRONIC) == (AFTER.version(s) != BEFORE.version(s)),
                ),
            ),
        ),
        "T17 a loss ends what runs": z3.ForAll(
            [s, a],
            z3.Implies(
                z3.And(
                    moved(s),
                    is_one_of(AFTER.seal_state(s), *OUT_OF_HAND),
                    BEFORE.opened(a),
                    BEFORE.about(a) == s,
                    z3.Not(is_for(BEFORE.purpose(a), Purpose.FIND, Purpose.INVALIDATE)),
                ),
                AFTER.revoked(a),
            ),
        ),
        "T4 what is revoked stays so": z3.ForAll(
            [a], z3.Implies(z3.And(BEFORE.opened(a), BEFORE.revoked(a)), AFTER.revoked(a))
        ),
        "T4 revoked by whoever answers for the seal": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(BEFORE.opened(a), new("revoked", a)),
                z3.Or(
                    alone(BEFORE.about(a), Power.MANAGE, Power.AUDIT, Power.CUSTODY),
                    had_it(BEFORE.about(a)),
                    taken_back(BEFORE.about(a)),
                ),
            ),
        ),
        "T5 what is used stays used": z3.ForAll(
            [a],
            z3.Implies(BEFORE.opened(a), z3.And(AFTER.used(a) >= BEFORE.used(a), AFTER.used(a) <= BEFORE.used(a) + 1)),
        ),
        "T5 a use takes one": z3.ForAll(
            [x],
            z3.Implies(new("done", x), AFTER.used(AFTER.by_permit(x)) == BEFORE.used(AFTER.by_permit(x)) + 1),
        ),
        "T6 time goes forward": AFTER.now() >= BEFORE.now(),
        "T7 an application says for good what it asks": z3.ForAll(
            [a],
            z3.Implies(
                BEFORE.opened(a),
                z3.And(AFTER.opened(a), *(AFTER.function(name)(a) == BEFORE.function(name)(a) for name in fixed)),
            ),
        ),
        "T7 a use stays what it was": z3.ForAll(
            [x],
            z3.Implies(
                BEFORE.done(x),
                z3.And(
                    AFTER.done(x),
                    *(
                        AFTER.function(name)(x) == BEFORE.function(name)(x)
                        for name in ("by_permit", "pressed_by", "bore")
                    ),
                ),
            ),
        ),
        "T7 applied for by whoever may": z3.ForAll(
            [a],
            z3.Implies(
                new("opened", a),
                z3.If(
                    is_for(AFTER.purpose(a), *BY_USERS),
                    BEFORE.holds(ACTOR, Power.USE, owner(AFTER.about(a))),
                    BEFORE.holds(ACTOR, Power.MANAGE, owner(AFTER.about(a))),
                ),
            ),
        ),
        "T7 for an operator who may": z3.ForAll(
            [a, u],
            z3.Implies(
                z3.And(new(f"part_{Part.OPERATOR.value}", a, u), is_for(AFTER.purpose(a), *BY_USERS)),
                BEFORE.holds(u, Power.USE, owner(AFTER.about(a))),
            ),
        ),
        "T7 an act is done once": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(new("opened", a), z3.Not(is_for(AFTER.purpose(a), *BY_USERS))), AFTER.impressions(a) == 1
            ),
        ),
        "T15 with a witness named": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(new("opened", a), is_for(AFTER.purpose(a), Purpose.HAND_OVER, Purpose.COVER, Purpose.COLLECT)),
                z3.Exists([u], AFTER.part(Part.WITNESS)(a, u)),
            ),
        ),
        "T15 with two witnesses named": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(new("opened", a), is_for(AFTER.purpose(a), Purpose.DESTROY)),
                z3.Exists([u, v], z3.And(u != v, AFTER.part(Part.WITNESS)(a, u), AFTER.part(Part.WITNESS)(a, v))),
            ),
        ),
        "T15 for a keeper who may": z3.ForAll(
            [a, u],
            z3.Implies(
                z3.And(
                    new(f"part_{Part.CUSTODIAN.value}", a, u),
                    is_for(AFTER.purpose(a), Purpose.HAND_OVER, Purpose.COVER, Purpose.COLLECT),
                ),
                BEFORE.holds(u, Power.CUSTODY, owner(AFTER.about(a))),
            ),
        ),
        "T15 given by its keeper": z3.ForAll(
            [a, u],
            z3.Implies(
                new(f"word_{Role.GIVER.value}", a, u),
                z3.And(u == ACTOR, BEFORE.kept(BEFORE.about(a)), BEFORE.keeper(BEFORE.about(a)) == u),
            ),
        ),
        "T6 a use is in the seal's own time": z3.ForAll(
            [x], z3.Implies(new("done", x), BEFORE.now() <= BEFORE.last_day(BEFORE.about(AFTER.by_permit(x))))
        ),
        "T8 T6 everything is asked again": z3.ForAll(
            [x],
            z3.Implies(
                new("done", x),
                z3.And(
                    AFTER.pressed_by(x) == ACTOR,
                    BEFORE.purpose(AFTER.by_permit(x)) == PURPOSE[Purpose.USE],
                    BEFORE.state(AFTER.by_permit(x)) == STATE[State.APPROVED],
                    in_its_right(AFTER.by_permit(x)),
                ),
            ),
        ),
        "T12": z3.ForAll(
            [x],
            z3.Implies(
                new("done", x), BEFORE.seal_state(BEFORE.about(AFTER.by_permit(x))) == SEAL_STATE[SealState.ACTIVE]
            ),
        ),
    }
