"""What opens one slot of a cabinet once, so that the seal comes out and goes back; at any other device, nothing."""

from privyseal.conformance.trial import OPERATOR, SEAL, Trial, Wrong
from privyseal.device.tickets import Mode


def by_hand(trial: Trial) -> None:
    ticket = trial.offered(mode=Mode.HAND, impressions=1)
    if trial.played.kind != "cabinet":
        trial.refuses(ticket.uid, "other-kind")
        return
    trial.came()
    trial.done("open", ticket.uid, OPERATOR)
    trial.one(trial.came(), "session-opened", ticket.uid, operator=OPERATOR, slot=1)
    if trial.do("press").how == "ok":
        raise Wrong("a cabinet says that it stamped")
    for line in ("door 1 open", "mount 1 -", "door 1 shut"):
        trial.done(*line.split())
    came = trial.came()
    trial.one(came, "seal-taken", ticket.uid, slot=1, seal=SEAL)
    trial.one(came, "session-closed", ticket.uid)
    trial.none(came, "reserved", "fired", "alarm")
    trial.done("open", ticket.uid, OPERATOR)
    for line in ("door 1 open", f"mount 1 {SEAL}", "door 1 shut"):
        trial.done(*line.split())
    came = trial.came()
    trial.one(came, "seal-returned", ticket.uid, slot=1, seal=SEAL)
    trial.none(came, "alarm")
    trial.refuses(ticket.uid, "used-up")


def other_slot(trial: Trial) -> None:
    if trial.played.kind != "cabinet":
        return
    trial.opened(mode=Mode.HAND, impressions=1)
    trial.done("door", "2", "open")
    trial.one(trial.came(), "alarm", kind="tamper", locked=True)
    trial.done("door", "2", "shut")
