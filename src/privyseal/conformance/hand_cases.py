"""What opens one slot of a cabinet once, so that the seal comes out and goes back; at any other device, nothing."""

from dataclasses import replace

from privyseal.conformance import keypad_cases
from privyseal.conformance.trial import OPERATOR, SEAL, Trial, Wrong
from privyseal.device.tickets import Mode


def by_hand(trial: Trial) -> None:
    ticket = trial.offered(mode=Mode.HAND, impressions=1)
    other = replace(trial.ticket(), mode=Mode.COUNTED, impressions=2)
    trial.gateway.offer(other)
    trial.refuses((other if trial.is_cabinet else ticket).uid, "other-kind")
    if not trial.is_cabinet:
        return
    trial.came()
    trial.done("open", ticket.uid, OPERATOR)
    trial.one(trial.came(), "session-opened", ticket.uid, operator=OPERATOR, slot=1)
    trial.stamps_nothing()
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


def by_code(trial: Trial) -> None:
    if not trial.is_cabinet:
        return
    grant = trial.grant()
    uid = keypad_cases.entered(trial, grant)
    for line in ("door 1 open", "mount 1 -", "door 1 shut"):
        trial.done(*line.split())
    came = trial.came()
    trial.one(came, "seal-taken", uid, slot=1, seal=SEAL)
    trial.one(came, "session-closed", uid)
    if trial.do("receipt").how == "ok":
        raise Wrong("it shows the receipt while the seal is out")
    trial.done("code", trial.code(grant))
    for line in ("door 1 open", f"mount 1 {SEAL}", "door 1 shut"):
        trial.done(*line.split())
    came = trial.came()
    trial.one(came, "code-entered", uid, answer="accepted", sequence=grant.sequence, slot=1)
    trial.one(came, "seal-returned", uid, slot=1, seal=SEAL)
    trial.none(came, "alarm", "reserved", "fired")
    keypad_cases.refused(trial, trial.code(grant), "open")
    keypad_cases.closed(trial, grant, 1)


def other_slot(trial: Trial) -> None:
    if not trial.is_cabinet:
        return
    trial.opened(mode=Mode.HAND, impressions=1)
    trial.done("door", "2", "open")
    trial.one(trial.came(), "alarm", kind="tamper", locked=True)
    trial.done("door", "2", "shut")
