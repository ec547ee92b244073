"""Uses at machines: taken off the permit, allowed, told impression by impression, and settled, also of what is lost.

``made`` is what is on paper, whoever knows: a machine that is lost goes on with what it has and tells nobody. The
product settles the uses of a machine in the act that ends it; here each by a step of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.custody import rules as custody
from privyseal.custody.rules import Hand, Says, Word
from privyseal.device.events import Told
from privyseal.devices import rules
from privyseal.devices.rules import Mark, Turned
from tests.proved.proof import Theory, no_others
from tests.proved.world import Action, Frame, World, enumeration

Permit, Machine, Use = (z3.DeclareSort(name) for name in ("PermitAtMachines", "Machine", "UseAtMachine"))
MarkSort, MARK = enumeration(Mark)
HandSort, HAND = enumeration(Hand)
_YES_OR_NO, _NUMBER = z3.BoolSort(), z3.IntSort()
_COUNTS: Final = ("number", "spent", "fired", "committed", "stands", "back", "made")
FRAME: Final = Frame(
    {
        "limit": (Permit, _NUMBER),
        "used": (Permit, _NUMBER),
        "ended": (Machine, _YES_OR_NO),
        **dict.fromkeys(("asked", "allowed", "withdrawn", "over", "closed"), (Use, _YES_OR_NO)),
        "impressions": (Use, _NUMBER),
        "mark": (Use, MarkSort),
        **dict.fromkeys(_COUNTS, (Use, _NUMBER)),
    }
)
BEFORE, AFTER = FRAME.before, FRAME.after
# What a use says for good.
by_permit: Final = z3.Function("permit of a use at a machine", Use, Permit)
machine_of: Final = z3.Function("machine of a use", Use, Machine)

M, P, U = z3.Const("machine", Machine), z3.Const("permit_at_machines", Permit), z3.Const("use_at_machine", Use)
u, v, p = z3.Const("u_at", Use), z3.Const("v_at", Use), z3.Const("p_at", Permit)
COUNT = z3.Int("count_at_machine")
SPEAKS: Final = z3.Const("who speaks", HandSort)
YES, NO = z3.BoolVal(True), z3.BoolVal(False)
_SAYS: Final = {Told.FIRED: Says.FIRE, Told.COMMITTED: Says.COMMIT, Told.RELEASED: Says.RELEASE}
_ADDS: Final = {
    Told.RESERVED: {"spent": 1},
    Told.FIRED: {"fired": 1, "made": 1},
    Told.COMMITTED: {"committed": 1},
    Told.RELEASED: {"spent": -1},
}


@dataclass(frozen=True)
class Tables:
    """The product's tables of impressions at machines: these objects, not a copy."""

    # A picture changes nothing that is counted.
    words: Sequence[Word] = tuple(row for row in custody.WORDS_OF_MACHINES if row.says is not Says.PHOTOGRAPH)
    turned: Sequence[Turned] = rules.TURNED


def steps(tables: Tables) -> list[Action]:
    """Return everything that may happen."""
    words = {row.says: row for row in tables.words}
    return [
        *([_ask(words[Says.RESERVE])] if Says.RESERVE in words else []),
        *(_tell(row, words) for row in tables.turned if row.told is Told.RESERVED or _SAYS[row.told] in words),
        _of_use("allow", {"it is open": _is_open(BEFORE, U)}, {"allowed": YES}),
        _of_use(
            "withdraw",
            {
                "it is open": _is_open(BEFORE, U),
                "it has it": BEFORE.allowed(U),
                "its machine is heard": z3.Not(BEFORE.ended(machine_of(U))),
            },
            {"withdrawn": YES},
        ),
        _of_use("time passes", {}, {"over": YES}),
        _settle(),
        FRAME.action("lose a machine", {}, {"ended": FRAME.only_at("ended", M, to=YES)}),
        _settle_unheard(),
        _of_use(
            "a lost machine stamps",
            {
                "it is lost": BEFORE.ended(machine_of(U)),
                "it was open then": z3.Or(z3.Not(BEFORE.closed(U)), BEFORE.stands(U) > BEFORE.fired(U)),
                "its ticket lets it": BEFORE.made(U) < _most(BEFORE, U),
            },
            {"made": BEFORE.made(U) + 1},
        ),
        FRAME.action(
            "allow more", {"more": COUNT >= 0}, {"limit": FRAME.only_at("limit", P, to=BEFORE.limit(P) + COUNT)}
        ),
    ]


