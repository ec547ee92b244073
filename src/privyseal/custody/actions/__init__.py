"""Give rubber seals their places, have them out, count what is stamped, put them back."""

from privyseal.custody.actions.alarms import set_thresholds, watch_alarms
from privyseal.custody.actions.blanks import report_blank, return_blank
from privyseal.custody.actions.counting import commit, fire, release, reserve
from privyseal.custody.actions.debts import agree_to_waiver, ask_waiver, watch_debts
from privyseal.custody.actions.leaving import watch_leavers
from privyseal.custody.actions.losses import report, report_seal
from privyseal.custody.actions.photographs import COMPARE, Kept, Taken, enter_photograph, look_at_photograph, photograph
from privyseal.custody.actions.places import assign_place, set_up_store, take_down_store
from privyseal.custody.actions.sightings import compare_photograph, enter_sighting
from privyseal.custody.actions.spoiling import spoil, take_in
from privyseal.custody.actions.stock import (
    Seen,
    describe_strange,
    end_stock_take,
    hand_on,
    open_stock_take,
    see_seal,
    step_stock_take,
    watch_stock_takes,
)
from privyseal.custody.actions.takeout import (
    Whereabouts,
    bring_back,
    give_out,
    receive,
    report_place,
    take_back,
    watch_take_outs,
)
from privyseal.custody.actions.uses import begin_use, confirm_use, end_use, finish_over, put_back

__all__ = [
    "COMPARE",
    "Kept",
    "Seen",
    "Taken",
    "Whereabouts",
    "agree_to_waiver",
    "ask_waiver",
    "assign_place",
    "begin_use",
    "bring_back",
    "commit",
    "compare_photograph",
    "confirm_use",
    "describe_strange",
    "end_stock_take",
    "end_use",
    "enter_photograph",
    "enter_sighting",
    "finish_over",
    "fire",
    "give_out",
    "hand_on",
    "look_at_photograph",
    "open_stock_take",
    "photograph",
    "put_back",
    "receive",
    "release",
    "report",
    "report_blank",
    "report_place",
    "report_seal",
    "reserve",
    "return_blank",
    "see_seal",
    "set_thresholds",
    "set_up_store",
    "spoil",
    "step_stock_take",
    "take_back",
    "take_down_store",
    "take_in",
    "watch_alarms",
    "watch_debts",
    "watch_leavers",
    "watch_stock_takes",
    "watch_take_outs",
]
