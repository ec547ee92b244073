"""Have a rubber seal out, count what is stamped, put it back."""

from privyseal.custody.actions.counting import commit, fire, release, reserve
from privyseal.custody.actions.uses import begin_use, confirm_use, end_use, finish_over, put_back

__all__ = [
    "begin_use",
    "commit",
    "confirm_use",
    "end_use",
    "finish_over",
    "fire",
    "put_back",
    "release",
    "reserve",
]
