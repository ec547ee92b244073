"""What becomes of what somebody has in hand with rubber seals once they have left. A rule is a row."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Left(StrEnum):
    """What somebody leaves behind."""

    BOOKED = "booked"
    OUT = "out"
    COUNT = "count"
    OWNED = "owned"
    DEBT = "debt"
    BLANK = "blank"
    COVER = "cover"
    KEPT = "kept"


class Becomes(StrEnum):
    GIVEN_UP = "given-up"
    INCIDENT = "incident"
    PAUSED = "paused"
    HANDED_ON = "handed-on"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Behind:
    left: Left
    becomes: Becomes


# fmt: off
LEFT_BEHIND: Final = (
    Behind(Left.BOOKED, Becomes.GIVEN_UP),    # nobody hands a seal to somebody who is gone, nor sends one person out alone
    Behind(Left.OUT,    Becomes.INCIDENT),    # somebody goes and gets it, whatever time it was due
    Behind(Left.COUNT,  Becomes.PAUSED),      # a manager names who goes on
    Behind(Left.OWNED,  Becomes.HANDED_ON),   # an incident has an owner who is there
    Behind(Left.DEBT,   Becomes.INCIDENT),    # nobody photographs it unasked now
    Behind(Left.BLANK,  Becomes.INCIDENT),    # a stamped sheet is with somebody who is gone
    Behind(Left.COVER,  Becomes.INCIDENT),    # the seal was to go back, and one of the two is gone
    Behind(Left.KEPT,   Becomes.NAMED),       # another keeper takes an approval and a witness: it is handed over before they go
)
# fmt: on


def becomes(left: Left) -> Becomes:
    return next(row.becomes for row in LEFT_BEHIND if row.left is left)
