"""A rubber seal in people's hands, as guards and changes read off the tables of ``custody.rules``.

What others do meanwhile is any change at all: another keeper, a permit that ends or is prolonged, people who leave.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals.rules import KEPT_APART, Part
from privyseal.custody import rules as custody
from privyseal.custody.rules import Hand, How, Phase, Says
from tests.proved.world import ACTOR, Action, Frame, Seal, User, World, enumeration

Permit, Out, Turn = (z3.DeclareSort(name) for name in ("Permit", "Out", "Turn"))
PhaseSort, PHASE = enumeration(Phase)
_YES_OR_NO, _NUMBER = z3.BoolSort(), z3.IntSort()
FRAME: Final = Frame(
    {
        "keeper": (Seal, User),
        "mounted": (Seal, _YES_OR_NO),  # a machine stamps with it, or is to, as two agreed
        "may_keep": (User, _YES_OR_NO),
        "there": (User, _YES_OR_NO),
        "allowed": (Permit, User, _YES_OR_NO),
        "runs": (Permit, _YES_OR_NO),  # everything that is asked of a permit when it is spent holds now
        "limit": (Permit, _NUMBER),
        "used": (Permit, _NUMBER),
        "asked": (Out, _YES_OR_NO),
        "by_permit": (Out, Permit),
        "operator": (Out, User),
        **{f"said_{hand.value}": (Out, _YES_OR_NO) for hand in custody.CONFIRM},
        **{f"is_{hand.value}": (Out, User) for hand in custody.CONFIRM},
        "ended": (Out, _YES_OR_NO),
        "returned": (Out, _YES_OR_NO),
        "taken": (Turn, _YES_OR_NO),
        "turn_of": (Turn, Out),
        "phase": (Turn, PhaseSort),
        **dict.fromkeys(("reserved", "made", "counted", "stands", "back"), (Turn, _NUMBER)),
    }
)
BEFORE, AFTER = FRAME.before, FRAME.after
# What a permit says for good.
seal_of: Final = z3.Function("seal_of", Permit, Seal)
applicant: Final = z3.Function("applicant", Permit, User)
holder: Final = z3.Function("holder", Permit, User, _YES_OR_NO)
watcher: Final = z3.Function("watcher", Permit, User, _YES_OR_NO)

O, O2 = z3.Consts("out other_out", Out)  # noqa: E741  the first letter of its sort, as elsewhere
P = z3.Const("permit", Permit)
T, T2 = z3.Consts("turn other_turn", Turn)
S, U = z3.Const("seal", Seal), z3.Const("person", User)
COUNT = z3.Int("count")
YES, NO = z3.BoolVal(True), z3.BoolVal(False)
Guards = dict[str, Any]
_BY_KEPT_APART: Final = {Part.APPLICANT: Hand.APPLICANT, Part.CUSTODIAN: Hand.KEEPER, Part.WITNESS: Hand.SUPERVISOR}


@dataclass(frozen=True)
class Tables:
    """The product's tables of acts by hand: these objects, not a copy."""

    apart: Sequence[frozenset[Hand]] = custody.HANDS_APART
    confirm: Sequence[Hand] = custody.CONFIRM
    # A picture changes nothing that is counted.
    words: Sequence[custody.Word] = tuple(row for row in custody.WORDS if row.says is not Says.PHOTOGRAPH)
    steps: Sequence[custody.Step] = custody.STEPS


def steps(tables: Tables) -> list[Action]:
    """Return everything that may happen."""
    words = {(row.how, row.says): row for row in tables.words}
    said = {says: words[How.BY_HAND, says] for says in Says if (How.BY_HAND, says) in words}
    return [
        begin(),
        *(confirm(tables, hand) for hand in tables.confirm),
        *([reserve(tables, said[Says.RESERVE])] if Says.RESERVE in said else []),
        *(_BECOMES[row.says](row, said[row.says]) for row in tables.steps if row.says in said),
        end(),
        finish(),
        put_back(),
        allow_more(),
        FRAME.action("hand the seal to another", {}, {"keeper": FRAME.only_at("keeper", S, to=U)}),
        FRAME.action(
            "mount",
            {"it is in nobody's hand": z3.ForAll([O2], z3.Not(_is_out(O2, S)))},
            {"mounted": FRAME.only_at("mounted", S, to=YES)},
        ),
        FRAME.action("take out of a machine", {}, {"mounted": FRAME.only_at("mounted", S, to=NO)}),
        others_act(),
    ]