def _of_use(name: str, guards: Mapping[str, Any], then: Mapping[str, Any]) -> Action:
    return FRAME.action(name, guards, {key: FRAME.only_at(key, U, to=value) for key, value in then.items()})


def _is_open(w: World, use: Any) -> Any:  # noqa: ANN401  values of the solver
    return z3.And(w.asked(use), z3.Not(w.closed(use)))


def _most(w: World, use: Any) -> Any:  # noqa: ANN401  values of the solver
    """Return how many a machine can have made that is heard no more."""
    most = z3.If(w.withdrawn(use), w.spent(use), w.impressions(use))
    return z3.If(w.allowed(use), most, z3.IntVal(0))


def _by(word: Word) -> Any:  # noqa: ANN401  a value of the solver
    return z3.Or(*(HAND[hand] == SPEAKS for hand in word.by))


def _ask(word: Word) -> Action:
    permit = by_permit(U)
    fresh: dict[str, Any] = dict.fromkeys(_COUNTS, z3.IntVal(0))
    fresh |= {"asked": YES, "impressions": COUNT, "mark": MARK[Mark.NONE]}
    fresh |= dict.fromkeys(("allowed", "withdrawn", "over", "closed"), NO)
    updates = {name: FRAME.only_at(name, U, to=value) for name, value in fresh.items()}
    return FRAME.action(
        "ask",
        {
            "whose word it is": _by(word),
            "a new use": z3.Not(BEFORE.asked(U)),
            "at least one": COUNT >= 1,
            "as many are left": BEFORE.used(permit) + COUNT <= BEFORE.limit(permit),
            "its machine is there": z3.Not(BEFORE.ended(machine_of(U))),
            "no use of it is open": z3.ForAll([v], z3.Not(z3.And(_is_open(BEFORE, v), by_permit(v) == permit))),
        },
        updates | {"used": FRAME.only_at("used", permit, to=BEFORE.used(permit) + COUNT)},
    )


def _tell(row: Turned, words: Mapping[Says, Word]) -> Action:
    """Let a machine tell how far an impression is."""
    is_first = row.start is Mark.NONE
    guards: dict[str, Any] = {
        "it is open": _is_open(BEFORE, U),
        "it has it": BEFORE.allowed(U),
        "its machine is heard": z3.Not(BEFORE.ended(machine_of(U))),
        f"it is {row.start or 'none'}": BEFORE.mark(U) == MARK[row.start],
        "of this impression": BEFORE.number(U) < COUNT if is_first else BEFORE.number(U) == COUNT,
        "whose word it is": _by(words[_SAYS[row.told]]) if row.told in _SAYS else HAND[Hand.MACHINE] == SPEAKS,
    }
    if row.end is Mark.RESERVED:
        guards["some are left"] = BEFORE.spent(U) < BEFORE.impressions(U)
    then: dict[str, Any] = {"mark": MARK[row.end], "number": COUNT}
    then |= {name: BEFORE.function(name)(U) + n for name, n in _ADDS[row.told].items()}
    return _of_use(f"tell {row.told}", guards, then)


def _settle() -> Action:
    none_more = z3.Or(BEFORE.committed(U) >= BEFORE.impressions(U), BEFORE.over(U), BEFORE.withdrawn(U))
    guards = {
        "it is open": _is_open(BEFORE, U),
        "its machine is heard": z3.Not(BEFORE.ended(machine_of(U))),
        "nothing is under way": BEFORE.mark(U) == MARK[Mark.NONE],
        "nothing more comes": none_more,
    }
    return _settled("settle", guards, BEFORE.fired(U))


def _settle_unheard() -> Action:
    guards = {"it is open": _is_open(BEFORE, U), "its machine is lost": BEFORE.ended(machine_of(U))}
    return _settled("settle what is heard no more", guards, _most(BEFORE, U))


def _settled(name: str, guards: Mapping[str, Any], stands: Any) -> Action:  # noqa: ANN401  a value of the solver
    permit, back = by_permit(U), BEFORE.impressions(U) - stands
    then = {"closed": YES, "stands": stands, "back": back}
    updates = {key: FRAME.only_at(key, U, to=value) for key, value in then.items()}
    return FRAME.action(name, guards, updates | {"used": FRAME.only_at("used", permit, to=BEFORE.used(permit) - back)})


