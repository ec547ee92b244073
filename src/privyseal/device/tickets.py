"""Tickets: what opens a device. Signed by the signer alone, for one device, one seal, one permit, so often, so long."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from privyseal.device.events import SERIAL
from privyseal.device.signed import FrameBroken
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, utc_text
from privyseal.kernel.shapes import Misshapen

MOST_IMPRESSIONS: Final = 100_000
MOST_OPERATORS: Final = 10
_PLAIN: Final = 1
NAMES_ENROLMENT: Final = 2
MOST_EPOCHS: Final = 2**31
_NAMES: Final = frozenset(
    (
        *("v", "ticket", "device", "seal", "permit", "mode", "operators", "impressions", "confirmations"),
        *("opens_at", "closes_at", "place", "document", "policy"),
    )
)
_OF_VERSION: Final = {_PLAIN: _NAMES, NAMES_ENROLMENT: _NAMES | {"epoch"}}
_EARTH_METRES: Final = 6_371_000
_FULL_CIRCLE: Final = 180_000_000
_MOST_METRES: Final = 50_000


class Mode(StrEnum):
    """How a device counts and whom it waits for."""

    ONE = "one"
    COUNTED = "counted"
    ACROSS = "across"
    CONFIRMED = "confirmed"
    EMERGENCY = "emergency"
    HAND = "hand"


_MODE: Final = re.compile("|".join(Mode))


def fits(mode: Mode, *, impressions: int, confirmations: int) -> bool:
    """Tell whether a ticket of this mode may say these counts: one approval is one stamp, and others see it or not.

    By hand it is one time that a seal leaves its slot.
    """
    return (mode not in {Mode.ONE, Mode.HAND} or impressions == 1) and (mode is Mode.CONFIRMED) == bool(confirmations)


@dataclass(frozen=True, slots=True)
class Fence:
    """Where a device may be: millionths of a degree (WGS 84), and metres around them."""

    latitude: int
    longitude: int
    metres: int

    def holds(self, place: tuple[int, int] | None) -> bool:
        """Tell whether a place lies in it; near enough on a sphere for the few kilometres of one."""
        if place is None:
            return False
        north = math.radians((place[0] - self.latitude) / 1e6)
        east = math.radians((place[1] - self.longitude) / 1e6) * math.cos(math.radians(self.latitude / 1e6))
        return math.hypot(north, east) * _EARTH_METRES <= self.metres

    def is_no_wider(self, other: "Fence") -> bool:
        """Tell whether this one lets nothing further than another around the same point."""
        is_there = (self.latitude, self.longitude) == (other.latitude, other.longitude)
        return is_there and self.metres <= other.metres

    def to_json(self) -> Mapping[str, Json]:
        return {"latitude": self.latitude, "longitude": self.longitude, "metres": self.metres}


@dataclass(frozen=True, slots=True)
class Ticket:
    """What one permit lets one device do.

    ``operators`` are pseudonyms: the device identifies one of them before it opens. By ``Mode.HAND`` a cabinet lets
    them take the seal out of its slot once, and put it back. ``confirmations`` is how many
    others have to see each impression first. ``document`` is a SHA-256 digest, empty for paper that has none, and
    ``policy`` the version by which it was approved. ``epoch`` is the enrolment of the device that it is for, 0 in one
    that names none, as firmware of before reads it.
    """

    uid: str
    device: str
    seal: str
    permit: str
    mode: Mode
    operators: tuple[str, ...]
    impressions: int
    opens_at: datetime
    closes_at: datetime
    policy: int
    confirmations: int = 0
    document: str = ""
    place: Fence | None = None
    epoch: int = 0

    def to_json(self) -> Mapping[str, Json]:
        own: dict[str, Json] = {"v": NAMES_ENROLMENT, "epoch": self.epoch} if self.epoch else {"v": _PLAIN}
        return own | {
            "ticket": self.uid,
            "device": self.device,
            "seal": self.seal,
            "permit": self.permit,
            "mode": self.mode.value,
            "operators": list(self.operators),
            "impressions": self.impressions,
            "confirmations": self.confirmations,
            "opens_at": utc_text(self.opens_at),
            "closes_at": utc_text(self.closes_at),
            "place": self.place.to_json() if self.place else None,
            "document": self.document,
            "policy": self.policy,
        }

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Ticket":
        """Return the ticket that a frame says, or refuse: frame-broken. What opens says nothing that we do not know."""
        try:
            version = shapes.integer(said.get("v"), least=_PLAIN, most=NAMES_ENROLMENT)
            return _ticket(shapes.fields(said, _OF_VERSION[version]))
        except Misshapen as error:
            raise FrameBroken from error


def _ticket(said: Mapping[str, Json]) -> Ticket:
    ticket = Ticket(
        uid=shapes.uid(said["ticket"]),
        device=shapes.word(said["device"], SERIAL),
        seal=shapes.uid(said["seal"]),
        permit=shapes.uid(said["permit"]),
        mode=Mode(shapes.word(said["mode"], _MODE)),
        operators=tuple(shapes.uid(one) for one in shapes.items(said["operators"], least=1, most=MOST_OPERATORS)),
        impressions=shapes.integer(said["impressions"], least=1, most=MOST_IMPRESSIONS),
        opens_at=shapes.moment(said["opens_at"]),
        closes_at=shapes.moment(said["closes_at"]),
        policy=shapes.integer(said["policy"], least=0, most=2**31),
        confirmations=shapes.integer(said["confirmations"], least=0, most=MOST_OPERATORS),
        document="" if said["document"] == "" else shapes.digest(said["document"]),
        place=None if said["place"] is None else fence_in(said["place"]),
        epoch=shapes.integer(said["epoch"], least=1, most=MOST_EPOCHS) if "epoch" in said else 0,
    )
    is_fit = fits(ticket.mode, impressions=ticket.impressions, confirmations=ticket.confirmations)
    if ticket.opens_at >= ticket.closes_at or not is_fit:
        raise Misshapen
    return ticket


def fence_in(said: Json) -> Fence:
    """Return the fence that JSON says, or refuse: misshapen."""
    place = shapes.fields(said, frozenset(("latitude", "longitude", "metres")))
    return Fence(
        latitude=shapes.integer(place["latitude"], least=-_FULL_CIRCLE // 2, most=_FULL_CIRCLE // 2),
        longitude=shapes.integer(place["longitude"], least=-_FULL_CIRCLE, most=_FULL_CIRCLE),
        metres=shapes.integer(place["metres"], least=1, most=_MOST_METRES),
    )
