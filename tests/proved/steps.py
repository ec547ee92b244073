"""Every step of the product as guards and a change, read off the product's own tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals import rules as approvals
from privyseal.approvals.rules import Part, Quorum, State, Step
from privyseal.identity import rules as identity
from privyseal.identity.rules import Power, Reach
from privyseal.seals import rules as seals
from privyseal.seals.rules import Act, Leave, Role, SealKind, SealState
from privyseal.seals.rules.incidents import IN_HAND, Tie, may_report
from privyseal.signer.statement import USES, Purpose
from tests.proved import world
from tests.proved.world import (
    ACTOR,
    BEFORE,
    KIND,
    NOWHERE,
    POWER,
    PURPOSE,
    SEAL_STATE,
    STATE,
    Action,
    action,
    only_at,
    owner,
)

G, H = z3.Consts("grant other_grant", world.Grant)
P, Q, R, V, W, U = z3.Consts("person operator receiver witness second_witness anybody", world.User)
POW = z3.Const("power", world.PowerSort)
C = z3.Const("company", world.Company)
S = z3.Const("seal", world.Seal)
A = z3.Const("application", world.Application)
X = z3.Const("use", world.Use)
D = z3.Const("document", world.Document)
UNIT = z3.Const("unit", world.Unit)
COUNT, FROM, UNTIL, LATER = z3.Ints("impressions starts expires later")
YES, NO = z3.BoolVal(True), z3.BoolVal(False)
Guards = dict[str, Any]
# Who brings a grant into force: identity.actions.powers asks for the same.
MAY_CONFIRM: Final = (Power.SECURITY, Power.AUDIT)
# What the report of a loss leaves running: seals.actions.stopping says the same of permits.
OUTLIVES_LOSS: Final = (Purpose.FIND, Purpose.INVALIDATE)


@dataclass(frozen=True)
class Tables:
    """The product's tables: these objects, not a copy. A mutant has one of them with a row less, or a weaker one."""

    powers_kept_apart: Sequence[identity.Apart] = identity.POWERS_KEPT_APART
    may_confirm: Sequence[Power] = MAY_CONFIRM
    take_no_part: Sequence[Power] = identity.TAKE_NO_PART
    kept_apart: Sequence[frozenset[Part]] = approvals.KEPT_APART
    moves: Sequence[approvals.Move] = approvals.MOVES
    policies: Sequence[approvals.Asks] = approvals.POLICIES
    seal_moves: Sequence[seals.Move] = seals.MOVES
    alone: Sequence[seals.Alone] = seals.ALONE
    in_hand: Sequence[Tie] = IN_HAND
    words: Sequence[seals.Word] = seals.WORDS


def steps(tables: Tables) -> list[Action]:
    """Return everything that may happen."""
    return [
        founding(),
        grant(tables),
        confirm(tables),
        end(),
        *(apply(tables, row) for row in tables.policies),
        *(decide(tables, row, is_last=True) for row in tables.moves),
        *(decide(tables, row, is_last=False) for row in tables.moves if row.step is Step.APPROVE),
        use(tables),
        *(say(tables, role) for role in Role),
        *(seal_step(tables, row) for row in tables.seal_moves),
        action("wait", {"time goes forward": BEFORE.now() <= LATER}, {"now": lambda: LATER}),
    ]


# -- people and powers


def apart(row: identity.Apart, one: tuple[Any, Any], other: tuple[Any, Any]) -> Any:  # noqa: ANN401  a value of the solver
    """Say that the row keeps these two powers, each with its company, apart."""
    first, second = POWER[row.first], POWER[row.second]
    pair = z3.Or(z3.And(one[0] == first, other[0] == second), z3.And(one[0] == second, other[0] == first))
    return pair if row.reach is Reach.ANYWHERE else z3.And(pair, one[1] == other[1])


def in_reach(power: Any, where: Any) -> Any:  # noqa: ANN401  values of the solver
    over_all = z3.Or(*(power == POWER[one] for one in Power if one in identity.INSTALLATION_POWERS))
    return over_all == (where == NOWHERE)