@cache
def always(w: World) -> Mapping[str, z3.BoolRef]:
    """Return what holds in every state. A name is an invariant of docs/invariants.md, and which part of it."""
    under_way = w.mark(u) != MARK[Mark.NONE]
    lost = w.ended(machine_of(u))

    def of_use(what: z3.BoolRef) -> z3.BoolRef:
        return z3.ForAll([u], z3.Implies(w.asked(u), what))

    return {
        "T5 never more than allowed": z3.ForAll([p], w.used(p) <= w.limit(p)),
        "T5 all that is on paper was taken": of_use(
            w.made(u) <= z3.If(w.closed(u), w.stands(u), z3.If(lost, _most(w, u), w.spent(u)))
        ),
        "T5 what stands was told, or is all that could be": of_use(
            z3.Implies(w.closed(u), z3.Or(w.stands(u) == w.fired(u), w.stands(u) == _most(w, u)))
        ),
        "T5 an impression stands or goes back": of_use(
            z3.If(w.closed(u), w.stands(u) + w.back(u) == w.impressions(u), w.stands(u) + w.back(u) == 0)
        ),
        "T5 no count is below nothing": of_use(
            z3.And(w.stands(u) >= 0, w.back(u) >= 0, w.made(u) >= 0, w.fired(u) >= 0)
        ),
        "T25 something is taken": of_use(w.impressions(u) >= 1),
        "T25 all that was told stands": of_use(z3.Implies(w.closed(u), w.stands(u) >= w.fired(u))),
        "T25 no more is told than was taken": of_use(
            z3.And(
                w.spent(u) <= w.impressions(u),
                w.fired(u) + z3.If(w.mark(u) == MARK[Mark.RESERVED], 1, 0) == w.spent(u),
                w.committed(u) + z3.If(w.mark(u) == MARK[Mark.FIRED], 1, 0) == w.fired(u),
            )
        ),
        "T25 what no machine has makes nothing": of_use(
            z3.Implies(z3.Not(w.allowed(u)), z3.And(w.spent(u) == 0, z3.Not(w.withdrawn(u)), z3.Not(under_way)))
        ),
        "T25 where it is heard, it tells of each": of_use(z3.Implies(z3.Not(lost), w.made(u) == w.fired(u))),
        "T25 what is closed has nothing under way, or is lost": of_use(
            z3.Implies(
                z3.And(w.closed(u), z3.Not(lost)),
                z3.And(z3.Not(under_way), z3.Or(w.over(u), w.withdrawn(u), w.committed(u) >= w.impressions(u))),
            )
        ),
        "T25 one use of a permit is open": z3.ForAll(
            [u, v], z3.Implies(z3.And(_is_open(w, u), _is_open(w, v), by_permit(u) == by_permit(v)), u == v)
        ),
    }


