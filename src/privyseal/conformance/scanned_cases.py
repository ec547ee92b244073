"""What a device with a camera takes from a QR code that is held before it: tickets of its own, as from the network."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from privyseal.conformance.trial import OPERATOR, Cannot, Trial, Wrong
from privyseal.device.orders import Request
from privyseal.device.scanned import digits_of
from privyseal.device.signed import Frame, signed
from privyseal.device.tickets import Mode
from privyseal.kernel.canonical import utc_text


def scanned(trial: Trial) -> None:
    keys, now = trial.gateway.keys, datetime.now(UTC)
    good = trial.ticket(mode=Mode.ONE, impressions=1)
    late = trial.ticket(opens_at=now - timedelta(hours=2), closes_at=now - timedelta(hours=1))
    forged, foreign = trial.ticket(), replace(trial.ticket(), device="OTHER-1")
    taken = {ticket.uid: digits_of(signed(Frame.TICKET, ticket.to_json(), keys.signer)) for ticket in (good, late)}
    not_its_own = [
        digits_of(signed(Frame.TICKET, forged.to_json(), keys.gateway)),
        digits_of(signed(Frame.TICKET, foreign.to_json(), keys.signer)),
        *("1", "9" * 700, f"{taken[good.uid][:-2]}{(int(taken[good.uid][-2:]) + 1) % 100:02}"),
    ]
    trial.came()
    trial.done("network", "off")
    for digits in not_its_own:
        if trial.do("scan", digits).how == "ok":
            raise Wrong("it says that it took a QR code that is no ticket of its signer for it")
    for uid, digits in taken.items():
        trial.done("scan", digits)
        if uid == good.uid:
            for line in (("open", uid, OPERATOR), ("press",), ("close",), ("scan", digits)):
                trial.done(*line)
    trial.done("network", "on")
    came = trial.came()
    for kind in ("session-opened", "reserved", "fired", "committed"):
        trial.one(came, kind, good.uid)
    trial.refuses(good.uid, "used-up")
    trial.refuses(late.uid, "late")
    for ticket in (forged, foreign):
        trial.refuses(ticket.uid, "no-ticket")
    trial.request(Request.WITHDRAW, ticket=late.uid, closes_at=utc_text(late.closes_at))
    if trial.do("scan", taken[late.uid]).how == "ok":
        raise Wrong("it says that it took a ticket again that was withdrawn")
    trial.refuses(late.uid, "no-ticket", "withdrawn")
    trial.request(Request.HEALTH)
    trial.one(trial.came(), "health", scanner=True)


def of_before(trial: Trial) -> None:
    """Bring it tickets of the enrolment before, by network and by QR code."""
    if not trial.played.names_epochs:
        raise Cannot("it does not say that it reads tickets that name its enrolment")
    for epoch in (0, trial.holder.epoch - 1, trial.holder.epoch + 1):
        ticket = trial.offered(epoch=epoch)
        trial.refuses(ticket.uid, "no-ticket")
        trial.do("scan", digits_of(signed(Frame.TICKET, ticket.to_json(), trial.gateway.keys.signer)))
        trial.refuses(ticket.uid, "no-ticket")
