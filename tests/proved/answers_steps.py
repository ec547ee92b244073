"""Who says yes, for whom, by which way and to what: own yes, delegations, outside answers, additions, standing uses.

Guards and changes read off the tables of ``approvals.rules`` and ``seals.rules``. Posts, powers and systems change.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals import rules as approvals
from privyseal.approvals.rules import Part, Quorum
from privyseal.seals.rules import SealType, persons, standing
from privyseal.seals.rules.standing import DocumentClass
from privyseal.signer.statement import ADDITIONS, USES, Purpose
from tests.proved.world import (
    ACTOR,
    PURPOSE,
    Action,
    Application,
    Frame,
    PurposeSort,
    Seal,
    Use,
    User,
    World,
    enumeration,
)

TypeSort, TYPE = enumeration(SealType)
ClassSort, CLASS = enumeration(DocumentClass)
_YES_OR_NO, _NUMBER = z3.BoolSort(), z3.IntSort()
# A keeper has no part in these: what is received and given out is proved elsewhere.
PARTS: Final = tuple(part for part in Part if part is not Part.CUSTODIAN)
FRAME: Final = Frame(
    {
        "may": (User, _YES_OR_NO),
        "there": (User, _YES_OR_NO),
        "asked": (Application, User, _YES_OR_NO),
        "asked_outside": (Application, User, _YES_OR_NO),
        "believed": (_YES_OR_NO,),
        "now": (_NUMBER,),
        "lets": (User, User, _YES_OR_NO),
        "mandate": (Seal, User, _YES_OR_NO),
        "opened": (Application, _YES_OR_NO),
        "pending": (Application, _YES_OR_NO),
        "approved": (Application, _YES_OR_NO),
        **{f"part_{part.value}": (Application, User, _YES_OR_NO) for part in PARTS},
        "yes": (Application, User, _YES_OR_NO),
        "counts": (Application, User, _YES_OR_NO),
        "for_another": (Application, User, User, _YES_OR_NO),
        "outside": (Application, User, _YES_OR_NO),
        "own": (Application, User, _YES_OR_NO),
        "rests": (Application, _YES_OR_NO),  # on a mandate that was given before
        "revoked": (Application, _YES_OR_NO),
        "used": (Application, _NUMBER),
        "limit": (Application, _NUMBER),
        "until": (Application, _NUMBER),
        "done": (Use, _YES_OR_NO),
        "by_permit": (Use, Application),
        "reviewed": (Use, _YES_OR_NO),
    }
)
BEFORE, AFTER = FRAME.before, FRAME.after
# What is so for good.
purpose: Final = z3.Function("purpose_of", Application, PurposeSort)
about: Final = z3.Function("about_seal", Application, Seal)
starts: Final = z3.Function("starts_at", Application, _NUMBER)
adds_to: Final = z3.Function("adds_to", Application, Application)
class_of: Final = z3.Function("class_of", Application, ClassSort)
tied: Final = z3.Function("tied", Application, User, _YES_OR_NO)  # acts for somebody with a part, or they for them
type_of: Final = z3.Function("type_of", Seal, TypeSort)
whose: Final = z3.Function("whose", Seal, User)

A, X, S = z3.Const("application", Application), z3.Const("use", Use), z3.Const("seal", Seal)
G, Q, V, U = z3.Consts("giver operator reviewer person", User)
COUNT, UNTIL = z3.Ints("impressions until")
RESTS, FITS = z3.Bools("rests fits")
YES, NO = z3.BoolVal(True), z3.BoolVal(False)
Guards = dict[str, Any]


@dataclass(frozen=True)
class Tables:
    """The product's tables: these objects, not a copy."""

    kept_apart: Sequence[frozenset[Part]] = tuple(row for row in approvals.KEPT_APART if Part.CUSTODIAN not in row)
    policies: Sequence[approvals.Asks] = tuple(row for row in approvals.POLICIES if row.purpose in USES | ADDITIONS)
    bears_a_name: Sequence[SealType] = persons.BEARS_A_NAME
    routines: Sequence[standing.Routine] = standing.ROUTINES


def steps(tables: Tables) -> list[Action]:
    """Return everything that may happen."""
    uses = [row.purpose for row in tables.policies if row.purpose in USES]
    return [
        *(apply(tables, row) for row in tables.policies),
        *(say_yes(tables, way) for way in WAYS),
        *(say_yes(tables, way, last_of=row) for row in tables.policies for way in WAYS),
        consent(),
        give_mandate(tables),
        revoke_mandate(),
        delegate(),
        FRAME.action("end a delegation", {}, {"lets": FRAME.only_at("lets", ACTOR, U, to=NO)}),
        *(use(tables, one) for one in uses),
        review(),
        others_act(),
    ]


