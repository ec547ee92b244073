"""What is said yes to where a machine is let go away from safety, as canonical bytes. Pure.

It is signed as a statement is, by a challenge over its bytes, and can be taken for none: it has other fields.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from privyseal.device.enrolment import KIND, MOST_SLOTS, DeviceKind
from privyseal.device.events import LAST_NUMBER, SERIAL
from privyseal.device.orders import Order
from privyseal.device.tickets import MOST_IMPRESSIONS
from privyseal.kernel import canonical, shapes
from privyseal.kernel.canonical import Json, NotCanonical
from privyseal.signer.protocol import SignerRefused

_VERSION: Final = 1
_WAY: Final = re.compile("in|out")
_BECAUSE: Final = re.compile(r"[a-z][a-z-]{0,15}")


class AgreementUnreadable(SignerRefused):
    code = "agreement-unreadable"


class AgreementMissing(SignerRefused):
    """Nobody agreed to this very order, or more than one at a time: each says yes alone."""

    code = "agreement-missing"


class Kind(StrEnum):
    CONFIRM = "confirm"
    UNLOCK = "unlock"
    MOUNT = "mount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """One impression may come down, as this picture shows what lies under the seal."""

    device: str
    ticket: str
    seal: str
    impression: int
    picture_sha256: str

    def to_bytes(self) -> bytes:
        said: dict[str, Json] = {"device": self.device, "ticket": self.ticket, "seal": self.seal}
        return _bytes(Kind.CONFIRM, said | {"impression": self.impression, "picture": self.picture_sha256})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """A machine may open again, unless something locked it after its event ``until``."""

    device: str
    until: int
    because: str

    def to_bytes(self) -> bytes:
        return _bytes(Kind.UNLOCK, {"device": self.device, "until": self.until, "because": self.because})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A seal goes into a slot of a machine that is of this kind, or comes out of it. Once: ``order`` is its order."""

    order: str
    device: str
    kind: DeviceKind
    slot: int
    seal: str
    is_in: bool

    def to_bytes(self) -> bytes:
        said: dict[str, Json] = {"order": self.order, "device": self.device, "kind": self.kind.value}
        said |= {"slot": self.slot, "seal": self.seal, "way": "in" if self.is_in else "out"}
        return _bytes(Kind.MOUNT, said)


Agreement: TypeAlias = Confirm | Unlock | Mount

# Which orders take somebody's yes: all but the time, which is the signer's own.
TAKES_A_YES: Final[Mapping[Order, type[Agreement]]] = {
    Order.CONFIRM: Confirm,
    Order.UNLOCK: Unlock,
    Order.MOUNT: Mount,
}


def parse(data: bytes) -> Agreement:
    """Return what somebody agrees to whose canonical bytes these are, or refuse."""
    try:
        said = canonical.parse(data)
        match said.get("agrees"):
            case Kind.CONFIRM:
                return _confirm(_fields(said, "device", "ticket", "seal", "impression", "picture"))
            case Kind.UNLOCK:
                return _unlock(_fields(said, "device", "until", "because"))
            case Kind.MOUNT:
                return _mount(_fields(said, "order", "device", "kind", "slot", "seal", "way"))
    except (NotCanonical, UnicodeError, shapes.Misshapen) as error:
        raise AgreementUnreadable from error
    raise AgreementUnreadable


def _bytes(kind: Kind, said: Mapping[str, Json]) -> bytes:
    return canonical.canonical({"v": _VERSION, "agrees": kind.value, **said})


def _fields(said: object, *names: str) -> Mapping[str, Json]:
    entry = shapes.fields(said, frozenset({"v", "agrees", *names}))
    shapes.integer(entry["v"], least=_VERSION, most=_VERSION)
    return entry


def _confirm(said: Mapping[str, Json]) -> Confirm:
    return Confirm(
        device=shapes.word(said["device"], SERIAL),
        ticket=shapes.uid(said["ticket"]),
        seal=shapes.uid(said["seal"]),
        impression=shapes.integer(said["impression"], least=1, most=MOST_IMPRESSIONS),
        picture_sha256=shapes.digest(said["picture"]),
    )


def _unlock(said: Mapping[str, Json]) -> Unlock:
    return Unlock(
        device=shapes.word(said["device"], SERIAL),
        until=shapes.integer(said["until"], least=0, most=LAST_NUMBER),
        because=shapes.word(said["because"], _BECAUSE),
    )


def _mount(said: Mapping[str, Json]) -> Mount:
    return Mount(
        order=shapes.uid(said["order"]),
        device=shapes.word(said["device"], SERIAL),
        kind=DeviceKind(shapes.word(said["kind"], KIND)),
        slot=shapes.integer(said["slot"], least=1, most=MOST_SLOTS),
        seal=shapes.uid(said["seal"]),
        is_in=shapes.word(said["way"], _WAY) == "in",
    )
