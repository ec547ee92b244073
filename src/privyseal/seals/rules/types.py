"""Types of seal that a group names itself: each is a built-in type under a name of its own, and never looser."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from privyseal.identity.rules import Office
from privyseal.kernel.errors import Refused
from privyseal.seals.rules.life import SealKind, SealType, check_kind


class TypeNotFitting(Refused):
    """The type is retired, of another group, like another built-in one, or for the other kind of seal alone."""

    code = "type-not-fitting"


class TypeOfOtherLevel(Refused):
    """Seals of this type belong to a unit, or else to the company itself."""

    code = "type-of-other-level"


class TypeNameTaken(Refused):
    code = "type-name-taken"


class Level(StrEnum):
    """Whose seals a type is for: the company's own, or a unit's."""

    COMPANY = "company"
    UNIT = "unit"


USUAL_PREFIX: Final = "S"


@dataclass(frozen=True, slots=True)
class OwnRule:
    """What a type of one's own says beyond the built-in one that it is like; it can only ask for more.

    ``kind`` is the one kind in which it exists, None for both; whoever holds a post of ``barred`` keeps none.
    ``level`` says whose they are, None for either.
    """

    like: SealType
    kind: SealKind | None = None
    barred: frozenset[Office] = frozenset()
    level: Level | None = None


def check_own_rule(own: OwnRule) -> None:
    """Return if there can be such a type, or refuse: what stamps nothing is never electronic."""
    if own.kind is not None:
        check_kind(own.kind, own.like)


def check_fits(own: OwnRule, *, type: SealType, kind: SealKind, company: int, within: Collection[int]) -> None:  # noqa: A002  the design's word for it
    """Return if a seal of this built-in type and kind may bear it; ``within`` are the companies of its group."""
    if own.like is not type or own.kind not in {None, kind} or company not in within:
        raise TypeNotFitting(type=type.value, kind=kind.value)


def check_level(level: Level | None, *, has_unit: bool) -> None:
    """Return if a seal of this level may belong to a unit, or to the company itself, or refuse."""
    if level not in {None, Level.UNIT if has_unit else Level.COMPANY}:
        raise TypeOfOtherLevel(level=str(level))


def numbered(count: int, *, prefix: str) -> str:
    """Return the number of the installation's seal so many; the digits are one sequence, whatever stands before them."""
    return f"{prefix or USUAL_PREFIX}{count:05d}"
