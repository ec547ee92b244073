"""What is tried at a device between the moment an impression is reserved and the seal comes down."""

from privyseal.conformance.trial import OPERATOR, Trial, Wrong
from privyseal.device.orders import Request
from privyseal.device.tickets import Fence
from privyseal.kernel.canonical import utc_text


def changed_before_it_comes_down(trial: Trial) -> None:
    here, away = ("31230416", "121473701"), ("31330416", "121473701")
    trial.done("place", *here)
    ticket = trial.offered(place=Fence(31_230_416, 121_473_701, 200), impressions=1)
    trial.done("open", ticket.uid, OPERATOR)
    trial.done("cut", "reserved")
    trial.do("press")
    trial.done("power")
    trial.one(trial.came(), "reserved", ticket.uid, impression=1)
    trial.done("place", *away)
    if trial.do("press").how == "ok":
        raise Wrong("it stamped outside the fence, where it was carried with an impression reserved")
    trial.done("place", *here)
    trial.request(Request.WITHDRAW, ticket=ticket.uid, closes_at=utc_text(ticket.closes_at))
    if trial.do("press").how == "ok":
        raise Wrong("it stamped on a ticket that was withdrawn while an impression was reserved")
    trial.none(trial.came(), "fired")
