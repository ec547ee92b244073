"""What must stay possible of yes, delegations, mandates, additions and standing uses."""

from collections.abc import Mapping
from functools import cache

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.seals.rules import SealType
from privyseal.signer.statement import Purpose
from tests.proved.answers_meant import FIRST, MORE, NAMES, ROUTINE, bears_a_name, is_for
from tests.proved.answers_steps import AFTER, BEFORE, CLASS, TYPE, about, class_of, type_of, whose
from tests.proved.world import ACTOR, Application, Seal, Use, User

one, of_use, of_seal = z3.Const("this_application", Application), z3.Const("this_use", Use), z3.Const("this_seal", Seal)
giver, taker = z3.Consts("this_giver this_taker", User)


@cache
def ways() -> Mapping[str, z3.BoolRef]:
    """Return steps that somebody can always come to take, by name."""
    came = z3.And(AFTER.opened(one), z3.Not(BEFORE.opened(one)))
    approved = z3.And(BEFORE.opened(one), AFTER.approved(one), z3.Not(BEFORE.approved(one)))
    used = z3.And(AFTER.done(of_use), z3.Not(BEFORE.done(of_use)), AFTER.by_permit(of_use) == one)
    own, named = BEFORE.own(one, whose(about(one))), bears_a_name(about(one))
    reviewed = z3.And(AFTER.reviewed(of_use), z3.Not(BEFORE.reviewed(of_use)), BEFORE.done(of_use))
    by_way = {
        "here": AFTER.counts(one, ACTOR),
        "outside": AFTER.outside(one, ACTOR),
        "for another": AFTER.for_another(one, giver, ACTOR),
    }
    return {
        **{f"{of} is asked for": z3.And(came, is_for(one, of)) for of in (*FIRST, *MORE)},
        **{
            f"{of} is approved {way}": z3.And(approved, is_for(one, of), said)
            for of in (*FIRST, *MORE)
            for way, said in by_way.items()
        },
        **{
            f"{of} is agreed to first {way}": z3.And(
                BEFORE.opened(one),
                is_for(one, of),
                AFTER.yes(one, ACTOR),
                z3.Not(BEFORE.yes(one, ACTOR)),
                AFTER.pending(one),
                said,
            )
            for of in (*FIRST, *MORE)
            for way, said in by_way.items()
        },
        **{
            f"{one_class} may stand": z3.And(came, is_for(one, Purpose.STANDING), class_of(one) == CLASS[one_class])
            for one_class in ROUTINE
        },
        **{
            f"{of} by the person's own yes": z3.And(used, is_for(one, of), named, own, z3.Not(BEFORE.rests(one)))
            for of in FIRST
        },
        **{f"{of} by a mandate": z3.And(used, is_for(one, of), named, z3.Not(own)) for of in FIRST},
        **{
            f"{of} of a {kind} seal without anybody's own": z3.And(
                used, is_for(one, of), type_of(about(one)) == TYPE[kind], z3.Not(own), z3.Not(BEFORE.rests(one))
            )
            for of in FIRST
            for kind in SealType
            if kind not in NAMES
        },
        "one's own yes is said": z3.And(AFTER.own(one, ACTOR), z3.Not(BEFORE.own(one, ACTOR))),
        **{
            f"a mandate over a {kind} seal": z3.And(
                AFTER.mandate(of_seal, ACTOR), z3.Not(BEFORE.mandate(of_seal, ACTOR)), type_of(of_seal) == TYPE[kind]
            )
            for kind in NAMES
        },
        "a mandate is revoked": z3.And(BEFORE.mandate(of_seal, ACTOR), z3.Not(AFTER.mandate(of_seal, ACTOR))),
        "somebody lets another decide": z3.And(AFTER.lets(giver, taker), z3.Not(BEFORE.lets(giver, taker))),
        "and ends it": z3.And(BEFORE.lets(giver, taker), z3.Not(AFTER.lets(giver, taker))),
        "a sample is fit": z3.And(reviewed, z3.Not(AFTER.revoked(AFTER.by_permit(of_use)))),
        "a sample is not fit": z3.And(
            reviewed, AFTER.revoked(AFTER.by_permit(of_use)), z3.Not(BEFORE.revoked(AFTER.by_permit(of_use)))
        ),
        "more uses": z3.And(BEFORE.opened(one), AFTER.limit(one) > BEFORE.limit(one)),
        "a later end": z3.And(BEFORE.opened(one), AFTER.until(one) > BEFORE.until(one)),
    }