def is_settled(w: World, turn: Any) -> Any:  # noqa: ANN401  values of the solver
    return z3.Or(w.phase(turn) == PHASE[Phase.COMMITTED], w.phase(turn) == PHASE[Phase.RELEASED])


def waits(w: World, turn: Any, use: Any) -> Any:  # noqa: ANN401  values of the solver
    """Say that nobody has said yet what became of this turn of the use."""
    return z3.And(w.taken(turn), w.turn_of(turn) == use, z3.Not(is_settled(w, turn)))


def said(w: World, hand: Hand, use: Any) -> Any:  # noqa: ANN401  values of the solver
    return w.function(f"said_{hand.value}")(use)


def who(w: World, hand: Hand, use: Any) -> Any:  # noqa: ANN401  values of the solver
    return w.function(f"is_{hand.value}")(use)


def is_hand(w: World, hand: Hand, use: Any, person: Any) -> Any:  # noqa: ANN401  values of the solver
    """Say that the person is this to the use now."""
    permit = w.by_permit(use)
    return {
        Hand.OPERATOR: w.operator(use) == person,
        Hand.APPLICANT: applicant(permit) == person,
        Hand.APPROVER: w.allowed(permit, person),
        Hand.KEEPER: z3.And(said(w, Hand.KEEPER, use), who(w, Hand.KEEPER, use) == person),
        Hand.SUPERVISOR: z3.And(said(w, Hand.SUPERVISOR, use), who(w, Hand.SUPERVISOR, use) == person),
    }[hand]


def none_waits(use: Any) -> Any:  # noqa: ANN401  values of the solver
    return z3.ForAll([T2], z3.Not(waits(BEFORE, T2, use)))


def begin() -> Action:
    fresh: dict[str, Any] = {"asked": YES, "by_permit": P, "operator": ACTOR, "ended": NO, "returned": NO}
    fresh |= {f"said_{hand.value}": NO for hand in custody.CONFIRM}
    return FRAME.action(
        "ask for the seal",
        {
            "by its holder": holder(P, ACTOR),
            "no machine stamps with it": z3.Not(BEFORE.mounted(seal_of(P))),
            "the permit runs": BEFORE.runs(P),
            "no use of it is open": z3.ForAll(
                [O2], z3.Implies(z3.And(BEFORE.asked(O2), BEFORE.by_permit(O2) == P), BEFORE.ended(O2))
            ),
            "a new use": z3.Not(BEFORE.asked(O)),
        },
        {name: FRAME.only_at(name, O, to=value) for name, value in fresh.items()},
    )


def confirm(tables: Tables, hand: Hand) -> Action:
    """Give one's word as keeper, who gives the seal out, or as supervisor."""
    permit = BEFORE.by_permit(O)
    guards: Guards = {
        "it was asked for": BEFORE.asked(O),
        "it has not ended": z3.Not(BEFORE.ended(O)),
        "the permit runs": BEFORE.runs(permit),
        "not said before": z3.Not(said(BEFORE, hand, O)),
        "no machine stamps with it": z3.Not(BEFORE.mounted(seal_of(permit))),
        **{
            f"apart: {hand} {other}": z3.Not(is_hand(BEFORE, other, O, ACTOR))
            for other in Hand
            if frozenset({hand, other}) in tables.apart
        },
    }
    if hand is Hand.KEEPER:
        guards["by who keeps it"] = BEFORE.keeper(seal_of(permit)) == ACTOR
        guards["the seal is in its place"] = z3.ForAll([O2], z3.Not(_is_out(O2, seal_of(permit))))
    else:
        guards["by whom the permit names"] = watcher(permit, ACTOR)
    updates = {f"said_{hand.value}": YES, f"is_{hand.value}": ACTOR}
    return FRAME.action(
        f"confirm as {hand}", guards, {name: FRAME.only_at(name, O, to=value) for name, value in updates.items()}
    )


