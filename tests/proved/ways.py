"""What must stay possible: a table that forbids too much breaks a promise as well."""

from collections.abc import Mapping
from functools import cache
from typing import Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals.rules import Part, State
from privyseal.approvals.rules.joint import UNDECIDED
from privyseal.identity.rules import Power
from privyseal.seals.rules import Role, SealKind, SealState
from privyseal.seals.rules.incidents import Tie
from privyseal.signer.statement import Purpose
from tests.proved.each_step import comes, goes, had_it, new, used_now, was
from tests.proved.life import ALONE, BY_ONE, LIFE, OUT_OF_HAND
from tests.proved.promises import is_a, is_for
from tests.proved.world import (
    ACTOR,
    AFTER,
    BEFORE,
    NOWHERE,
    PURPOSE,
    STATE,
    Application,
    Grant,
    Seal,
    Use,
    User,
    has_it,
    owner,
)

s = z3.Const("this_seal", Seal)
a = z3.Const("this_application", Application)
g = z3.Const("this_grant", Grant)
x = z3.Const("this_use", Use)
u = z3.Const("this_person", User)
_RESTS: Final = (SealState.ACTIVE, SealState.SUSPENDED)
# Where a seal stays what it is while its keeper changes.
HANDED_OVER: Final = {
    Purpose.HAND_OVER: (*_RESTS, SealState.COLLECTED, SealState.RETIRED),
    Purpose.COVER: _RESTS,
}


@cache
def ways() -> Mapping[str, z3.BoolRef]:
    """Return steps that somebody can always come to take, by name."""
    return {
        **{f"T3 {start} {end}": goes(s, start, end) for start, ends in LIFE.items() for end in ends},
        **{
            f"T3 a {kind} draft is made": z3.And(
                new_state(SealState.DRAFT), is_a(s, kind), z3.Not(comes(s, SealState.VOID))
            )
            for kind in SealKind
        },
        **{
            f"T4 {end} by {power} alone": z3.And(
                comes(s, end),
                was(s, SealState.ACTIVE, SealState.RETIRED),
                BEFORE.now() <= BEFORE.last_day(s),
                *only(power),
            )
            for end, act in BY_ONE.items()
            for power in ALONE[act]
        },
        **{
            f"T4 {end} by its {tie} without a power": z3.And(
                comes(s, end),
                was(s, SealState.ACTIVE),
                z3.ForAll([g], BEFORE.person(g) != ACTOR),
                *(has(s, ACTOR) == (one is tie) for one, has in has_it.items()),
            )
            for end in OUT_OF_HAND
            for tie in Tie
        },
        **{
            f"T3 a resting seal wakes by {purpose}": z3.And(
                goes(s, SealState.SUSPENDED, SealState.ACTIVE), for_this(purpose)
            )
            for purpose in (Purpose.RESUME, Purpose.UNFREEZE)
        },
        "T4 a resuming under way is stopped": z3.And(
            goes(s, SealState.SUSPENDED, SealState.SUSPENDED),
            BEFORE.about(a) == s,
            BEFORE.state(a) == STATE[State.APPROVED],
            BEFORE.purpose(a) == PURPOSE[Purpose.RESUME],
            new("revoked", a),
        ),
        "T6 past its last day a seal rests by itself": z3.And(
            goes(s, SealState.ACTIVE, SealState.SUSPENDED), z3.ForAll([g], BEFORE.person(g) != ACTOR)
        ),
        "T14 a new rubber is ordered": z3.And(is_a(s, SealKind.PHYSICAL), for_this(Purpose.CHANGE), used_now(a)),
        "T14 a new rubber is accepted": z3.And(is_a(s, SealKind.PHYSICAL), AFTER.version(s) != BEFORE.version(s)),
        "T14 a new version": z3.And(AFTER.version(s) != BEFORE.version(s), for_this(Purpose.CHANGE)),
        **{
            f"T6 a later last day for a {kind} seal that is {state}": z3.And(
                was(s, state), is_a(s, kind), AFTER.last_day(s) > BEFORE.last_day(s)
            )
            for kind in SealKind
            for state in _RESTS
        },
        **{
            f"T15 {purpose} of what is {state}": z3.And(
                was(s, state), goes(s, state, state), AFTER.keeper(s) != BEFORE.keeper(s), for_this(purpose)
            )
            for purpose, states in HANDED_OVER.items()
            for state in states
        },
        **{
            f"T4 another unit for what is {state}": z3.And(was(s, state), AFTER.unit(s) != BEFORE.unit(s))
            for state in (*_RESTS, SealState.COLLECTED)
        },
        **{f"T15 a word as {role}": new(f"word_{role.value}", a, u) for role in Role},
        **{
            f"T1 {power} confirms": z3.And(new("in_force", g), BEFORE.given(g), BEFORE.holds(ACTOR, power))
            for power in (Power.SECURITY, Power.AUDIT)
        },
        "T5 a use happens": new("done", x),
        **{
            f"{purpose} is applied for": z3.And(new("opened", a), AFTER.purpose(a) == PURPOSE[purpose])
            for purpose in Purpose
        },
        **{
            f"{purpose} is {state}": z3.And(
                BEFORE.opened(a),
                BEFORE.purpose(a) == PURPOSE[purpose],
                BEFORE.state(a) == STATE[State.PENDING],
                AFTER.state(a) == STATE[state],
            )
            for purpose in Purpose
            for state in (State.APPROVED, State.REJECTED, State.WITHDRAWN)
        },
        **{
            f"the applicant takes back what is {state}": z3.And(
                BEFORE.opened(a), BEFORE.state(a) == STATE[state], AFTER.state(a) == STATE[State.WITHDRAWN]
            )
            for state in sorted(UNDECIDED)
        },
        "a user of a seal applies, and another presses": z3.And(
            new("opened", a), new(f"part_{Part.OPERATOR.value}", a, u), u != ACTOR
        ),
    }


def new_state(start: SealState) -> z3.BoolRef:
    return z3.And(was(s, start), BEFORE.seal_state(s) != AFTER.seal_state(s))


def only(power: Power) -> list[z3.BoolRef]:
    """Say that the actor has this power over the seal, and nothing else by which they could have done it."""
    places = {one: NOWHERE if one is Power.AUDIT else owner(s) for one in (Power.MANAGE, Power.AUDIT, Power.CUSTODY)}
    others = [z3.Not(BEFORE.holds(ACTOR, one, at)) for one in places for at in (owner(s), NOWHERE) if one is not power]
    return [BEFORE.holds(ACTOR, power, places[power]), *others, z3.Not(had_it(s))]


def for_this(purpose: Purpose) -> z3.BoolRef:
    return z3.And(BEFORE.about(a) == s, is_for(BEFORE.purpose(a), purpose), used_now(a))
