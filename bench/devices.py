"""What devices cost: a code issued and entered, a ticket checked, a frame of events read, beside their cryptography."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from bench import inside
from bench.goals import (
    CODE_ISSUE,
    DOOR_OPEN,
    EVENTS_APART,
    EVENTS_KEPT,
    EVENTS_READ,
    LOST_LOCKED,
    LOST_STOPPED,
    TICKET_CHECK,
)
from bench.product import free_port, serving
from bench.report import Figure, Probe, Report, reached
from privyseal.device import codes, events, keypad
from privyseal.device.codes import Grant, Holder, Kind
from privyseal.device.events import MOST_AT_ONCE, Event, Head, Told
from privyseal.device.keypad import Keypad
from privyseal.device.signed import Frame, FrameKey, opened, signed
from privyseal.device.tickets import Fence, Mode, Ticket

_ROUNDS: Final = 400
_FRAMES: Final = 200
_OPENINGS: Final = 100
_MINUTES: Final = 300.0
_HOLDER: Final = Holder("D-0009", "1" * 32, 1)
_MASTER: Final = bytes(range(32))
_NOON: Final = datetime(2026, 11, 26, 4, tzinfo=UTC)
_KEY: Final = ec.generate_private_key(ec.SECP256R1())
_PUBLIC: Final = FrameKey.of(_KEY.public_key())


def run() -> Report:
    now = int(_NOON.timestamp())
    grant = Grant(Kind.USE, 1, codes.slot_of(now), 240, 3)
    key = codes.key_of(_MASTER, _HOLDER)
    code = codes.issued(key, _HOLDER, grant)
    ticket = signed(Frame.TICKET, _ticket().to_json(), _KEY)
    frame = signed(Frame.EVENTS, events.payload(_HOLDER.serial, _chain()), _KEY)
    verified = Probe("one P-256 verification", _milliseconds(_verifying()), "ms")
    checked = _milliseconds(lambda: Ticket.of(opened(ticket, Frame.TICKET, _PUBLIC)))
    read = _milliseconds(lambda: events.following(Head(), events.read(opened(frame, Frame.EVENTS, _PUBLIC))[1]))
    gate = free_port()
    machines = {"PRIVYSEAL_GATEWAY_PORT": str(gate), "PRIVYSEAL_BROKER_PORT": str(free_port())}
    with serving(machines) as product:
        kept = inside.ask(product, "telling_devices", str(_FRAMES))
        found = inside.ask(product, "opening", str(_OPENINGS), f"https://127.0.0.1:{gate}", seconds=_MINUTES)
    empty = Probe("empty durable transactions", kept["empty"], "/s")
    return Report(
        "devices",
        (
            reached(EVENTS_KEPT, kept["many"] / kept["empty"], empty),
            reached(EVENTS_APART, kept["apart"] / kept["empty"], empty),
            reached(
                DOOR_OPEN,
                quantiles(found["opened"], n=20)[-1] * 1000,
                Probe("median", median(found["opened"]) * 1000, "ms"),
            ),
            reached(LOST_STOPPED, max(found["stopped"])),
            reached(LOST_LOCKED, max(found["locked"])),
            Figure("the same, 8 at once", kept["some"] / kept["empty"], ""),
            Figure("the same, one at once", kept["one"] / kept["empty"], ""),
            Figure("events kept, 64 at once", kept["many"], "/s"),
            reached(CODE_ISSUE, _milliseconds(lambda: codes.issued(codes.key_of(_MASTER, _HOLDER), _HOLDER, grant))),
            Figure("a code entered", _milliseconds(lambda: keypad.enter(Keypad(), key, _HOLDER, code, now=now)), "ms"),
            reached(TICKET_CHECK, checked / verified.value, verified),
            Figure("a ticket checked", checked, "ms"),
            reached(EVENTS_READ, MOST_AT_ONCE / read * 1000, verified),
        ),
    )


def _ticket() -> Ticket:
    window = _NOON, _NOON + timedelta(hours=2)
    place = Fence(31_230_416, 121_473_701, 200)
    who = "0" * 32, _HOLDER.serial, _HOLDER.seal, "2" * 32
    return Ticket(*who, Mode.COUNTED, ("3" * 32,), 3, *window, 7, document="4" * 64, place=place)


def _chain() -> list[Event]:
    head, told = Head(), list[Event]()
    for number in range(MOST_AT_ONCE):
        told.append(head.next(_HOLDER.serial, Told.COMMITTED, _NOON, ticket="0" * 32, said={"impression": number + 1}))
        head = Head.after(told[-1])
    return told


def _verifying() -> Callable[[], object]:
    digest, how = bytes(32), ec.ECDSA(Prehashed(SHA256()))
    signature, public = _KEY.sign(digest, how), _KEY.public_key()
    return lambda: public.verify(signature, digest, how)


def _milliseconds(act: Callable[[], object]) -> float:
    """Return the median processor time of one."""
    took = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        act()
        took.append((time.process_time() - began) * 1000)
    return median(took)