def _is_out(use: Any, seal: Any) -> Any:  # noqa: ANN401  values of the solver
    given = z3.And(BEFORE.asked(use), said(BEFORE, Hand.KEEPER, use), z3.Not(BEFORE.returned(use)))
    return z3.And(given, seal_of(BEFORE.by_permit(use)) == seal)


def reserve(tables: Tables, word: custody.Word) -> Action:
    """Take impressions off the permit, with everybody there who is to be."""
    permit = BEFORE.by_permit(O)
    keeper, supervisor = (who(BEFORE, hand, O) for hand in (Hand.KEEPER, Hand.SUPERVISOR))
    fresh: dict[str, Any] = {
        "taken": YES, "turn_of": O, "phase": PHASE[Phase.RESERVED], "reserved": COUNT,
        "made": z3.IntVal(0), "counted": z3.IntVal(0), "stands": z3.IntVal(0), "back": z3.IntVal(0),
    }  # fmt: skip
    return FRAME.action(
        "reserve",
        {
            "it was asked for": BEFORE.asked(O),
            "it has not ended": z3.Not(BEFORE.ended(O)),
            "whose word it is": _by(word, O),
            **{f"{hand} has confirmed": said(BEFORE, hand, O) for hand in tables.confirm},
            "the same keeper": BEFORE.keeper(seal_of(permit)) == keeper,
            "who may still keep it": BEFORE.may_keep(keeper),
            "the supervisor is still there": BEFORE.there(supervisor),
            "no turn is open": none_waits(O),
            "the permit runs": BEFORE.runs(permit),
            "at least one": COUNT >= 1,
            "as many are left": BEFORE.used(permit) + COUNT <= BEFORE.limit(permit),
            "a new turn": z3.Not(BEFORE.taken(T)),
        },
        {name: FRAME.only_at(name, T, to=value) for name, value in fresh.items()}
        | {"used": FRAME.only_at("used", permit, to=BEFORE.used(permit) + COUNT)},
    )


def _by(word: custody.Word, use: Any) -> Any:  # noqa: ANN401  values of the solver
    return z3.Or(*(is_hand(BEFORE, hand, use, ACTOR) for hand in word.by))


def _guards_of_a_turn(row: custody.Step, word: custody.Word) -> Guards:
    return {
        "it was taken": BEFORE.taken(T),
        f"it is {row.start}": BEFORE.phase(T) == PHASE[row.start],
        "whose word it is": _by(word, BEFORE.turn_of(T)),
    }


def _within() -> Any:  # noqa: ANN401  a value of the solver
    return z3.And(COUNT >= 0, BEFORE.reserved(T) >= COUNT)


def fire(row: custody.Step, word: custody.Word) -> Action:
    updates: dict[str, Any] = {"phase": PHASE[row.end], "made": COUNT}
    return FRAME.action(
        "fire",
        _guards_of_a_turn(row, word) | {"as many as were taken at most": _within()},
        {name: FRAME.only_at(name, T, to=value) for name, value in updates.items()},
    )


def commit(row: custody.Step, word: custody.Word) -> Action:
    """Count for oneself: the higher count stands, the rest goes back."""
    stands = z3.If(BEFORE.made(T) > COUNT, BEFORE.made(T), COUNT)
    updates = {"phase": PHASE[row.end], "counted": COUNT, "stands": stands, "back": BEFORE.reserved(T) - stands}
    return FRAME.action(
        "commit",
        _guards_of_a_turn(row, word) | {"as many as were taken at most": _within()},
        {name: FRAME.only_at(name, T, to=value) for name, value in updates.items()}
        | _given_back(BEFORE.reserved(T) - stands),
    )