def founding() -> Action:
    """Seat the three offices, once, before anything else."""
    offices = (Power.SYSTEM, Power.SECURITY, Power.AUDIT)
    grants = z3.Consts("g_system g_security g_audit", world.Grant)
    people = z3.Consts("p_system p_security p_audit", world.User)

    def seat(name: str, values: Sequence[Any]) -> Callable[[Any], Any]:
        def update(at: Any) -> Any:  # noqa: ANN401  a value of the solver
            then = BEFORE.function(name)(at)
            for one, value in zip(grants, values, strict=True):
                then = z3.If(at == one, value, then)
            return then

        return update

    said = {
        "given": [YES] * 3,
        "in_force": [YES] * 3,
        "seated": [YES] * 3,
        "person": people,
        "power": [POWER[office] for office in offices],
        "where": [NOWHERE] * 3,
    }
    return action(
        "found",
        {
            "nothing was before": z3.ForAll([G], z3.Not(BEFORE.given(G))),
            "each office another person": z3.Distinct(*people),
        },
        {name: seat(name, values) for name, values in said.items()},
    )


def grant(tables: Tables) -> Action:
    beside = z3.And(BEFORE.given(H), BEFORE.person(H) == P)
    conflicts = {
        f"apart: {row.first} {row.second}": apart(row, (POW, C), (BEFORE.power(H), BEFORE.where(H)))
        for row in tables.powers_kept_apart
    }
    said = {"given": YES, "in_force": NO, "seated": NO, "person": P, "power": POW, "where": C, "author": ACTOR}
    return action(
        "grant",
        {
            "by security": BEFORE.holds(ACTOR, Power.SECURITY),
            "not to oneself": P != ACTOR,
            "within its reach": in_reach(POW, C),
            "a new grant": z3.Not(BEFORE.given(G)),
            **{name: z3.ForAll([H], z3.Implies(beside, z3.Not(met))) for name, met in conflicts.items()},
        },
        {name: only_at(name, G, to=value) for name, value in said.items()},
    )


def confirm(tables: Tables) -> Action:
    return action(
        "confirm",
        {
            "by whoever may confirm": z3.Or(*(BEFORE.holds(ACTOR, power) for power in tables.may_confirm)),
            "still given": BEFORE.given(G),
            "not yet in force": z3.Not(BEFORE.in_force(G)),
            "not its author": BEFORE.author(G) != ACTOR,
            "not who benefits": BEFORE.person(G) != ACTOR,
        },
        {"in_force": only_at("in_force", G, to=YES), "confirmer": only_at("confirmer", G, to=ACTOR)},
    )


def end() -> Action:
    return action(
        "end",
        {"by security": BEFORE.holds(ACTOR, Power.SECURITY)},
        {name: only_at(name, G, to=NO) for name in ("given", "in_force")},
    )


# -- applications


def apply(tables: Tables, asks: approvals.Asks) -> Action:
    """Open an application, with the people named for it and everything that it says for good."""
    named = _named(asks)
    guards: Guards = {
        "by whom the policy names": BEFORE.holds(ACTOR, asks.applicant, owner(S)),
        "a new application": z3.Not(BEFORE.opened(A)),
        "for at least one impression": COUNT >= 1 if asks.purpose in USES else COUNT == 1,
    }
    if asks.purpose in USES:
        guards["for an operator who may"] = BEFORE.holds(Q, asks.operator or Power.USE, owner(S))
    if asks.receiver:
        guards["for a keeper who may"] = BEFORE.holds(R, asks.receiver, owner(S))
    if asks.witnesses > 1:
        guards["for different witnesses"] = V != W
    for (part, person), (other, somebody) in combinations(named, 2):
        if frozenset({part, other}) in tables.kept_apart:
            guards[f"apart: {part} {other} {somebody}"] = person != somebody
    said: dict[str, Any] = {
        "opened": YES, "purpose": PURPOSE[asks.purpose], "about": S, "state": STATE[State.PENDING], "document": D,
        "impressions": COUNT, "starts": FROM, "expires": UNTIL, "used": z3.IntVal(0), "revoked": NO,
    }  # fmt: skip
    updates = {name: only_at(name, A, to=value) for name, value in said.items()}
    for part in Part:
        people = [person for one, person in named if one is part]
        if people:
            updates[f"part_{part.value}"] = _joins(f"part_{part.value}", people)
    return action(f"apply to {asks.purpose}", guards, updates)


