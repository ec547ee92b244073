"""What is tried at a device without its keypad: each case is a sentence of the document."""

from datetime import UTC, datetime, timedelta
from typing import Final

from privyseal.conformance.trial import OPERATOR, OTHER_SEAL, SEAL, Trial, Wrong
from privyseal.device.events import MOST_AT_ONCE
from privyseal.device.orders import Acknowledgement, Order, Request
from privyseal.device.signed import Frame, signed
from privyseal.device.tickets import Fence
from privyseal.kernel.canonical import utc_text

_IN_THOSE_DAYS: Final = 20


def unproved_enrolment(trial: Trial) -> None:
    trial.played.proves = False
    answer = trial.enrol()
    trial.played.proves = True
    if answer.how == "ok":
        raise Wrong("it says that it enrolled")


def enrolment(trial: Trial) -> None:
    if trial.enrol().how != "ok":
        raise Wrong("it did not enrol")
    first = trial.one(trial.came(), "started")
    if (first.number, {"counter", "locked"} <= first.said.keys()) != (1, True):
        raise Wrong("its first event is not number 1, 'started', with 'counter' and 'locked'")
    if not trial.played.hellos:
        raise Wrong("it never said hello")


def good_ticket(trial: Trial) -> None:
    ticket = trial.opened()
    for impression in (1, 2):
        trial.done("press")
        came = trial.came()
        for kind in ("reserved", "fired", "photographed", "committed"):
            trial.one(came, kind, ticket.uid, impression=impression)
    if trial.do("press").how == "ok":
        raise Wrong("it says that it stamped a third time on a ticket for two")
    trial.none(trial.came(), "reserved", "fired")
    trial.done("close")
    trial.one(trial.came(), "session-closed", ticket.uid)
    trial.refuses(ticket.uid, "used-up")


def forged_tickets(trial: Trial) -> None:
    keys = trial.gateway.keys
    good = [trial.ticket() for _ in range(6)]
    said = [{**ticket.to_json()} for ticket in good]
    said[2]["device"] = "OTHER-1"
    said[3]["ink"] = "red"
    texts = [
        signed(Frame.TICKET, said[0], keys.stranger),
        signed(Frame.TICKET, said[1], keys.gateway),
        signed(Frame.TICKET, said[2], keys.signer),
        signed(Frame.TICKET, said[3], keys.signer),
        signed(Frame.ORDER, said[4], keys.signer),
    ]
    right = signed(Frame.TICKET, said[5], keys.signer)
    head, body, tail = right.split(".")
    texts.append(".".join((head, body[:-2] + ("A" if body[-2] != "A" else "B") + body[-1], tail)))
    for text in (*texts, "", "..", "x", head + "..", right + "."):
        trial.gateway.say_once(text)
        trial.sync()
    for ticket in good:
        trial.refuses(ticket.uid, "no-ticket")


def untimely_tickets(trial: Trial) -> None:
    now = datetime.now(UTC)
    early = trial.offered(opens_at=now + timedelta(hours=1), closes_at=now + timedelta(hours=2))
    late = trial.offered(opens_at=now - timedelta(hours=2), closes_at=now - timedelta(hours=1))
    trial.refuses(early.uid, "early")
    trial.refuses(late.uid, "late")


def other_operators(trial: Trial) -> None:
    trial.refuses(trial.offered().uid, "not-the-operator", operator="9" * 32)


def other_seals(trial: Trial) -> None:
    trial.refuses(trial.offered(seal=OTHER_SEAL).uid, "wrong-seal")


def seal_changed(trial: Trial) -> None:
    ticket = trial.opened()
    trial.do("mount", "1", OTHER_SEAL)
    if trial.do("press").how == "ok":
        raise Wrong("it stamped with another seal than that of the ticket")
    trial.none(trial.came(), "fired")
    trial.done("mount", "1", SEAL)
    trial.order(Order.UNLOCK)
    trial.done("press")
    trial.one(trial.came(), "fired", ticket.uid)


def fences(trial: Trial) -> None:
    ticket = trial.offered(place=Fence(31_230_416, 121_473_701, 200))
    trial.do("place", "39900000", "116400000")
    trial.refuses(ticket.uid, "place")
    trial.done("place", "31230416", "121473701")
    trial.done("open", ticket.uid, OPERATOR)
    trial.done("place", "31330416", "121473701")
    if trial.do("press").how == "ok":
        raise Wrong("it stamped outside the fence of its ticket")
    trial.none(trial.came(), "reserved", "fired")


def withdrawn(trial: Trial) -> None:
    ticket = trial.opened()
    trial.request(Request.WITHDRAW, ticket=ticket.uid, closes_at=utc_text(ticket.closes_at))
    trial.one(trial.came(), "withdrawn")
    if trial.do("press").how == "ok":
        raise Wrong("it stamped on a ticket that was withdrawn")
    trial.none(trial.came(), "reserved", "fired")
    trial.done("close")
    trial.refuses(ticket.uid, "withdrawn", "no-ticket")


