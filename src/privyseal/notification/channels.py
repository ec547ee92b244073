"""What a way to somebody must be able to do, and how it says that it could not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from privyseal.kernel.errors import Refused
from privyseal.notification.rules import Channel


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody reads: a line that stands alone, what is to be said besides, and the address where it goes on."""

    line: str
    body: str
    url: str


class NotTaken(Refused):
    """The channel did not take it: nothing has left, and it may be tried again."""

    code = "channel-not-available"


class NeverTaken(Refused):
    """The channel will not take it however often it is asked: the address is wrong, or is not served."""

    code = "address-not-reachable"


class PerhapsTaken(Refused):
    """The channel went silent after it had been given everything: it may have left."""

    code = "delivery-unclear"


class Sender(Protocol):
    """A channel as it is set up here. It raises one of the three above, or everything has left."""

    channel: ClassVar[Channel]

    def send(self, address: str, texts: Sequence[Text], *, language: str) -> None:
        """Send one person what they are told now: one text or several at once, in their language."""