def _named(asks: approvals.Asks) -> list[tuple[Part, Any]]:
    """Return who is entered with an application; a making names a keeper where the seal is to have one."""
    named = [(Part.APPLICANT, ACTOR)]
    named += [(Part.OPERATOR, Q)] if asks.operator else []
    named += [(Part.CUSTODIAN, R)] if asks.receiver or asks.purpose is Purpose.MAKE else []
    return named + [(Part.WITNESS, witness) for witness in (V, W)[: max(asks.witnesses, asks.purpose is Purpose.MAKE)]]


def _joins(name: str, people: Sequence[Any]) -> Callable[..., Any]:
    return lambda a, u: z3.Or(BEFORE.function(name)(a, u), z3.And(a == A, z3.Or(*(u == one for one in people))))


def decide(tables: Tables, move: approvals.Move, *, is_last: bool) -> Action:
    """One step of an application; a yes is recorded, and the last one that is needed ends it."""
    guards: Guards = {f"it is {move.start}": BEFORE.state(A) == STATE[move.start]}
    updates: dict[str, Any] = {"state": only_at("state", A, to=STATE[move.end])} if is_last else {}
    if move.by is Part.APPROVER:
        guards["it is there"] = BEFORE.opened(A)
        guards["by whom its policy names"] = z3.Or(*(_of(row, may(row, ACTOR)) for row in tables.policies))
        guards |= {
            f"apart: {move.by} {other}": z3.Not(BEFORE.part(other)(A, ACTOR))
            for row in tables.kept_apart
            if move.by in row
            for other in row - {move.by}
        }
        updates["part_approver"] = only_at("part_approver", A, ACTOR, to=YES)
    else:
        guards["by its applicant"] = BEFORE.part(Part.APPLICANT)(A, ACTOR)
        guards |= _takes_part(tables)
    if move.step is Step.APPROVE:
        guards["not said before"] = z3.Not(BEFORE.yes(A, ACTOR))
        updates["yes"] = only_at("yes", A, ACTOR, to=YES)
        if is_last:
            guards["enough have said so"] = z3.Or(*(_of(row, enough(row)) for row in tables.policies))
    return action(f"{move.step} what is {move.start}{'' if is_last else ', not the last'}", guards, updates)


def _takes_part(tables: Tables) -> Guards:
    """Say that the actor has not come to watch since they were given their part."""
    return {f"not of {power}": z3.Not(BEFORE.holds(ACTOR, power)) for power in tables.take_no_part}


def _of(asks: approvals.Asks, said: Any) -> Any:  # noqa: ANN401  values of the solver
    return z3.And(BEFORE.purpose(A) == PURPOSE[asks.purpose], said)


def may(asks: approvals.Asks, person: Any) -> Any:  # noqa: ANN401  values of the solver
    ((stage, _),) = asks.stages  # the proof knows one stage: teach it the next
    return BEFORE.holds(person, stage, owner(BEFORE.about(A)))


def enough(asks: approvals.Asks) -> Any:  # noqa: ANN401  a value of the solver
    """Say that the actor's yes is the last that is needed; only those count who may still say it."""
    ((_, quorum),) = asks.stages
    another = z3.Exists([U], z3.And(U != ACTOR, BEFORE.yes(A, U), may(asks, U)))
    return {Quorum.ANY: YES, Quorum.TWO: another}[quorum]


# -- permits, and what they move