def cut_before(trial: Trial) -> None:
    ticket = trial.opened(impressions=1)
    trial.done("cut", "reserved")
    trial.do("press")
    trial.done("power")
    came = trial.came()
    trial.one(came, "reserved", ticket.uid, impression=1)
    trial.one(came, "started")
    trial.none(came, "fired", "committed")
    trial.done("press")
    trial.one(trial.came(), "fired", ticket.uid, impression=1)
    if trial.do("press").how == "ok":
        raise Wrong("it stamped twice on a ticket for one")


def cut_after(trial: Trial) -> None:
    ticket = trial.opened(impressions=1)
    trial.done("cut", "fired")
    trial.do("press")
    trial.done("power")
    trial.do("press")
    came = trial.came()
    trial.one(came, "reserved", ticket.uid, impression=1)
    trial.one(came, "fired", ticket.uid, impression=1)
    trial.one(came, "committed", ticket.uid, impression=1)
    trial.none(came, "excess")


def jam(trial: Trial) -> None:
    ticket = trial.opened(impressions=1)
    trial.done("jam")
    if trial.do("press").how == "ok":
        raise Wrong("it says that it stamped, and the seal did not come down")
    came = trial.came()
    trial.one(came, "released", ticket.uid, impression=1, reason="jam")
    trial.one(came, "alarm", kind="jam")
    trial.none(came, "fired", "committed")
    trial.done("press")
    trial.one(trial.came(), "committed", ticket.uid, impression=2)


def excess(trial: Trial) -> None:
    trial.do("stamp")
    trial.one(trial.came(), "excess", by=1)


def no_camera(trial: Trial) -> None:
    ticket = trial.opened(impressions=1)
    trial.done("camera", "off")
    trial.done("press")
    came = trial.came()
    trial.one(came, "photographed", ticket.uid, failed=True)
    trial.one(came, "committed", ticket.uid)


def pictures(trial: Trial) -> None:
    trial.opened(impressions=1)
    trial.done("press")
    told = trial.one(trial.came(), "photographed", failed=False)
    if trial.played.pictures.get(str(told.said.get("sha256"))) != told.said.get("bytes"):
        raise Wrong("the picture whose digest it told never came")


def unacknowledged(trial: Trial) -> None:
    trial.sync()
    trial.played.is_silent = True
    trial.request(Request.HEALTH)
    told = trial.one(trial.came(), "health")
    for text in (
        trial.gateway.acknowledged("0" * 64),
        trial.gateway.acknowledged(key=trial.gateway.keys.stranger),
        signed(
            Frame.ACKNOWLEDGEMENT,
            Acknowledgement("OTHER-1", told.number, trial.played.head.digest).to_json(),
            trial.gateway.keys.gateway,
        ),
    ):
        trial.gateway.say_once(text)
        trial.sync()
        trial.played.repeated.clear()
        trial.sync()
        if told.number not in trial.played.repeated:
            raise Wrong("it forgot an event that nobody acknowledged")
    trial.played.is_silent = False
    trial.sync()
    trial.played.repeated.clear()
    trial.sync()
    if trial.played.repeated:
        raise Wrong("it sends again what was acknowledged")


def gateway_away(trial: Trial) -> None:
    ticket = trial.opened(impressions=3)
    trial.gateway.turn_away()
    for _ in range(2):
        trial.done("press")
    trial.gateway.come_back()
    trial.done("press")
    made = [event.said.get("impression") for event in trial.came() if event.type == "committed"]
    if made != [1, 2, 3]:
        raise Wrong(f"impressions 1, 2, 3 were made, and {made} came")
    trial.done("close")
    trial.refuses(ticket.uid, "used-up")


def days_without(trial: Trial) -> None:
    ticket = trial.opened(impressions=_IN_THOSE_DAYS)
    trial.done("network", "off")
    for _ in range(_IN_THOSE_DAYS):
        trial.done("press")
    trial.played.sizes.clear()
    trial.done("network", "on")
    made = [event.said.get("impression") for event in trial.came() if event.type == "committed"]
    if made != [*range(1, _IN_THOSE_DAYS + 1)]:
        raise Wrong(f"{_IN_THOSE_DAYS} impressions were made without a network, and {len(made)} came")
    if max(trial.played.sizes) > MOST_AT_ONCE:
        raise Wrong("it sent more than 64 events in one frame")
    trial.done("close")
    trial.refuses(ticket.uid, "used-up")


