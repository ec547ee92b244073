"""Types of seal that a group names itself: each is a built-in type under a name of its own, and never looser."""

from collections.abc import Collection
from dataclasses import dataclass

from privyseal.identity.rules import Office
from privyseal.kernel.errors import Refused
from privyseal.seals.rules.life import SealKind, SealType, check_kind


class TypeNotFitting(Refused):
    """The type is retired, of another group, like another built-in one, or for the other kind of seal alone."""

    code = "type-not-fitting"


class TypeNameTaken(Refused):
    code = "type-name-taken"


@dataclass(frozen=True, slots=True)
class OwnRule:
    """What a type of one's own says beyond the built-in one that it is like; it can only ask for more.

    ``kind`` is the one kind in which it exists, None for both; whoever holds a post of ``barred`` keeps none.
    """

    like: SealType
    kind: SealKind | None
    barred: frozenset[Office]


def check_own_rule(own: OwnRule) -> None:
    """Return if there can be such a type, or refuse: what stamps nothing is never electronic."""
    if own.kind is not None:
        check_kind(own.kind, own.like)


def check_fits(own: OwnRule, *, type: SealType, kind: SealKind, company: int, within: Collection[int]) -> None:  # noqa: A002  the design's word for it
    """Return if a seal of this built-in type and kind may bear it; ``within`` are the companies of its group."""
    if own.like is not type or own.kind not in {None, kind} or company not in within:
        raise TypeNotFitting(type=type.value, kind=kind.value)