def spends(tables: Tables, purpose: Purpose, *, by_words: bool) -> Guards:
    """Say what ``seals.permits`` checks of a permit that is spent: by its holder, or by the words of those it names."""
    operators = [row.operator for row in tables.policies if row.purpose is purpose and row.operator]
    by_holder = {
        "by its holder": BEFORE.part(Part.OPERATOR)(A, ACTOR),
        "who still may": z3.Or(*(BEFORE.holds(ACTOR, power, owner(BEFORE.about(A))) for power in operators)),
    }
    return {
        "a permit for this": z3.And(BEFORE.opened(A), BEFORE.purpose(A) == PURPOSE[purpose]),
        "approved": BEFORE.state(A) == STATE[State.APPROVED],
        **({} if by_words else by_holder),
        "whose approvers still may": z3.ForAll(
            [U], z3.Implies(BEFORE.yes(A, U), BEFORE.holds(U, Power.APPROVE, owner(BEFORE.about(A))))
        ),
        "impressions are left": BEFORE.used(A) + 1 <= BEFORE.impressions(A),
        "not too early": BEFORE.starts(A) <= BEFORE.now(),
        "not too late": BEFORE.now() < BEFORE.expires(A),
        "not revoked": z3.Not(BEFORE.revoked(A)),
    }


def use(tables: Tables) -> Action:
    seal = BEFORE.about(A)
    said = {"done": YES, "by_permit": A, "pressed_by": ACTOR, "bore": D}
    return action(
        "use",
        spends(tables, Purpose.USE, by_words=False)
        | {
            "the seal is in force": BEFORE.seal_state(seal) == SEAL_STATE[SealState.ACTIVE],
            "its last day is not over": BEFORE.now() <= BEFORE.last_day(seal),
            "the document is the approved one": BEFORE.document(A) == D,
            "a new use": z3.Not(BEFORE.done(X)),
        },
        {name: only_at(name, X, to=value) for name, value in said.items()}
        | {"used": only_at("used", A, to=BEFORE.used(A) + 1)},
    )


def say(tables: Tables, role: Role) -> Action:
    """Give one's word on a physical act: whoever is named for it, in one role."""
    seal = BEFORE.about(A)
    named: Mapping[Role, Any] = {
        Role.GIVER: z3.And(BEFORE.opened(A), BEFORE.kept(seal), BEFORE.keeper(seal) == ACTOR),
        Role.RECEIVER: BEFORE.part(Part.CUSTODIAN)(A, ACTOR),
        Role.WITNESS: BEFORE.part(Part.WITNESS)(A, ACTOR),
    }
    return action(
        f"say as {role}",
        {
            "named for it": named[role],
            **_takes_part(tables),
            **{f"not as {other}": z3.Not(BEFORE.word(other)(A, ACTOR)) for other in Role if other is not role},
        },
        {f"word_{role.value}": only_at(f"word_{role.value}", A, ACTOR, to=YES)},
    )


def seal_step(tables: Tables, move: seals.Move) -> Action:
    """Move a seal as its table says, by what the row says that it takes."""
    guards: Guards = {f"it is {move.start}": BEFORE.seal_state(S) == SEAL_STATE[move.start]}
    updates: dict[str, Any] = {"seal_state": only_at("seal_state", S, to=SEAL_STATE[move.end])}
    if move.kind is not None:
        guards[f"it is {move.kind}"] = world.kind(S) == KIND[move.kind]
    if move.leave is Leave.ONE_PERSON:
        may = [row.power for row in tables.alone if row.act is move.act]
        guards["by whoever may alone"] = z3.Or(
            *(BEFORE.holds(ACTOR, one, at) for one in may for at in (owner(S), NOWHERE)),
            *(world.has_it[tie](S, ACTOR) for tie in tables.in_hand if may_report(move.act, ties=[tie])),
        )
        updates["revoked"] = _revokes(move.act)
    elif move.leave is Leave.DATE:
        guards["its last day is over"] = BEFORE.now() > BEFORE.last_day(S)
    elif move.leave is Leave.AUTHORITY:
        guards["it took the certificate back"] = world.taken_back(S)
        updates["revoked"] = _revokes(Act.SUSPEND)  # what would wake the seal ends
    elif move.leave is Leave.REJECTION:
        made = z3.And(BEFORE.opened(A), BEFORE.about(A) == S, BEFORE.purpose(A) == PURPOSE[Purpose.MAKE])
        guards["an application for it"] = made
        guards["which came to nothing"] = z3.Or(
            *(BEFORE.state(A) == STATE[no] for no in (State.REJECTED, State.WITHDRAWN))
        )
    else:
        if move.act in {Act.RESUME, Act.UNFREEZE}:
            guards["its certificate stands"] = z3.Not(world.taken_back(S))
        if move.act is Act.EXTEND:
            guards["to a later day"] = BEFORE.last_day(S) < LATER
        guards |= _permitted(tables, move) | {"a permit for this seal": BEFORE.about(A) == S}
        updates |= _by_permit(move)
    return action(f"{move.act} from {move.start}{f' if {move.kind}' if move.kind else ''}", guards, updates)


