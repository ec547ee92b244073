"""What is done about keeping: holds, erasures, lists of what is over; erasures again after a backup was restored."""

from privyseal.keeping.actions.again import erase_again
from privyseal.keeping.actions.blotting import blot, blot_what_waits
from privyseal.keeping.actions.clearing import CLEAR, ask_clearance, clear, decide_clearance
from privyseal.keeping.actions.erasing import ask_erasure, decide_erasure
from privyseal.keeping.actions.holding import ask_lifting, lift_hold, place_hold
from privyseal.keeping.actions.tables import TableDeleted, discard_tables_over

__all__ = [
    "CLEAR",
    "TableDeleted",
    "ask_clearance",
    "ask_erasure",
    "ask_lifting",
    "blot",
    "blot_what_waits",
    "clear",
    "decide_clearance",
    "decide_erasure",
    "discard_tables_over",
    "erase_again",
    "lift_hold",
    "place_hold",
]
