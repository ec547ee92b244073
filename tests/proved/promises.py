"""The promises as formulas, written by hand: none is read off a table of the product."""

from collections.abc import Mapping
from functools import cache
from itertools import combinations
from typing import Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals.rules import Part, State
from privyseal.identity.rules import Power
from privyseal.seals.rules import Role, SealKind, SealState
from privyseal.signer.statement import Purpose
from tests.proved.world import (
    KIND,
    NOWHERE,
    POWER,
    PURPOSE,
    SEAL_STATE,
    STATE,
    Application,
    Document,
    Grant,
    Seal,
    Use,
    User,
    World,
    kind,
)

g, h = z3.Consts("g h", Grant)
u, v = z3.Consts("u v", User)
s = z3.Const("s", Seal)
a = z3.Const("a", Application)
x = z3.Const("x", Use)
d = z3.Const("d", Document)
OVER_ALL: Final = (Power.SYSTEM, Power.SECURITY, Power.AUDIT)
OVER_SEALS: Final = (Power.MANAGE, Power.USE, Power.APPROVE, Power.CUSTODY)
BY_USERS: Final = (Purpose.USE, Purpose.STANDING, Purpose.TOP_UP, Purpose.PROLONG)
# What no single approver decides: it frees a seal that was out of hand, or ends one for good.
BY_TWO: Final = (Purpose.FIND, Purpose.INVALIDATE, Purpose.DESTROY, Purpose.UNFREEZE)
# Nobody plays two of these in one application.
APART: Final = {
    "S3": [(Part.APPLICANT, Part.APPROVER)],
    "S8": [(Part.APPROVER, Part.OPERATOR), (Part.APPROVER, Part.CUSTODIAN), (Part.APPROVER, Part.WITNESS)],
    "T15": [
        (Part.APPLICANT, Part.WITNESS),
        (Part.OPERATOR, Part.WITNESS),
        (Part.OPERATOR, Part.CUSTODIAN),
        (Part.CUSTODIAN, Part.WITNESS),
    ],
    "T19": [(Part.APPROVER, Part.PERSON)],
}


def never_together(w: World, one: Power, other: Power, *, anywhere: bool) -> z3.BoolRef:
    met = [w.given(g), w.given(h), w.person(g) == w.person(h), w.power(g) == POWER[one], w.power(h) == POWER[other]]
    place = [] if anywhere else [w.where(g) == w.where(h)]
    return z3.ForAll([g, h], z3.Not(z3.And(*met, *place)))