def bears(tables: Tables, seal: Any) -> Any:  # noqa: ANN401  values of the solver
    return z3.Or(*(type_of(seal) == TYPE[one] for one in tables.bears_a_name))


def part(w: World, which: Part, application: Any, person: Any) -> Any:  # noqa: ANN401  values of the solver
    return w.function(f"part_{which.value}")(application, person)


def runs(w: World, application: Any) -> Any:  # noqa: ANN401  values of the solver
    """Say that what was approved is neither over nor ended, nor used up."""
    in_time = z3.And(starts(application) <= w.now(), w.now() < w.until(application))
    return z3.And(
        w.approved(application), z3.Not(w.revoked(application)), in_time, w.used(application) < w.limit(application)
    )


def two_said_yes(w: World, application: Any, *more: Any) -> Any:  # noqa: ANN401  values of the solver
    """Say that two different people have; or one beside the person who says it now."""
    if more:
        return z3.Exists([U], z3.And(more[0] != U, w.yes(application, U)))
    other = z3.Const("another_person", User)
    return z3.Exists([U, other], z3.And(other != U, w.yes(application, U), w.yes(application, other)))


def own_yes_is_there(w: World, application: Any) -> Any:  # noqa: ANN401  values of the solver
    person = whose(about(application))
    return z3.Or(w.own(application, person), z3.And(w.rests(application), w.mandate(about(application), person)))


# -- applied for


def apply(tables: Tables, asks: approvals.Asks) -> Action:
    is_more = asks.purpose in ADDITIONS
    first, person = adds_to(A), whose(about(A))
    guards: Guards = {
        "a new application": z3.Not(BEFORE.opened(A)),
        "of this purpose": purpose(A) == PURPOSE[asks.purpose],
        "for at least one": COUNT >= 1,
        "for a time": starts(A) < UNTIL,
    }
    named: list[tuple[Part, Any]] = [(Part.APPLICANT, ACTOR)]
    if is_more:
        guards |= {
            "by who asked first": part(BEFORE, Part.APPLICANT, first, ACTOR),
            "to a use": z3.Or(*(purpose(first) == PURPOSE[one] for one in USES)),
            "of the same seal": about(A) == about(first),
            "while it runs": runs(BEFORE, first),
        }
    else:
        named += [(Part.OPERATOR, Q)] if asks.operator else []
        named += [(Part.WITNESS, V)] if asks.witnesses else []
    if asks.purpose is Purpose.STANDING:
        may_stand = [row.document_class for row in tables.routines if row.may_stand]
        guards["of routine papers"] = z3.Or(*(class_of(A) == CLASS[one] for one in may_stand))
        guards["for a quarter at most"] = UNTIL - starts(A) <= standing.LONGEST.days
    guards |= {
        f"apart: {one} {other}": who != somebody
        for (one, who), (other, somebody) in combinations(named, 2)
        if frozenset({one, other}) in tables.kept_apart
    }
    guards["a mandate in force"] = z3.Implies(RESTS, NO if is_more else BEFORE.mandate(about(A), person))
    updates: dict[str, Any] = {
        name: FRAME.only_at(name, A, to=value)
        for name, value in {
            "opened": YES, "pending": YES, "approved": NO, "revoked": NO, "used": z3.IntVal(0), "limit": COUNT,
            "until": UNTIL, "rests": z3.And(RESTS, bears(tables, about(A))),
        }.items()
    }  # fmt: skip
    for which in PARTS:
        who = [somebody for one, somebody in named if one is which]
        updates[f"part_{which.value}"] = _plays(tables, which, who, is_more=is_more)
    return FRAME.action(f"apply to {asks.purpose}", guards, updates)


def _plays(tables: Tables, which: Part, people: Sequence[Any], *, is_more: bool) -> Callable[..., Any]:
    """Return who plays the part of the new application: those named, whom the seal names, and for more, as before."""

    def update(application: Any, person: Any) -> Any:  # noqa: ANN401  values of the solver
        plays = [person == one for one in people]
        if which is Part.PERSON:
            plays.append(z3.And(bears(tables, about(A)), person == whose(about(A))))
        elif is_more and which in {Part.OPERATOR, Part.WITNESS}:
            plays.append(part(BEFORE, which, adds_to(A), person))
        return z3.Or(part(BEFORE, which, application, person), z3.And(application == A, z3.Or(*plays)))

    return update


