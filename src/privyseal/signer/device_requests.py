"""What is asked of the signer about machines that open only for a permit. One frozen value an operation."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from privyseal.device.codes import LAST_SEQUENCE, MINUTES
from privyseal.device.events import LAST_NUMBER, SERIAL
from privyseal.device.orders import Order
from privyseal.device.signed import MOST_CHARACTERS, FrameKey
from privyseal.device.tickets import MOST_IMPRESSIONS, MOST_OPERATORS, Fence, Mode, fence_in, fits
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, utc_text
from privyseal.signer.statement import Approved, parse_approved, parse_one
from privyseal.signer.terms import USCC

MOST_ORDERS: Final = 100
_MOST_ADDRESS: Final = 255
_MOST_NAMES: Final = 20
_FRAME: Final = re.compile(rf"[A-Za-z0-9_.-]{{1,{MOST_CHARACTERS}}}")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?")
_BROKER: Final = re.compile(r"[A-Za-z0-9.\[\]:-]{1,255}")
_RECEIPT: Final = re.compile(r"[0-9]{12}")
_MODE: Final = re.compile("|".join(Mode))
_ORDER: Final = re.compile("|".join(Order))


@dataclass(frozen=True, slots=True)
class House:
    """Of a gateway or broker: the public key that it uses, and the names at which it is reached."""

    key: FrameKey
    names: tuple[str, ...]
    is_broker: bool = False

    def header(self) -> Mapping[str, Json]:
        own: dict[str, Json] = {"op": "device-house", "key": self.key.to_json(), "names": list(self.names)}
        return own | {"is_broker": self.is_broker}


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol:
    """A device's own frame, of enrolment or renewal, and what it is to be told beside its keys.

    ``company`` is a unified social credit code: by it a company's charter is found.
    """

    frame: str
    company: str
    gateway: FrameKey
    broker: str

    def header(self) -> Mapping[str, Json]:
        return {
            "op": "device-enrol",
            "frame": self.frame,
            "company": self.company,
            "gateway": self.gateway.to_json(),
            "broker": self.broker,
        }


@dataclass(frozen=True, slots=True)
class End:
    """A device that is retired or lost: nothing is made for it any more until it is enrolled anew."""

    device: str

    def header(self) -> Mapping[str, Json]:
        return {"op": "device-end", "device": self.device}


@dataclass(frozen=True, slots=True)
class Revoked:
    """The list of certificates of devices that count no more."""

    def header(self) -> Mapping[str, Json]:
        return {"op": "device-revoked"}


@dataclass(frozen=True, slots=True)
class Authority:
    """The certificate of the authority above all devices, which everybody may have."""

    def header(self) -> Mapping[str, Json]:
        return {"op": "device-authority"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """One order; ``order`` is its uid, so that asked again it is the same.

    An order that takes somebody's yes says nothing itself: ``agreed`` is what they said yes to, and how.
    """

    order: str
    device: str
    type: Order
    said: Mapping[str, Json] = field(default_factory=dict)
    agreed: Approved | None = None

    def header(self) -> Mapping[str, Json]:
        own: dict[str, Json] = {"op": "device-order", "order": self.order, "device": self.device}
        agreed = self.agreed.to_json() if self.agreed else None
        return own | {"type": self.type.value, "said": self.said, "agreed": agreed}


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders that a device was given with numbers above this one, as they were signed; the time is none of them."""

    device: str
    after: int

    def header(self) -> Mapping[str, Json]:
        return {"op": "device-orders", "device": self.device, "after": self.after}


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """What a use that was approved lets one device do: by a ticket, or by a code where ``minutes`` says how long.

    ``grant`` is its uid, which a ticket bears. ``place`` is where whoever gave the seal out lets it be used, at most as
    far as was approved; only a ticket says it.
    """

    grant: str
    device: str
    permit: str
    operators: tuple[str, ...]
    impressions: int
    opens_at: datetime
    closes_at: datetime
    approved: tuple[Approved, ...]
    mode: Mode = Mode.COUNTED
    confirmations: int = 0
    minutes: int = 0
    is_duress: bool = False
    place: Fence | None = None

    def header(self) -> Mapping[str, Json]:
        return {
            "op": "device-allow",
            "grant": self.grant,
            "device": self.device,
            "permit": self.permit,
            "operators": list(self.operators),
            "impressions": self.impressions,
            "opens_at": utc_text(self.opens_at),
            "closes_at": utc_text(self.closes_at),
            "statements": [each.to_json() for each in self.approved],
            "mode": self.mode.value,
            "confirmations": self.confirmations,
            "minutes": self.minutes,
            "is_duress": self.is_duress,
            "place": self.place.to_json() if self.place else None,
        }


@dataclass(frozen=True, slots=True)
class Close:
    """The twelve digits that a device showed when the grant of its last code was closed."""

    device: str
    receipt: str

    def header(self) -> Mapping[str, Json]:
        return {"op": "device-close", "device": self.device, "receipt": self.receipt}


