"""What a way to somebody must be able to do, and how it says that it could not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import ClassVar, Protocol, runtime_checkable

from privyseal.kernel.errors import Refused
from privyseal.notification.rules import Channel


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody reads: a line that stands alone, what is to be said besides, and the address where it goes on.

    ``brief`` says it where letters are dear, ``kind`` and ``values`` where somebody else has to approve the words.
    """

    line: str
    body: str
    url: str
    kind: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A kind of message that nothing says in this language."""

    kind: str
    language: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a channel says later of something it took; ``said`` is its own short word for it."""

    reference: str
    is_delivered: bool
    said: str


class NotTaken(Refused):
    """The channel did not take it: nothing has left, and it may be tried again."""

    code = "channel-not-available"


class Blocked(NotTaken):
    """The channel is inside the company, and was not named as a host that may be spoken to."""

    code = "channel-not-allowed"


class NeverTaken(Refused):
    """The channel will not take it however often it is asked: the address is wrong, or is not served."""

    code = "address-not-reachable"


class PerhapsTaken(Refused):
    """The channel went silent after it had been given everything: it may have left."""

    code = "delivery-unclear"


class Send(Protocol):
    def __call__(self, address: str, texts: Sequence[Text], *, language: str) -> Sequence[str]:
        """Send one person, in their language, up to ``most_at_once`` texts: all of them leave, or none.

        Return by which references receipts will speak of them, none where the channel sends no receipts.
        """


class Sender(Protocol):
    """A channel as it is set up here."""

    channel: ClassVar[Channel]
    most_at_once: ClassVar[int]

    def connected(self) -> AbstractContextManager[Send]:
        """Stay connected for as many sends as there are. One raises one of the three above, or everything has left."""

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        """Return what this channel could not say for want of an approved text."""


@runtime_checkable
class Receiving(Protocol):
    """A channel that says later what became of what it took."""

    channel: ClassVar[Channel]

    def receipts(self) -> Iterator[Receipt]:
        """Return what is new. Asked for the next one, the channel forgets the one before: it has been written down."""
