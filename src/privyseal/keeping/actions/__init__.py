"""What is done about keeping: holds, erasures, and both again after a backup was restored."""

from privyseal.keeping.actions.again import erase_again
from privyseal.keeping.actions.erasing import ask_erasure, decide_erasure
from privyseal.keeping.actions.holding import ask_lifting, lift_hold, place_hold

__all__ = [
    "ask_erasure",
    "ask_lifting",
    "decide_erasure",
    "erase_again",
    "lift_hold",
    "place_hold",
]