# -- decided


def _apart(tables: Tables, person: Any, whom: str) -> Guards:  # noqa: ANN401  values of the solver
    others = [other for row in tables.kept_apart if Part.APPROVER in row for other in row - {Part.APPROVER}]
    return {f"apart: {whom} {other}": z3.Not(part(BEFORE, other, A, person)) for other in others} | {
        f"{whom} tied to nobody with a part": z3.Not(tied(A, person))
    }


def _here(_: Tables) -> tuple[Guards, Any]:
    return {"who is asked": BEFORE.asked(A, ACTOR)}, ACTOR


def _for_another(tables: Tables) -> tuple[Guards, Any]:
    return {
        "for one who lets them": BEFORE.lets(G, ACTOR),
        "who is asked": BEFORE.asked(A, G),
        "the giver may": BEFORE.may(G),
        "the giver has not decided": z3.Not(z3.Or(BEFORE.yes(A, G), BEFORE.counts(A, G))),
        **_apart(tables, G, "giver"),
    }, G


def _outside(_: Tables) -> tuple[Guards, Any]:
    return {"who is asked": BEFORE.asked_outside(A, ACTOR), "by a system that is believed": BEFORE.believed()}, ACTOR


WAYS: Final[dict[str, Callable[[Tables], tuple[Guards, Any]]]] = {
    "here": _here,
    "for another": _for_another,
    "outside": _outside,
}


def say_yes(tables: Tables, way: str, *, last_of: approvals.Asks | None = None) -> Action:
    """Say yes here, for another or by an outside system; the last yes that is needed approves it."""
    by_way, counts_for = WAYS[way](tables)
    guards: Guards = {
        "it waits": z3.And(BEFORE.opened(A), BEFORE.pending(A)),
        "who may approve": BEFORE.may(ACTOR),
        "not decided before": z3.Not(z3.Or(BEFORE.yes(A, ACTOR), BEFORE.counts(A, ACTOR))),
        **_apart(tables, ACTOR, "approver"),
        **by_way,
    }
    updates: dict[str, Any] = {
        "yes": FRAME.only_at("yes", A, ACTOR, to=YES),
        "part_approver": FRAME.only_at("part_approver", A, ACTOR, to=YES),
        "counts": FRAME.only_at("counts", A, counts_for, to=YES),
    }
    if way == "for another":
        updates["for_another"] = FRAME.only_at("for_another", A, G, ACTOR, to=YES)
    if way == "outside":
        updates["outside"] = FRAME.only_at("outside", A, ACTOR, to=YES)
    if last_of is not None:
        guards |= _released(tables, last_of)
        updates |= {"pending": FRAME.only_at("pending", A, to=NO), "approved": FRAME.only_at("approved", A, to=YES)}
        updates |= _added(last_of)
    return FRAME.action(f"say {f'the last yes to {last_of.purpose}' if last_of else 'yes'} {way}", guards, updates)


def _released(tables: Tables, asks: approvals.Asks) -> Guards:
    ((_, quorum),) = asks.stages
    guards: Guards = {"of this purpose": purpose(A) == PURPOSE[asks.purpose]}
    guards |= {"the own yes is there": z3.Implies(bears(tables, about(A)), own_yes_is_there(BEFORE, A))}
    if quorum is Quorum.TWO:
        guards["enough have said so"] = two_said_yes(BEFORE, A, ACTOR)
    if asks.purpose in ADDITIONS:
        guards["as many as before"] = z3.Implies(two_said_yes(BEFORE, adds_to(A)), two_said_yes(BEFORE, A, ACTOR))
        guards["what it adds to runs"] = runs(BEFORE, adds_to(A))
    if asks.purpose is Purpose.PROLONG:
        guards["later than before"] = BEFORE.until(adds_to(A)) < UNTIL
        quarter = UNTIL - starts(adds_to(A)) <= standing.LONGEST.days
        guards["no standing permit for longer than a quarter"] = z3.Implies(
            purpose(adds_to(A)) == PURPOSE[Purpose.STANDING], quarter
        )
    return guards


