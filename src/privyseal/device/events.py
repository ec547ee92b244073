"""What a device tells: events, numbered from 1, each naming the one before by its digest. None is ever rewritten.

An event may have members that we do not know yet: they are part of its digest, and are kept.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from privyseal.device.signed import FrameBroken
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, canonical, utc_text
from privyseal.kernel.shapes import Misshapen

MOST_AT_ONCE: Final = 64
LAST_NUMBER: Final = 2**53 - 1
SERIAL: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
_TYPE: Final = re.compile(r"[a-z][a-z-]{0,39}")
_NUL, _BACKSLASH = rb"\u0000", rb"\\"
_OWN: Final = frozenset(("v", "device", "number", "previous", "type", "at", "ticket", "said"))
_VERSION: Final = 1


class Told(StrEnum):
    """The events that the protocol knows. A device of a later version may tell others."""

    STARTED = "started"
    HEALTH = "health"
    SESSION_OPENED = "session-opened"
    SESSION_CLOSED = "session-closed"
    RESERVED = "reserved"
    FIRED = "fired"
    PHOTOGRAPHED = "photographed"
    COMMITTED = "committed"
    RELEASED = "released"
    EXCESS = "excess"
    REFUSED = "refused"
    CODE_ENTERED = "code-entered"
    RECEIPT_SHOWN = "receipt-shown"
    WRONG_SEAL = "wrong-seal"
    CLOCK_SET = "clock-set"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    FOUND = "found"
    MOUNTED = "mounted"
    WITHDRAWN = "withdrawn"
    ALARM = "alarm"
    DOOR_OPENED = "door-opened"
    DOOR_SHUT = "door-shut"
    SEAL_TAKEN = "seal-taken"
    SEAL_RETURNED = "seal-returned"
    POSITION = "position"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, at the device's own time. ``more`` is what a later version says besides."""

    device: str
    number: int
    previous: str
    type: str
    at: datetime
    ticket: str = ""
    said: Mapping[str, Json] = field(default_factory=dict)
    more: Mapping[str, Json] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        own: dict[str, Json] = {
            "v": _VERSION,
            "device": self.device,
            "number": self.number,
            "previous": self.previous,
            "type": self.type,
            "at": utc_text(self.at),
            "ticket": self.ticket,
            "said": self.said,
        }
        return {**self.more, **own}

    @property
    def digest(self) -> str:
        """Return the SHA-256 of its canonical bytes, by which the next one names it."""
        return hashlib.sha256(canonical(self.to_json())).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many events there are, and the digest of the last one, 64 zeros for none."""

    number: int = 0
    digest: str = "0" * 64

    def next(self, device: str, told: str, at: datetime, *, ticket: str = "", said: Mapping[str, Json]) -> Event:
        return Event(device, self.number + 1, self.digest, told, at, ticket, said)

    @classmethod
    def after(cls, event: Event) -> "Head":
        return cls(event.number, event.digest)


class ChainBroken(FrameBroken):
    """An event does not follow the one before: the device, or somebody between, told two stories."""

    code = "chain-broken"


class EventsMissing(FrameBroken):
    """Events before these have not come yet: the device sends again from the one after the last that is known."""

    code = "events-missing"


def payload(device: str, events: Iterable[Event]) -> dict[str, Json]:
    """Return what an events frame says."""
    return {"v": _VERSION, "device": device, "events": [event.to_json() for event in events]}


def read(said: Mapping[str, Any]) -> tuple[str, tuple[Event, ...]]:
    """Return the device and the events of a frame, in the order they stand in, or refuse: frame-broken."""
    try:
        shapes.integer(said.get("v"), least=_VERSION, most=_VERSION)
        device = shapes.word(said.get("device"), SERIAL)
        events = tuple(_event(item) for item in shapes.items(said.get("events"), least=1, most=MOST_AT_ONCE))
    except Misshapen as error:
        raise FrameBroken from error
    if any(event.device != device for event in events):
        raise FrameBroken
    return device, events


def following(head: Head, events: Sequence[Event]) -> tuple[Event, ...]:
    """Return those of the events that are new after this head, or refuse: chain-broken, events-missing.

    What is known already is passed over, whatever it says: only its digest counts, and the head has that.
    """
    new: list[Event] = []
    for event in events:
        if event.number <= head.number:
            if event.number == head.number and event.digest != head.digest:
                raise ChainBroken
            continue
        if event.number != head.number + 1:
            raise EventsMissing(device=event.device, known=head.number)
        if event.previous != head.digest:
            raise ChainBroken
        new.append(event)
        head = Head.after(event)
    return tuple(new)


def _event(item: Json) -> Event:
    if not isinstance(item, dict) or not item.keys() >= _OWN:
        raise Misshapen
    shapes.integer(item["v"], least=_VERSION, most=_VERSION)
    said = item["said"]
    if not isinstance(said, dict) or _NUL in canonical(item).replace(_BACKSLASH, b""):
        raise Misshapen  # no database keeps a zero byte in a text: of what is kept whole, none has one
    return Event(
        device=shapes.word(item["device"], SERIAL),
        number=shapes.integer(item["number"], least=1, most=LAST_NUMBER),
        previous=shapes.digest(item["previous"]),
        type=shapes.word(item["type"], _TYPE),
        at=shapes.moment(item["at"]),
        ticket="" if item["ticket"] == "" else shapes.uid(item["ticket"]),
        said=said,
        more={name: value for name, value in item.items() if name not in _OWN},
    )