def release(row: custody.Step, word: custody.Word) -> Action:
    updates = {"phase": PHASE[row.end], "back": BEFORE.reserved(T)}
    return FRAME.action(
        "release",
        _guards_of_a_turn(row, word),
        {name: FRAME.only_at(name, T, to=value) for name, value in updates.items()} | _given_back(BEFORE.reserved(T)),
    )


def _given_back(impressions: Any) -> dict[str, Any]:  # noqa: ANN401  values of the solver
    """Give impressions back; where the permit is used up then, its use ends."""
    use = BEFORE.turn_of(T)
    permit = BEFORE.by_permit(use)
    used = BEFORE.used(permit) - impressions
    is_over = z3.Or(BEFORE.ended(use), used == BEFORE.limit(permit))
    return {"used": FRAME.only_at("used", permit, to=used), "ended": FRAME.only_at("ended", use, to=is_over)}


_BECOMES: Final[dict[Says, Callable[[custody.Step, custody.Word], Action]]] = {
    Says.FIRE: fire,
    Says.COMMIT: commit,
    Says.RELEASE: release,
}


def end() -> Action:
    hands = [is_hand(BEFORE, hand, O, ACTOR) for hand in (Hand.OPERATOR, Hand.KEEPER, Hand.SUPERVISOR)]
    keeps = BEFORE.keeper(seal_of(BEFORE.by_permit(O))) == ACTOR
    return FRAME.action(
        "end",
        {
            "it was asked for": BEFORE.asked(O),
            "by whoever has a hand in it": z3.Or(*hands, keeps),
            "no turn is open": none_waits(O),
        },
        {"ended": FRAME.only_at("ended", O, to=YES)},
    )


def finish() -> Action:
    return FRAME.action(
        "finish by time",
        {
            "it was asked for": BEFORE.asked(O),
            "the permit is over": z3.Not(BEFORE.runs(BEFORE.by_permit(O))),
            "no turn is open": none_waits(O),
        },
        {"ended": FRAME.only_at("ended", O, to=YES)},
    )


def put_back() -> Action:
    return FRAME.action(
        "put back",
        {
            "it was asked for": BEFORE.asked(O),
            "it has ended": BEFORE.ended(O),
            "the seal was given out": said(BEFORE, Hand.KEEPER, O),
            "by who keeps it": BEFORE.keeper(seal_of(BEFORE.by_permit(O))) == ACTOR,
        },
        {"returned": FRAME.only_at("returned", O, to=YES)},
    )


def allow_more() -> Action:
    """Prolong a permit, or add to it, by another approver: whoever has no hand in any use of it."""
    kept_apart = {hand for part, hand in _BY_KEPT_APART.items() if frozenset({part, Part.APPROVER}) in KEPT_APART}
    uses = [BEFORE.asked(O2), BEFORE.by_permit(O2) == P]
    guards = {
        f"apart: approver {hand}": z3.ForAll([O2], z3.Not(z3.And(*uses, is_hand(BEFORE, hand, O2, U))))
        for hand in (Hand.KEEPER, Hand.SUPERVISOR)
        if hand in kept_apart
    }
    return FRAME.action(
        "allow more",
        {**guards, "more than nothing": COUNT >= 0},
        {
            "allowed": FRAME.only_at("allowed", P, U, to=YES),
            "limit": FRAME.only_at("limit", P, to=BEFORE.limit(P) + COUNT),
        },
    )


def others_act() -> Action:
    """Let anything happen to people and permits: seals stop and wake, powers come and go, people leave, time passes."""
    then = {name: z3.Function(f"{name} then", sort, _YES_OR_NO) for name, sort in _OF_OTHERS.items()}
    return FRAME.action("others act", {}, dict(then))


_OF_OTHERS: Final = {"runs": Permit, "may_keep": User, "there": User}
