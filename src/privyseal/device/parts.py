"""What a device is made of: the parts that move and sense, the keys it has, and why it does not do what it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.device.codes import Holder, Kind
from privyseal.device.signed import FrameKey
from privyseal.device.tickets import Ticket
from privyseal.kernel.canonical import Json

_STAMPING: Final = frozenset({Kind.USE, Kind.SERVICE, Kind.LOCK})


class Cannot(StrEnum):
    """Why a device does not do what somebody before it asks for."""

    LOCKED = "locked"
    WITHDRAWN = "withdrawn"
    CLOCK = "clock"
    NO_TICKET = "no-ticket"
    EARLY = "early"
    LATE = "late"
    NOT_THE_OPERATOR = "not-the-operator"
    USED_UP = "used-up"
    WRONG_SEAL = "wrong-seal"
    PLACE = "place"
    OTHER_KIND = "other-kind"
    BUSY = "busy"
    NO_SESSION = "no-session"
    NO_IMPRESSION = "no-impression"
    IMPRESSION_OPEN = "impression-open"
    NOT_CONFIRMED = "not-confirmed"
    STAMPED = "stamped"
    NOT_STAMPED = "not-stamped"


class Mechanics(Protocol):
    """What a maker brings: the parts that move and sense."""

    @property
    def counter(self) -> int:
        """Return how often the seal came down since the device was made; nothing sets it back."""

    @property
    def seals(self) -> frozenset[str]:
        """Return the uids of the seals that are mounted, as their tags say."""

    def place(self) -> tuple[int, int] | None:
        """Return latitude and longitude in millionths of a degree, None where they are not known."""

    def press(self, seal: str) -> None:
        """Bring this seal down once; the counter says whether it came."""

    def photograph(self) -> bytes | None:
        """Return a picture of what lies under the seal, None where there is none."""

    def health(self) -> Mapping[str, Json]:
        """Return what the device knows of itself: battery, signal, free_kilobytes, firmware, scanner, by_picture."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a device is, whom it believes, and by which key it reads codes for the seal in it.

    Out of one that ``is_cabinet`` people take seals, and out of no other. Where it was told that tickets name its
    enrolment (``names_epochs``), it takes none that does not.
    """

    serial: str
    key: ec.EllipticCurvePrivateKey
    signer: FrameKey
    gateway: FrameKey
    holder: Holder
    code_key: bytes
    is_cabinet: bool = False
    names_epochs: bool = False

    @property
    def takes(self) -> frozenset[Kind]:
        """Return the kinds of codes that such a device takes."""
        return frozenset({Kind.TAKE_OUT, Kind.LOCK}) if self.is_cabinet else _STAMPING

    def is_given(self, ticket: Ticket) -> bool:
        """Tell whether a ticket is of this enrolment, and not of one before that the device has forgotten."""
        return ticket.epoch == self.holder.epoch or not (ticket.epoch or self.names_epochs)