@dataclass(frozen=True, slots=True)
class Bound:
    """The head of a device's chain where it showed a receipt: what the receipt has to say of it."""

    device: str
    sequence: int
    head: str

    def header(self) -> Mapping[str, Json]:
        return {"op": "device-bound", "device": self.device, "sequence": self.sequence, "head": self.head}


OfDevices: TypeAlias = House | Enrol | End | Revoked | Authority | Ordered | Orders | Allow | Close | Bound


def _house(header: Mapping[str, Json]) -> House:
    names = tuple(shapes.word(one, _HOST) for one in shapes.items(header["names"], least=1, most=_MOST_NAMES))
    return House(FrameKey.read(header["key"]), names, shapes.truth(header["is_broker"]))


def _enrol(header: Mapping[str, Json]) -> Enrol:
    return Enrol(
        frame=shapes.word(header["frame"], _FRAME),
        company=shapes.word(header["company"], USCC),
        gateway=FrameKey.read(header["gateway"]),
        broker=shapes.word(header["broker"], _BROKER) if header["broker"] else "",
    )


def _ordered(header: Mapping[str, Json]) -> Ordered:
    said = header["said"]
    if not isinstance(said, Mapping):
        raise shapes.Misshapen
    kind = Order(shapes.word(header["type"], _ORDER))
    if kind is Order.TIME:  # the digest of the hello that is answered, which nobody knows before its device says it
        shapes.digest(said.get("asked"))
    return Ordered(
        order=shapes.uid(header["order"]),
        device=shapes.word(header["device"], SERIAL),
        type=kind,
        said=said,
        agreed=None if header["agreed"] is None else parse_one(header["agreed"]),
    )


def _orders(header: Mapping[str, Json]) -> Orders:
    after = shapes.integer(header["after"], least=0, most=LAST_NUMBER)
    return Orders(shapes.word(header["device"], SERIAL), after)


def _allow(header: Mapping[str, Json]) -> Allow:
    operators = shapes.items(header["operators"], least=1, most=MOST_OPERATORS)
    minutes = shapes.integer(header["minutes"], least=0, most=max(MINUTES))
    if minutes and minutes not in MINUTES:
        raise shapes.Misshapen
    asked = Allow(
        grant=shapes.uid(header["grant"]),
        device=shapes.word(header["device"], SERIAL),
        permit=shapes.uid(header["permit"]),
        operators=tuple(shapes.uid(one) for one in operators),
        impressions=shapes.integer(header["impressions"], least=1, most=MOST_IMPRESSIONS),
        opens_at=shapes.moment(header["opens_at"]),
        closes_at=shapes.moment(header["closes_at"]),
        approved=parse_approved(header["statements"]),
        mode=Mode(shapes.word(header["mode"], _MODE)),
        confirmations=shapes.integer(header["confirmations"], least=0, most=MOST_OPERATORS),
        minutes=minutes,
        is_duress=shapes.truth(header["is_duress"]),
        place=None if header["place"] is None else fence_in(header["place"]),
    )
    is_fit = fits(asked.mode, impressions=asked.impressions, confirmations=asked.confirmations)
    if not is_fit or (asked.is_duress and not asked.minutes):  # a ticket has no second voice: it stamps
        raise shapes.Misshapen
    return asked


def _close(header: Mapping[str, Json]) -> Close:
    return Close(shapes.word(header["device"], SERIAL), shapes.word(header["receipt"], _RECEIPT))


def _bound(header: Mapping[str, Json]) -> Bound:
    sequence = shapes.integer(header["sequence"], least=1, most=LAST_SEQUENCE)
    return Bound(shapes.word(header["device"], SERIAL), sequence, shapes.digest(header["head"]))


READERS: Final[Mapping[str, tuple[frozenset[str], Callable[[Mapping[str, Json]], OfDevices]]]] = {
    "device-house": (frozenset({"key", "names", "is_broker"}), _house),
    "device-enrol": (frozenset({"frame", "company", "gateway", "broker"}), _enrol),
    "device-end": (frozenset({"device"}), lambda header: End(shapes.word(header["device"], SERIAL))),
    "device-revoked": (frozenset(), lambda _: Revoked()),
    "device-authority": (frozenset(), lambda _: Authority()),
    "device-order": (frozenset({"order", "device", "type", "said", "agreed"}), _ordered),
    "device-orders": (frozenset({"device", "after"}), _orders),
    "device-allow": (
        frozenset(
            (
                *("grant", "device", "permit", "operators", "impressions", "opens_at", "closes_at", "statements"),
                *("mode", "confirmations", "minutes", "is_duress", "place"),
            )
        ),
        _allow,
    ),
    "device-close": (frozenset({"device", "receipt"}), _close),
    "device-bound": (frozenset({"device", "sequence", "head"}), _bound),
}
