"""What is tried at a device whose impressions others see first, each on the picture that it took last."""

from privyseal.conformance.trial import Trial, Wrong
from privyseal.device.orders import Order
from privyseal.device.tickets import Mode
from privyseal.kernel.canonical import Json


def confirmations(trial: Trial) -> None:
    ticket = trial.opened(mode=Mode.CONFIRMED, confirmations=2)
    trial.do("press")
    came = trial.came()
    trial.one(came, "reserved", ticket.uid, impression=1)
    picture = trial.one(came, "photographed", ticket.uid, impression=1, failed=False).said.get("sha256")
    trial.none(came, "fired")
    about: dict[str, Json] = {"ticket": ticket.uid, "impression": 1}
    seen, other, one = {"picture": picture}, {"picture": "0" * 64}, {"by": "b" * 32}
    for said in (
        *2 * (about | seen | {"by": "a" * 32},),
        about | seen | one | {"impression": 2},
        about | seen | one | {"ticket": "f" * 32},
        about | other | one,
        about | one,
    ):
        trial.order(Order.CONFIRM, **said)
    if trial.do("press").how == "ok":
        raise Wrong("it stamped when one of two had agreed to the picture that it took")
    trial.none(trial.came(), "fired", "photographed")
    trial.order(Order.CONFIRM, **about | seen | one)
    trial.done("press")
    trial.one(trial.came(), "fired", ticket.uid, impression=1)


def later_picture(trial: Trial) -> None:
    _agreed_before(trial, "photograph")


def changed_paper(trial: Trial) -> None:
    _agreed_before(trial, "cut", "power")
    if trial.played.kind != "handheld":
        _agreed_before(trial, "door 1 open", "door 1 shut")


def _agreed_before(trial: Trial, *lines: str) -> None:
    """Find fault where a machine stamps as somebody agreed to a picture that these lines made worthless."""
    ticket = trial.opened(mode=Mode.CONFIRMED, confirmations=1, impressions=1)
    trial.do("press")
    seen = trial.one(trial.came(), "photographed", ticket.uid, impression=1, failed=False).said.get("sha256")
    for again in (False, True):
        trial.order(Order.CONFIRM, ticket=ticket.uid, impression=1, by="a" * 32, picture=seen)
        if not again:
            for line in lines:
                trial.done(*line.split())
        if (trial.do("press").how == "ok") is not again:
            raise Wrong("it did not stamp" if again else "it stamped as somebody agreed to an older picture")
        if not again:
            came = trial.came()
            trial.none(came, "fired")
            seen = trial.one(came, "photographed", ticket.uid, impression=1, failed=False).said.get("sha256")
    trial.one(trial.came(), "fired", ticket.uid, impression=1)
    trial.done("close")