@cache
def at_every_step() -> Mapping[str, z3.BoolRef]:
    """Return what holds between a state and the next."""
    taken = z3.And(AFTER.asked(u), z3.Not(BEFORE.asked(u)))
    settled = z3.And(BEFORE.asked(u), z3.Not(BEFORE.closed(u)), AFTER.closed(u))
    counts = ("spent", "fired", "committed", "number", "mark")
    told = z3.Or(*(AFTER.function(name)(u) != BEFORE.function(name)(u) for name in counts))
    permit = by_permit(u)
    return {
        "T5 what is taken comes off the permit": z3.ForAll(
            [u], z3.Implies(taken, AFTER.used(permit) == BEFORE.used(permit) + AFTER.impressions(u))
        ),
        "T5 what was not made goes back to it": z3.ForAll(
            [u], z3.Implies(settled, AFTER.used(permit) == BEFORE.used(permit) - AFTER.back(u))
        ),
        "T5 nothing else comes off or goes back": z3.ForAll(
            [p],
            z3.Implies(AFTER.used(p) != BEFORE.used(p), z3.Exists([u], z3.And(z3.Or(taken, settled), permit == p))),
        ),
        "T25 asked for by a person, of a machine that is there": z3.ForAll(
            [u], z3.Implies(taken, z3.And(HAND[Hand.OPERATOR] == SPEAKS, z3.Not(BEFORE.ended(machine_of(u)))))
        ),
        "T25 counted by the machine alone, while it is heard and has leave": z3.ForAll(
            [u],
            z3.Implies(
                z3.And(BEFORE.asked(u), told),
                z3.And(
                    HAND[Hand.MACHINE] == SPEAKS,
                    z3.Not(BEFORE.ended(machine_of(u))),
                    _is_open(BEFORE, u),
                    BEFORE.allowed(u),
                ),
            ),
        ),
        "T25 of what is settled nothing is allowed": z3.ForAll(
            [u],
            z3.Implies(z3.And(BEFORE.asked(u), AFTER.allowed(u) != BEFORE.allowed(u)), _is_open(BEFORE, u)),
        ),
        "T25 no number comes again": z3.ForAll(
            [u],
            z3.Implies(z3.And(BEFORE.asked(u), AFTER.spent(u) > BEFORE.spent(u)), AFTER.number(u) > BEFORE.number(u)),
        ),
        "T25 of one impression nothing is told by another number": z3.ForAll(
            [u],
            z3.Implies(z3.And(BEFORE.asked(u), BEFORE.mark(u) != MARK[Mark.NONE]), AFTER.number(u) == BEFORE.number(u)),
        ),
        "T25 what is settled stays so": z3.ForAll(
            [u],
            z3.Implies(
                z3.And(BEFORE.asked(u), BEFORE.closed(u)),
                z3.And(
                    *(
                        AFTER.function(name)(u) == BEFORE.function(name)(u)
                        for name in ("closed", "stands", "back", "fired")
                    )
                ),
            ),
        ),
    }


a_use: Final = z3.Const("this_use_at_a_machine", Use)


@cache
def ways() -> Mapping[str, z3.BoolRef]:
    """Return steps that somebody can always come to take, by name."""
    x = a_use
    closes = z3.And(BEFORE.asked(x), z3.Not(BEFORE.closed(x)), AFTER.closed(x))
    is_lost = BEFORE.ended(machine_of(x))
    return {
        "several are asked for": z3.And(AFTER.asked(x), z3.Not(BEFORE.asked(x)), AFTER.impressions(x) > 1),
        "one more is reserved": z3.And(BEFORE.asked(x), AFTER.spent(x) > BEFORE.spent(x)),
        "the last is made": z3.And(AFTER.fired(x) > BEFORE.fired(x), AFTER.fired(x) == AFTER.impressions(x)),
        "one is settled": z3.And(BEFORE.asked(x), AFTER.committed(x) > BEFORE.committed(x)),
        "a jam goes back": z3.And(BEFORE.asked(x), AFTER.spent(x) < BEFORE.spent(x)),
        "all were made": z3.And(closes, z3.Not(is_lost), AFTER.back(x) == 0),
        "the rest goes back": z3.And(closes, z3.Not(is_lost), AFTER.back(x) > 0, AFTER.stands(x) > 0),
        "none was made": z3.And(closes, z3.Not(is_lost), AFTER.stands(x) == 0),
        "of a lost one nothing goes back": z3.And(
            closes, is_lost, AFTER.stands(x) > BEFORE.made(x), AFTER.back(x) == 0
        ),
        "of a lost one goes back what it never had": z3.And(closes, is_lost, AFTER.stands(x) == 0),
        "a lost one stamps on": z3.And(is_lost, BEFORE.closed(x), AFTER.made(x) > BEFORE.made(x)),
    }


def nothing_yet(w: World) -> list[z3.BoolRef]:
    """Say that nothing has happened."""
    return [z3.ForAll([u], z3.Not(w.asked(u))), z3.ForAll([p], z3.And(w.used(p) == 0, w.limit(p) >= 0))]


def _weaker_word(row: Word) -> Iterator[Word]:
    """Let somebody else say it too."""
    for hand in (Hand.OPERATOR, Hand.SUPERVISOR, Hand.MACHINE):
        if hand not in row.by:
            yield replace(row, by=(*row.by, hand))


MACHINES: Final = Theory(
    FRAME, Tables(), steps, always, at_every_step, ways, nothing_yet, {"words": _weaker_word}, no_others
)
