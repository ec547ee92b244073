"""What is done without a network and comes later: which acts may wait, how long, when one is late. A rule is a row."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import Refused


class Waiting(StrEnum):
    """What somebody may do while their telephone has no network."""

    CONFIRM = "confirm"
    MADE = "made"
    PHOTOGRAPH = "photograph"
    COUNTED = "counted"
    RELEASE = "release"
    END = "end"
    PUT_BACK = "put-back"
    REPORT = "report"
    SPOIL = "spoil"
    TAKE_IN = "take-in"
    BLANK_USED = "blank-used"
    BLANK_BACK = "blank-back"
    GIVE = "give"
    RECEIVE = "receive"
    BRING = "bring"
    TAKE_BACK = "take-back"
    STOCK_SEE = "stock-see"
    STOCK_DESCRIBE = "stock-describe"
    STOCK_PAUSE = "stock-pause"
    STOCK_GO_ON = "stock-go-on"
    STOCK_END = "stock-end"


@dataclass(frozen=True, slots=True)
class MayWait:
    """One act, and how old it may be when it comes; None is any age."""

    act: Waiting
    at_most: timedelta | None


# fmt: off
MAY_WAIT: Final = (
    MayWait(Waiting.CONFIRM,    timedelta(minutes=15)),   # whoever confirms is there: a word of the morning lets nobody stamp in the afternoon
    MayWait(Waiting.MADE,       None),                    # what was made had been taken off the permit before, with the server's word
    MayWait(Waiting.PHOTOGRAPH, None),                    # the page is there now; that a picture came after the seal went back is said of it besides
    MayWait(Waiting.COUNTED,    None),                    # counted is what was taken, and what was taken is known
    MayWait(Waiting.RELEASE,    None),                    # until it comes, what was not made stays taken
    MayWait(Waiting.END,        None),                    # until it comes, the seal stays out for this use
    MayWait(Waiting.PUT_BACK,   None),                    # until it comes, the seal is not back, and somebody is asked for it
    MayWait(Waiting.REPORT,     None),                    # where the seal was is worth knowing later too
    MayWait(Waiting.SPOIL,      None),                    # the page is void already, and its impressions stay counted
    MayWait(Waiting.TAKE_IN,    None),                    # until it comes, none is made anew
    MayWait(Waiting.BLANK_USED, None),                    # until it comes, the blank is asked for
    MayWait(Waiting.BLANK_BACK, None),                    # until it comes, the blank is asked for
    MayWait(Waiting.GIVE,       timedelta(minutes=15)),   # both stand together; outside, nothing is stamped without the server
    MayWait(Waiting.RECEIVE,    timedelta(minutes=15)),   # the same: a hand-over of the morning is not said in the afternoon
    MayWait(Waiting.BRING,      None),                    # until it comes, the bearer is asked for the seal
    MayWait(Waiting.TAKE_BACK,  None),                    # until it comes, the bearer answers for it, and its permit may end by time
    MayWait(Waiting.STOCK_SEE,      None),                # until it comes, the seal is not seen, and the count goes on
    MayWait(Waiting.STOCK_DESCRIBE, None),                # what lies there lies there
    MayWait(Waiting.STOCK_PAUSE,    None),                # nothing follows from a pause
    MayWait(Waiting.STOCK_GO_ON,    None),                # nothing follows from going on
    MayWait(Waiting.STOCK_END,      None),                # until it comes, nothing is missing; and it comes after what was seen
)
# fmt: on
LATE_AFTER: Final = timedelta(minutes=5)  # clocks of telephones differ, and a slow network is not a lost one


class WaitedTooLong(Refused):
    """What was said is too old to go by: it is said anew, or not at all."""

    code = "waited-too-long"


def late_since(act: Waiting, *, done_at: datetime | None, at: datetime) -> datetime | None:
    """Return when a late act was done, as the telephone says; None for one that is not late. Refuse one that is too old."""
    if done_at is None or at - done_at <= LATE_AFTER:
        return None
    at_most = next(row.at_most for row in MAY_WAIT if row.act is act)
    if at_most is not None and at - done_at > at_most:
        raise WaitedTooLong(act=act.value, minutes=at_most // timedelta(minutes=1))
    return done_at