def _added(asks: approvals.Asks) -> dict[str, Any]:
    first = adds_to(A)
    more = {
        Purpose.TOP_UP: {"limit": FRAME.only_at("limit", first, to=BEFORE.limit(first) + BEFORE.limit(A))},
        Purpose.PROLONG: {"until": FRAME.only_at("until", first, to=UNTIL)},
    }
    return more.get(asks.purpose, {})


# -- one's own yes, and who decides for whom


def consent() -> Action:
    return FRAME.action(
        "say one’s own yes",
        {
            "it waits": z3.And(BEFORE.opened(A), BEFORE.pending(A)),
            "whom the seal names": part(BEFORE, Part.PERSON, A, ACTOR),
            "who takes part": BEFORE.there(ACTOR),
        },
        {"own": FRAME.only_at("own", A, ACTOR, to=YES)},
    )


def give_mandate(tables: Tables) -> Action:
    return FRAME.action(
        "give a mandate",
        {
            "of a seal that bears a name": bears(tables, S),
            "by that person": whose(S) == ACTOR,
            "who takes part": BEFORE.there(ACTOR),
        },
        {"mandate": FRAME.only_at("mandate", S, ACTOR, to=YES)},
    )


def revoke_mandate() -> Action:
    def ended(application: Any) -> Any:  # noqa: ANN401  values of the solver
        rests = z3.And(BEFORE.rests(application), about(application) == S, whose(S) == ACTOR)
        return z3.Or(
            BEFORE.revoked(application),
            z3.And(BEFORE.opened(application), rests, z3.Not(BEFORE.own(application, ACTOR))),
        )

    return FRAME.action(
        "revoke a mandate",
        {"it was given": BEFORE.mandate(S, ACTOR)},
        {"mandate": FRAME.only_at("mandate", S, ACTOR, to=NO), "revoked": ended},
    )


def delegate() -> Action:
    return FRAME.action(
        "let another decide",
        {
            "who may approve": BEFORE.may(ACTOR),
            "to one who may too": BEFORE.may(U),
            "to another": U != ACTOR,
            "who lets nobody": z3.ForAll([G], z3.Not(BEFORE.lets(U, G))),
            "by whom nobody lets": z3.ForAll([G], z3.Not(BEFORE.lets(G, ACTOR))),
        },
        {"lets": FRAME.only_at("lets", ACTOR, U, to=YES)},
    )


# -- used


def use(tables: Tables, of: Purpose) -> Action:
    return FRAME.action(
        f"use by {of}",
        {
            "of this purpose": purpose(A) == PURPOSE[of],
            "by its holder": part(BEFORE, Part.OPERATOR, A, ACTOR),
            "it runs": runs(BEFORE, A),
            "the own yes is there": z3.Implies(bears(tables, about(A)), own_yes_is_there(BEFORE, A)),
            "a new use": z3.Not(BEFORE.done(X)),
        },
        {
            "done": FRAME.only_at("done", X, to=YES),
            "by_permit": FRAME.only_at("by_permit", X, to=A),
            "reviewed": FRAME.only_at("reviewed", X, to=NO),
            "used": FRAME.only_at("used", A, to=BEFORE.used(A) + 1),
        },
    )


def review() -> Action:
    """Say of a use whether it is what the permit is for; one that is not ends it."""
    permit = BEFORE.by_permit(X)
    return FRAME.action(
        "review",
        {
            "there was one": BEFORE.done(X),
            "of a standing permit": purpose(permit) == PURPOSE[Purpose.STANDING],
            "by its reviewer": part(BEFORE, Part.WITNESS, permit, ACTOR),
            "who takes part": BEFORE.there(ACTOR),
            "not reviewed before": z3.Not(BEFORE.reviewed(X)),
        },
        {
            "reviewed": FRAME.only_at("reviewed", X, to=YES),
            "revoked": FRAME.only_at("revoked", permit, to=z3.Or(BEFORE.revoked(permit), z3.Not(FITS))),
        },
    )


def others_act() -> Action:
    """Let powers come and go, posts be filled and left, systems be believed or not, and time go forward."""
    over = {"may": (User,), "there": (User,), "asked": (Application, User), "asked_outside": (Application, User)}
    then: dict[str, Any] = {name: z3.Function(f"{name} then", *sorts, _YES_OR_NO) for name, sorts in over.items()}
    then |= {"believed": lambda: FITS, "now": lambda: UNTIL}
    return FRAME.action("others act", {"time goes forward": BEFORE.now() <= UNTIL}, then)
