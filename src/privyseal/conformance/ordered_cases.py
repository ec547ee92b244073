"""What a device does with orders and requests of which somebody kept an earlier one back."""

from privyseal.conformance.trial import SEAL, Trial, Wrong
from privyseal.device.orders import AFTER, Instruction, Order, Request
from privyseal.device.signed import Frame, signed
from privyseal.kernel.canonical import Json


def from_before(trial: Trial) -> None:
    """Look what it said first: an order from before its enrolment is none to it."""
    since = trial.played.enrolled_at
    if since is None or trial.played.hellos[0].orders < int(since.timestamp()) - 1:
        raise Wrong("once enrolled it says that it would take orders from before")


def later_order(trial: Trial) -> None:
    """Tell it the later of two orders alone, and then both."""
    trial.request(Request.LOCK)
    trial.came()
    earlier = Instruction(trial.holder.serial, trial.number(), Order.UNLOCK, {})
    said: dict[str, Json] = {"slot": 1, "seal": SEAL, AFTER: earlier.number}
    later = Instruction(trial.holder.serial, trial.number(), Order.MOUNT, said)
    trial.gateway.say_once(signed(Frame.ORDER, later.to_json(), trial.gateway.keys.signer))
    trial.sync()
    trial.none(trial.came(), "mounted")
    if trial.played.hellos[-1].orders >= earlier.number:
        raise Wrong("it says that it took an order of which it lacks the one before")
    for each in (earlier, later):
        trial.gateway.order(each)
    trial.sync()
    came = trial.came()
    trial.one(came, "unlocked")
    trial.one(came, "mounted", slot=1, seal=SEAL)


def later_request(trial: Trial) -> None:
    """Tell it to lock and keep back what it was asked before, and then tell it both."""
    trial.came()
    serial, lacking = trial.holder.serial, trial.number()
    earlier = Instruction(serial, lacking, Request.FIND, {})
    lock = Instruction(serial, trial.number(), Request.LOCK, {AFTER: lacking})
    health = Instruction(serial, trial.number(), Request.HEALTH, {AFTER: lock.number})
    for each in (health, lock, lock):
        trial.gateway.say_once(signed(Frame.REQUEST, each.to_json(), trial.gateway.keys.gateway))
    trial.sync()
    came = trial.came()
    trial.one(came, "locked")
    trial.none(came, "health", "found")
    trial.order(Order.UNLOCK)
    trial.one(trial.came(), "unlocked")
    for each in (earlier, lock, health):
        trial.gateway.request(each)
    trial.sync()
    came = trial.came()
    for kind in ("found", "health"):
        trial.one(came, kind)
    trial.none(came, "locked")
