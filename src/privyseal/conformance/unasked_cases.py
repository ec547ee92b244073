"""What a device does without being asked, as its clock says."""

from typing import Final

from privyseal.conformance.trial import Trial, Wrong
from privyseal.device.orders import Request
from privyseal.device.tickets import Fence

_PAST_A_DAY: Final = 90_000
_WAITS: Final = 300
_PAST_TEN_MINUTES: Final = 601
_HERE: Final = (31_230_416, 121_473_701)
_PAST_RENEWAL: Final = 61 * 86_400


def by_itself(trial: Trial) -> None:
    """Set its clock on, by a day and past the time from which it renews, and back."""
    try:
        _tells_and_renews(trial)
    finally:
        trial.done("clock", "0")
        trial.set_clock()
        trial.sync()


def positions(trial: Trial) -> None:
    """Fence it in, and look whether it tells where it is, not more often than every ten minutes."""
    try:
        trial.done("place", *map(str, _HERE))
        trial.offered(place=Fence(*_HERE, 200))
        trial.came()
        trial.done("clock", str(_PAST_TEN_MINUTES))
        trial.one(trial.came(), "position", latitude=_HERE[0], longitude=_HERE[1])
        trial.none(trial.came(), "position")
    finally:
        trial.done("clock", "0")
        trial.set_clock()
        trial.sync()


def left_alone(trial: Trial) -> None:
    """Tell it to wait, and look whether it does: it is back once its clock says that the time is over."""
    try:
        trial.came()
        trial.gateway.turn_away(again_after=_WAITS)
        trial.sync()
        trial.gateway.come_back()
        asked = trial.played.asked
        trial.sync()
        if trial.played.asked != asked:
            raise Wrong("it asked again before the time was over that it was told to wait")
        trial.done("clock", str(_WAITS + 1))
        trial.sync()
        if trial.played.asked == asked:
            raise Wrong("it did not ask again once the time was over")
    finally:
        trial.gateway.come_back()
        trial.done("clock", "0")
        trial.set_clock()
        trial.sync()


def tells_by_broker(trial: Trial) -> None:
    before = trial.played.by_broker
    trial.sync()
    if trial.played.by_broker == before:
        raise Wrong("nothing came by the broker that its enrolment names")


def told_unasked(trial: Trial) -> None:
    trial.came()
    trial.push(Request.FIND)
    trial.one(trial.came(), "found")


def _tells_and_renews(trial: Trial) -> None:
    trial.came()
    before = trial.played.renewals
    trial.done("clock", str(_PAST_A_DAY))
    trial.one(trial.came(), "health")
    trial.none(trial.came(), "health")
    if trial.played.renewals != before:
        raise Wrong("it renewed its certificate long before 'renew_at'")
    trial.done("clock", str(_PAST_RENEWAL))
    trial.sync()
    if trial.played.renewals != before + 1:
        raise Wrong("past 'renew_at' it did not renew by itself, once")
