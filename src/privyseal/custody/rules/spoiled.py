"""Impressions that went wrong: who says so, who takes the page in, how many are made anew. A rule is a row."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from privyseal.custody.rules import Hand, Phase
from privyseal.kernel.errors import NotEntitled, OutOfTurn, Refused

# What a permit says of how many spoiled impressions are made anew.
ANEW: Final = "made_anew"
USUAL_ANEW: Final = 2
MOST_ANEW: Final = 20


class Spoil(StrEnum):
    """What is said of a spoiled impression."""

    MARK = "mark"
    TAKE_IN = "take-in"


@dataclass(frozen=True, slots=True)
class SpoilWord:
    """Whose word it takes, and of which impressions."""

    spoil: Spoil
    by: Hand
    phases: tuple[Phase, ...]


# fmt: off
SPOILS: Final = (
    SpoilWord(Spoil.MARK,    Hand.OPERATOR, (Phase.MADE, Phase.COMMITTED)),   # whoever stamped it photographs it, marks it void, and says why
    SpoilWord(Spoil.TAKE_IN, Hand.KEEPER,   (Phase.MADE, Phase.COMMITTED)),   # the page is handed in to another than who spoiled it; none is made anew before
)
# fmt: on


class SpoiledUnexplained(Refused):
    code = "spoiled-unexplained"


class SpoiledTooMany(Refused):
    """More impressions would be spoiled than were made, or none."""

    code = "spoiled-too-many"


def check_spoil(spoil: Spoil, phase: Phase, *, said_by: Collection[Hand]) -> None:
    """Return if somebody who is this may say it of impressions that are so far, or refuse."""
    word = next(row for row in SPOILS if row.spoil is spoil)
    if word.by not in said_by:
        raise NotEntitled(part=word.by.value)
    if phase not in word.phases:
        raise OutOfTurn(phase=phase.value, says=spoil.value)


def check_marked(impressions: int, *, made: int, before: int) -> None:
    """Return if so many more of a turn may be called spoiled, or refuse."""
    if not 1 <= impressions <= made - before:
        raise SpoiledTooMany(impressions=impressions, most=max(0, made - before))


def anew_by(terms: Mapping[str, Any]) -> int:
    """Return how many spoiled impressions may be made anew by a permit with these terms."""
    return int(terms.get(ANEW, USUAL_ANEW))


def made_anew(spoiled: int, *, allowed: int, before: int) -> int:
    """Return how many of these spoiled impressions are made anew, one for each until the allowance is used up."""
    return min(spoiled, max(0, allowed - before))
