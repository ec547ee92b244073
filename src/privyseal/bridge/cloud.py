"""What a maker's cloud has to be able to do, in our words: one adapter a maker, ``bridge.plain`` for the simplest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from privyseal.device.tickets import Ticket
from privyseal.kernel.errors import Refused


class Happened(StrEnum):
    """What a cloud tells."""

    OPENED = "opened"
    STAMPED = "stamped"
    CLOSED = "closed"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that happened at a machine. ``name`` is the same whenever it is told again.

    ``counter`` is the machine's mechanical count after it, ``operator`` who was identified there, as the ticket names
    them; ``alarm`` one of those of the protocol.
    """

    name: str
    happened: Happened
    device: str
    grant: str = ""
    operator: str = ""
    counter: int = 0
    picture: bytes = b""
    alarm: str = ""


class CloudRefused(Refused):
    """The maker's cloud answered that it does not do this."""

    code = "cloud-refused"


class CloudBroken(Refused):
    """What came from the maker's cloud is not signed by it, or says nothing that is known."""

    code = "cloud-broken"


class Cloud(Protocol):
    """Everything may be asked again, and is done once: a cloud knows a grant by its uid."""

    def allow(self, ticket: Ticket) -> None:
        """Let a machine do what this ticket says, and no more; raise where it was not reached, or refuses."""

    def withdraw(self, device: str, grant: str) -> None:
        """Let this grant open nothing any more."""

    def lock(self, device: str) -> None:
        """Let nothing open a machine."""

    def unlock(self, device: str) -> None:
        """Let a machine be opened again, now that the signer ordered it."""

    def told(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Told:
        """Return what a call of the cloud says, or refuse what is not by it."""
