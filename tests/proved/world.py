"""The world that is reasoned about: people, companies and seals in any number, and how a step may change them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import z3  # type: ignore[import-untyped]  # the library ships no types

from privyseal.approvals.rules import Part, State
from privyseal.identity.rules import Power
from privyseal.seals.rules import Role, SealKind, SealState
from privyseal.seals.rules.incidents import Tie
from privyseal.signer.statement import Purpose

# Sorts without a size: whatever is proved holds for any number of them.
User, Company, Seal, Application, Grant, Use, Document, Unit = (
    z3.DeclareSort(name) for name in ("User", "Company", "Seal", "Application", "Grant", "Use", "Document", "Unit")
)


def enumeration(kind: type[StrEnum]) -> tuple[Any, dict[Any, Any]]:
    sort, constants = z3.EnumSort(kind.__name__, [f"{kind.__name__}.{member.name}" for member in kind])
    return sort, dict(zip(kind, constants, strict=True))


PowerSort, POWER = enumeration(Power)
SealStateSort, SEAL_STATE = enumeration(SealState)
KindSort, KIND = enumeration(SealKind)
StateSort, STATE = enumeration(State)
PurposeSort, PURPOSE = enumeration(Purpose)
NOWHERE: Final = z3.Const("nowhere", Company)
_YES_OR_NO, _NUMBER = z3.BoolSort(), z3.IntSort()

# Each relation or function of the world, with the sorts it goes over and the sort it gives.
SHAPE: Final[Mapping[str, tuple[Any, ...]]] = {
    "given": (Grant, _YES_OR_NO),  # held or coming: neither ended nor run out
    "in_force": (Grant, _YES_OR_NO),
    "person": (Grant, User),
    "power": (Grant, PowerSort),
    "where": (Grant, Company),
    "author": (Grant, User),
    "confirmer": (Grant, User),
    "seated": (Grant, _YES_OR_NO),  # given by the ceremony, in which nobody grants and nobody confirms
    "seal_state": (Seal, SealStateSort),
    "version": (Seal, _NUMBER),
    "unit": (Seal, Unit),
    "last_day": (Seal, _NUMBER),
    "kept": (Seal, _YES_OR_NO),
    "keeper": (Seal, User),
    "opened": (Application, _YES_OR_NO),
    "purpose": (Application, PurposeSort),
    "about": (Application, Seal),
    "state": (Application, StateSort),
    "document": (Application, Document),
    "impressions": (Application, _NUMBER),
    "starts": (Application, _NUMBER),
    "expires": (Application, _NUMBER),
    "used": (Application, _NUMBER),
    "revoked": (Application, _YES_OR_NO),
    "yes": (Application, User, _YES_OR_NO),
    **{f"part_{part.value}": (Application, User, _YES_OR_NO) for part in Part},
    **{f"word_{role.value}": (Application, User, _YES_OR_NO) for role in Role},
    "done": (Use, _YES_OR_NO),
    "by_permit": (Use, Application),
    "pressed_by": (Use, User),
    "bore": (Use, Document),
    "now": (_NUMBER,),
}
# What is so for good.
owner: Final = z3.Function("owner", Seal, Company)
kind: Final = z3.Function("kind", Seal, KindSort)
# Whose hands a seal is in is no matter here: it may be anybody's.
has_it: Final = {tie: z3.Function(f"has_it_as_{tie.value}", Seal, User, _YES_OR_NO) for tie in Tie}

# The authority outside has taken back the certificate that the seal has in this moment, whichever that is.
taken_back: Final = z3.Function("taken_back", Seal, _YES_OR_NO)


class World:
    """One state: each name of a shape as a function."""

    def __init__(self, shape: Mapping[str, tuple[Any, ...]], mark: str) -> None:
        self._functions: dict[str, Any] = {name: z3.Function(f"{name}{mark}", *sorts) for name, sorts in shape.items()}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  a value of the solver
        return self._functions[name]

    def part(self, part: Part) -> Any:  # noqa: ANN401  a value of the solver
        return self._functions[f"part_{part.value}"]

    def word(self, role: Role) -> Any:  # noqa: ANN401  a value of the solver
        return self._functions[f"word_{role.value}"]

    def function(self, name: str) -> Any:  # noqa: ANN401  a value of the solver
        return self._functions[name]

    def holds(self, person: Any, power: Power, where: Any = NOWHERE) -> Any:  # noqa: ANN401  values of the solver
        """Say that the person holds the power there, in force."""
        grant = z3.Const(f"held_{power.value}", Grant)
        held = [self.in_force(grant), self.person(grant) == person, self.power(grant) == POWER[power]]
        return z3.Exists([grant], z3.And(*held, self.where(grant) == where))


ACTOR: Final = z3.Const("actor", User)


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """What somebody may do: where all guards hold, the world changes so, and in nothing else."""

    name: str
    guards: Mapping[str, Any]
    effect: Sequence[Any]

    def without(self, guard: str) -> "Action":
        return replace(self, guards={name: said for name, said in self.guards.items() if name != guard})

    def happens(self) -> list[Any]:
        return [*self.guards.values(), *self.effect]

    def is_as(self, other: "Action") -> bool:
        """Return whether both say the same; equal terms are one object to the solver."""
        mine, theirs = ([said.get_id() for said in one.happens()] for one in (self, other))
        return mine == theirs


class Frame:
    """A state and the next over one shape: an action changes what it says, and leaves the rest as it was."""

    def __init__(self, shape: Mapping[str, tuple[Any, ...]]) -> None:
        self.before, self.after = World(shape, ""), World(shape, "'")
        self._shape = shape
        self._as_it_was = {name: self._becomes(name, self.before.function(name)) for name in shape}

    def action(self, name: str, guards: Mapping[str, Any], updates: Mapping[str, Callable[..., Any]]) -> Action:
        then = {known: self._becomes(known, update) for known, update in updates.items()}
        return Action(name, guards, [then.get(known, same) for known, same in self._as_it_was.items()])

    def only_at(self, name: str, *key: Any, to: Any) -> Callable[..., Any]:  # noqa: ANN401  values of the solver
        """Return the update that changes the function at this key alone."""

        def update(*at: Any) -> Any:  # noqa: ANN401  values of the solver
            here = z3.And(*(one == other for one, other in zip(at, key, strict=True)))
            return z3.If(here, to, self.before.function(name)(*at))

        return update

    def _becomes(self, name: str, update: Callable[..., Any]) -> Any:  # noqa: ANN401  a value of the solver
        *over, _ = self._shape[name]
        at = [z3.Const(f"{name}_{place}", sort) for place, sort in enumerate(over)]
        said = self.after.function(name)(*at) == update(*at)
        return z3.ForAll(at, said) if at else said


FRAME: Final = Frame(SHAPE)
BEFORE, AFTER = FRAME.before, FRAME.after
action, only_at = FRAME.action, FRAME.only_at