def lock(trial: Trial) -> None:
    ticket = trial.offered()
    keys = trial.gateway.keys
    forged = trial.unsent_instruction(Request.LOCK).to_json()
    for key in (keys.stranger, keys.signer):
        trial.gateway.say_once(signed(Frame.REQUEST, forged, key))
        trial.sync()
    trial.none(trial.came(), "locked")
    trial.request(Request.LOCK)
    trial.one(trial.came(), "locked")
    trial.refuses(ticket.uid, "locked")
    forged = trial.unsent_instruction(Order.UNLOCK).to_json()
    for key in (keys.stranger, keys.gateway):
        trial.gateway.say_once(signed(Frame.ORDER, forged, key))
        trial.sync()
    trial.refuses(ticket.uid, "locked")
    text = trial.order(Order.UNLOCK)
    trial.one(trial.came(), "unlocked")
    trial.request(Request.LOCK)
    trial.gateway.say_once(text)
    trial.sync()
    trial.refuses(ticket.uid, "locked")
    trial.order(Order.UNLOCK)
    trial.done("open", ticket.uid, OPERATOR)


def late_unlock(trial: Trial) -> None:
    ticket = trial.offered()
    trial.request(Request.LOCK)
    known = trial.one(trial.came(), "locked").number
    trial.order(Order.UNLOCK, until=known - 1)
    trial.none(trial.came(), "unlocked")
    trial.refuses(ticket.uid, "locked")
    trial.order(Order.UNLOCK, until=known)
    trial.one(trial.came(), "unlocked")


def locked_within(trial: Trial) -> None:
    trial.opened()
    trial.request(Request.LOCK)
    if trial.do("press").how == "ok":
        raise Wrong("it stamped while it was locked")
    trial.none(trial.came(), "fired")


def lock_over_cut(trial: Trial) -> None:
    ticket = trial.offered()
    trial.request(Request.LOCK)
    trial.done("cut")
    trial.done("power")
    trial.refuses(ticket.uid, "locked")


def requests(trial: Trial) -> None:
    trial.came()
    trial.request(Request.FIND)
    trial.request(Request.HEALTH)
    came = trial.came()
    trial.one(came, "found")
    told = trial.one(came, "health")
    if not {"counter", "locked", "clock", "door"} <= told.said.keys():
        raise Wrong("'health' does not say 'counter', 'locked', 'clock' and 'door'")


def clock(trial: Trial) -> None:
    ticket = trial.offered()
    trial.sync()
    trial.done("clock", "-600")
    trial.refuses(ticket.uid, "clock")
    trial.set_clock()
    trial.one(trial.came(), "clock-set")
    trial.done("open", ticket.uid, OPERATOR)


def late_time(trial: Trial) -> None:
    """Tell it a time of hours ago, as if in answer to a hello of then, to one of minutes ago, and to none."""
    trial.sync()
    of_before = trial.played.heard
    trial.came()
    before = datetime.now(UTC) - timedelta(hours=6)
    try:
        trial.done("clock", "90")
        for asked in (of_before, "0" * 64):
            trial.say_time(before, asked)
        trial.none(trial.came(), "clock-set")
    finally:
        trial.done("clock", "0")


def mount_order(trial: Trial) -> None:
    trial.order(Order.MOUNT, slot=1, seal=SEAL)
    trial.one(trial.came(), "mounted", slot=1, seal=SEAL)


def renewal(trial: Trial) -> None:
    before = trial.played.renewals
    trial.done("renew")
    if trial.played.renewals != before + 1:
        raise Wrong("no renewal came")
    trial.done("sync")


def doors(trial: Trial) -> None:
    if trial.played.kind == "handheld":
        return
    trial.opened()
    trial.done("door", "1", "open")
    trial.done("door", "1", "shut")
    came = trial.came()
    trial.one(came, "door-opened", slot=1)
    trial.one(came, "door-shut", slot=1)
    trial.none(came, "alarm")
    if not trial.is_cabinet:  # its door ends the session
        trial.done("close")
    trial.done("door", "1", "open")
    came = trial.came()
    trial.one(came, "alarm", kind="tamper", locked=True)
    trial.done("door", "1", "shut")
    trial.refuses(trial.offered().uid, "locked")


def case_opened(trial: Trial) -> None:
    for line, kind in (("tamper", "tamper"), ("key", "emergency-key")):
        trial.came()
        trial.done(line)
        trial.one(trial.came(), "alarm", kind=kind, locked=True)
        trial.refuses(trial.offered().uid, "locked")
        trial.order(Order.UNLOCK)


def counters(trial: Trial) -> None:
    """Hold the whole story against the mechanical count, as the gateway would."""
    trial.request(Request.HEALTH)
    trial.sync()
    events = trial.played.events
    first, last = events[0].said.get("counter"), events[-1].said.get("counter")
    moved = sum(event.type == "fired" for event in events)
    moved += sum(int(str(event.said.get("by"))) for event in events if event.type == "excess")
    if last != int(str(first)) + moved:
        raise Wrong(f"the seal came down {moved} times by its events, and its counter went from {first} to {last}")
    back = [(event.ticket, event.said.get("impression")) for event in events if event.type == "released"]
    fired = [(event.ticket, event.said.get("impression")) for event in events if event.type == "fired"]
    if {*back} & {*fired} or len({*fired}) != len(fired):
        raise Wrong("an impression was given back that was made, or was made twice")