def _permitted(tables: Tables, move: seals.Move) -> Guards:
    words = {f"word of {row.people} as {row.role}": _said(row) for row in tables.words if row.act is move.act}
    if move.act is Act.ACCEPT:  # the permit of the making was spent when the maker was told
        purpose = Purpose.MAKE if move.start is SealState.MADE else Purpose.CHANGE
        made = z3.And(BEFORE.opened(A), BEFORE.purpose(A) == PURPOSE[purpose])
        return {"a permit for its making": made, "approved": BEFORE.state(A) == STATE[State.APPROVED], **words}
    by_words = move.leave is Leave.PERMIT_AND_WORDS and move.act is not Act.DESTROY
    guards = spends(tables, Purpose(move.act.value), by_words=by_words)
    return guards | (words if move.leave is Leave.PERMIT_AND_WORDS else {})


def _said(row: seals.Word) -> Any:  # noqa: ANN401  a value of the solver
    people = [z3.Const(f"{row.role.value}_{place}", world.User) for place in range(row.people)]
    said = z3.And(*(BEFORE.word(row.role)(A, one) for one in people), z3.Distinct(*people) if row.people > 1 else YES)
    if row.role is Role.GIVER:
        return z3.Or(z3.Not(BEFORE.kept(S)), BEFORE.word(Role.GIVER)(A, BEFORE.keeper(S)))
    return z3.Exists(people, said)


def _by_permit(move: seals.Move) -> dict[str, Any]:
    updates: dict[str, Any] = {}
    if move.act is not Act.ACCEPT:
        updates["used"] = only_at("used", A, to=BEFORE.used(A) + 1)
    if move.act is Act.EXTEND:
        updates["last_day"] = only_at("last_day", S, to=LATER)
    if move.act in {Act.CHANGE, Act.EXTEND}:
        is_renewed = world.kind(S) == KIND[SealKind.ELECTRONIC]
        updates["version"] = only_at("version", S, to=z3.If(is_renewed, BEFORE.version(S) + 1, BEFORE.version(S)))
    if move.act is Act.ACCEPT and move.start is SealState.ACTIVE:
        updates["version"] = only_at("version", S, to=BEFORE.version(S) + 1)
    if move.act is Act.ASSIGN:
        updates["unit"] = only_at("unit", S, to=UNIT)
    if move.act in {Act.ACCEPT, Act.HAND_OVER, Act.COVER, Act.COLLECT} and not _is_new_rubber(move):
        updates["kept"] = only_at("kept", S, to=YES)
        receiver = z3.If(BEFORE.word(Role.RECEIVER)(A, R), R, BEFORE.keeper(S))
        updates["keeper"] = only_at("keeper", S, to=receiver)
    return updates


def _is_new_rubber(move: seals.Move) -> bool:
    """Return whether the keeper stays, and only the rubber is another one."""
    return move.act is Act.ACCEPT and move.start is SealState.ACTIVE


def _revokes(act: Act) -> Callable[[Any], Any]:
    """Return what one person's act ends: a resuming under way, or everything but what a loss still needs."""
    resuming = [Purpose.RESUME] if act is Act.SUSPEND else [one for one in Purpose if one not in OUTLIVES_LOSS]

    def update(a: Any) -> Any:  # noqa: ANN401  a value of the solver
        ended = z3.And(BEFORE.about(a) == S, z3.Or(*(BEFORE.purpose(a) == PURPOSE[one] for one in resuming)))
        return z3.Or(BEFORE.revoked(a), ended)

    return update
