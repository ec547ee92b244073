"""Give rubber seals their places, have them out, count what is stamped, put them back."""

from privyseal.custody.actions.counting import commit, fire, release, reserve
from privyseal.custody.actions.places import assign_place, set_up_store, take_down_store
from privyseal.custody.actions.uses import begin_use, confirm_use, end_use, finish_over, put_back

__all__ = [
    "assign_place",
    "begin_use",
    "commit",
    "confirm_use",
    "end_use",
    "finish_over",
    "fire",
    "put_back",
    "release",
    "reserve",
    "set_up_store",
    "take_down_store",
]