@cache
def always(w: World) -> Mapping[str, z3.BoolRef]:
    """Return what holds in every state. A name is an invariant of docs/invariants.md, and which part of it."""
    return {
        "S1": never_together(w, Power.MANAGE, Power.USE, anywhere=False),
        "S2": never_together(w, Power.MANAGE, Power.APPROVE, anywhere=False),
        **{
            f"{name} {one} {other}": z3.ForAll([a, u], z3.Not(z3.And(w.part(one)(a, u), w.part(other)(a, u))))
            for name, pairs in APART.items()
            for one, other in pairs
        },
        "S5 an approval is somebody's": z3.ForAll(
            [a], z3.Implies(w.state(a) == STATE[State.APPROVED], z3.Exists([u], w.yes(a, u)))
        ),
        "S5 two where one is not enough": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(w.opened(a), w.state(a) == STATE[State.APPROVED], is_for(w.purpose(a), *BY_TWO)),
                z3.Exists([u, v], z3.And(u != v, w.yes(a, u), w.yes(a, v))),
            ),
        ),
        "S5 a yes is on the record": z3.ForAll([a, u], z3.Implies(w.yes(a, u), w.part(Part.APPROVER)(a, u))),
        **{
            f"S6 {one} {other}": never_together(w, one, other, anywhere=True)
            for one in (Power.SYSTEM, Power.SECURITY)
            for other in OVER_SEALS
        },
        "S6 system security": never_together(w, Power.SYSTEM, Power.SECURITY, anywhere=True),
        **{
            f"S7 {other}": never_together(w, Power.AUDIT, other, anywhere=True)
            for other in (Power.SYSTEM, Power.SECURITY, *OVER_SEALS)
        },
        "T1 nobody gives to themselves": z3.ForAll(
            [g], z3.Implies(z3.And(w.given(g), z3.Not(w.seated(g))), w.author(g) != w.person(g))
        ),
        "T1 three people": z3.ForAll(
            [g],
            z3.Implies(
                z3.And(w.in_force(g), z3.Not(w.seated(g))),
                z3.And(w.given(g), w.confirmer(g) != w.author(g), w.confirmer(g) != w.person(g)),
            ),
        ),
        "T1 a power has its reach": z3.ForAll(
            [g],
            z3.Implies(w.given(g), z3.Or(*(w.power(g) == POWER[one] for one in OVER_ALL)) == (w.where(g) == NOWHERE)),
        ),
        "T1 what is in force was given": z3.ForAll([g], z3.Implies(w.in_force(g), w.given(g))),
        "T5": z3.ForAll([a], z3.Implies(w.opened(a), z3.And(w.used(a) >= 0, w.used(a) <= w.impressions(a)))),
        "T7 what was sealed was applied for": z3.ForAll(
            [x], z3.Implies(w.done(x), z3.And(w.opened(w.by_permit(x)), w.bore(x) == w.document(w.by_permit(x))))
        ),
        "C1": z3.ForAll(
            [x], z3.Implies(w.done(x), z3.Exists([u], z3.And(w.yes(w.by_permit(x), u), u != w.pressed_by(x))))
        ),
        "T8 pressed by its operator": z3.ForAll(
            [x], z3.Implies(w.done(x), w.part(Part.OPERATOR)(w.by_permit(x), w.pressed_by(x)))
        ),
        "S3 before it is opened nobody has a part": z3.ForAll(
            [a, u], z3.Implies(z3.Not(w.opened(a)), z3.And(*(z3.Not(said) for said in _everything_said(w))))
        ),
        "T3 with a maker or collected is what can be touched": z3.ForAll(
            [s], z3.Implies(is_one_of(w.seal_state(s), SealState.MADE, SealState.COLLECTED), is_a(s, SealKind.PHYSICAL))
        ),
        "T15 nobody says two words": z3.ForAll(
            [a, u],
            z3.And(*(z3.Not(z3.And(w.word(one)(a, u), w.word(other)(a, u))) for one, other in combinations(Role, 2))),
        ),
        "T15 a witness was named": z3.ForAll(
            [a, u], z3.Implies(w.word(Role.WITNESS)(a, u), w.part(Part.WITNESS)(a, u))
        ),
        "T20 routine uses have a reviewer": z3.ForAll(
            [a],
            z3.Implies(
                z3.And(w.opened(a), w.purpose(a) == PURPOSE[Purpose.STANDING]),
                z3.Exists([u], w.part(Part.WITNESS)(a, u)),
            ),
        ),
        "T15 a receiver was named": z3.ForAll(
            [a, u], z3.Implies(w.word(Role.RECEIVER)(a, u), w.part(Part.CUSTODIAN)(a, u))
        ),
    }


def _everything_said(w: World) -> list[z3.BoolRef]:
    return [w.yes(a, u), *(w.part(part)(a, u) for part in Part), *(w.word(role)(a, u) for role in Role)]


def is_for(purpose: z3.ExprRef, *purposes: Purpose) -> z3.BoolRef:
    return z3.Or(*(purpose == PURPOSE[one] for one in purposes))


def is_one_of(state: z3.ExprRef, *states: SealState) -> z3.BoolRef:
    return z3.Or(*(state == SEAL_STATE[one] for one in states))


def is_a(seal: z3.ExprRef, which: SealKind) -> z3.BoolRef:
    return kind(seal) == KIND[which]


def nothing_yet(w: World) -> list[z3.BoolRef]:
    """Say that nothing has happened."""
    return [
        z3.ForAll([g], z3.And(z3.Not(w.given(g)), z3.Not(w.in_force(g)))),
        z3.ForAll(
            [a, u], z3.And(z3.Not(w.opened(a)), z3.Not(w.yes(a, u)), *(z3.Not(said) for said in _everything_said(w)))
        ),
        z3.ForAll([a], w.state(a) == STATE[State.PENDING]),
        z3.ForAll([x], z3.Not(w.done(x))),
        z3.ForAll([s], w.seal_state(s) == SEAL_STATE[SealState.DRAFT]),
    ]
