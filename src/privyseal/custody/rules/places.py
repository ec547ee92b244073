"""Where rubber seals belong and where they are. A rule is a row, its reason ends the row."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused


class StoreKind(StrEnum):
    """What has slots for seals."""

    CABINET = "cabinet"
    SAFE = "safe"
    BOX = "box"


class Where(StrEnum):
    """Where a rubber seal is now; never nowhere."""

    OUT_OF_HAND = "out-of-hand"
    OUTSIDE = "outside"
    IN_USE = "in-use"
    IN_ITS_SLOT = "in-its-slot"
    IN_ANOTHER_SLOT = "in-another-slot"
    WITH_KEEPER = "with-keeper"


@dataclass(frozen=True, slots=True)
class Answers:
    """Whose hands a seal is in while it is there."""

    where: Where
    who: str


# fmt: off
ANSWERS: Final = (
    Answers(Where.OUT_OF_HAND,     "incident"),   # whoever owns the incident has it found or declared void
    Answers(Where.OUTSIDE,         "bearer"),     # they received it by their own word, and bring it back
    Answers(Where.IN_USE,          "operator"),   # the keeper gave it out for exactly this
    Answers(Where.IN_ITS_SLOT,     "keeper"),     # whoever keeps it answers for where it lies
    Answers(Where.IN_ANOTHER_SLOT, "keeper"),     # likewise, and somebody has to look
    Answers(Where.WITH_KEEPER,     "keeper"),     # nobody gave it a place: it is in its keeper's own hands
)
MAY_PLACE: Final = (
    Power.MANAGE,    # the manager says where the company's seals belong
    Power.CUSTODY,   # whoever keeps seals there puts them in order
)
# fmt: on
MOST_ROWS: Final = 20
MOST_COLUMNS: Final = 20


class SlotTaken(Refused):
    """Another seal belongs in this slot, or lies in it."""

    code = "slot-taken"


class BagTaken(Refused):
    """Another seal of the company is in the bag of this number."""

    code = "bag-taken"


class StoreInUse(Refused):
    """Seals belong in it, or lie in it."""

    code = "store-in-use"


class StoreNotPossible(Refused):
    """It has no name, a name that another one has, or no slots."""

    code = "store-not-possible"


def where(*, is_out_of_hand: bool, is_outside: bool, is_in_use: bool, belongs: int | None, lies: int | None) -> Where:
    """Return where a seal is, by what is known of it; the first that is so counts."""
    if is_out_of_hand:
        return Where.OUT_OF_HAND
    if is_outside:
        return Where.OUTSIDE
    if is_in_use:
        return Where.IN_USE
    if lies is None:
        return Where.WITH_KEEPER
    return Where.IN_ITS_SLOT if lies == belongs else Where.IN_ANOTHER_SLOT


def answers(where: Where) -> str:
    """Return who answers for a seal that is there: the name of a part, of a duty or of an incident's owner."""
    return next(row.who for row in ANSWERS if row.where is where)


def labels(*, rows: int, columns: int) -> list[str]:
    """Return how the slots of a store are called, row by row: A1, A2 and so on; or refuse."""
    if not (1 <= rows <= MOST_ROWS and 1 <= columns <= MOST_COLUMNS):
        raise StoreNotPossible(rows=rows, columns=columns)
    return [f"{chr(ord('A') + row)}{column}" for row in range(rows) for column in range(1, columns + 1)]


def check_free(seal: int, *, taken_by: int | None) -> None:
    """Return if this seal may have a slot that nobody has, or itself, or refuse."""
    if taken_by is not None and taken_by != seal:
        raise SlotTaken
