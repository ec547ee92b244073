"""Frames and pictures by way of a telephone: what a device answers to each fragment that is written by Bluetooth.

A device says nothing by itself: whoever has a telephone asks for each piece, so what was lost is asked for again, and
after a cut both go on where they were. What comes is believed as little as what a broker brings.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from enum import IntEnum
from hashlib import sha256
from typing import Final, NamedTuple

from privyseal.device.signed import MOST_CHARACTERS, FrameBroken, FrameForged

SERVICE: Final = "d78e1500-a8f9-4d44-88c5-c2a36eb6de0e"
ABOUT: Final = "d78e1501-a8f9-4d44-88c5-c2a36eb6de0e"
WRITTEN: Final = "d78e1502-a8f9-4d44-88c5-c2a36eb6de0e"
TOLD: Final = "d78e1503-a8f9-4d44-88c5-c2a36eb6de0e"

VERSION: Final = 1
LEAST_FRAGMENT: Final = 64
MOST_FRAGMENT: Final = 512
GRANT: Final = 4_096
MOST_OFFERED: Final = 16
_PICTURES_AT_ONCE: Final = 4
_NAME: Final = 8
_FOUR: Final = 4
_TWO: Final = 2
_AHEAD: Final = 1 + _NAME + _FOUR


class Say(IntEnum):
    """The first byte of a fragment."""

    BEGIN = 0
    OFFER = 1
    WANT = 2
    DATA = 3
    END = 4
    PICTURES = 5


class Fragment(NamedTuple):
    """One piece of what is said, of the frame or picture with this name.

    ``number`` is the length of an offer, where data goes on, at the end how many offers were told, or how many pictures
    whoever asks for them passes over; ``most`` is how much is wanted.
    """

    say: Say
    of: bytes = b""
    number: int = 0
    most: int = 0
    data: bytes = b""

    def to_bytes(self) -> bytes:
        ahead = bytes((self.say,))
        if self.say in _SHORT:
            return ahead + self.number.to_bytes(_SHORT[self.say] - 1, "big")
        ahead += self.of + self.number.to_bytes(_FOUR, "big")
        return ahead + (self.most.to_bytes(_FOUR, "big") if self.say is Say.WANT else self.data)


_SHORT: Final = {Say.BEGIN: 1, Say.END: 2, Say.PICTURES: 1 + _FOUR}
_LENGTHS: Final = {Say.OFFER: _AHEAD, Say.WANT: _AHEAD + _FOUR}


def read(data: bytes) -> Fragment:
    """Return what a fragment says, or refuse: frame-broken."""
    if not 1 <= len(data) <= MOST_FRAGMENT or data[0] not in set(Say):
        raise FrameBroken
    say, of, number = Say(data[0]), data[1 : 1 + _NAME], int.from_bytes(data[1 + _NAME : _AHEAD], "big")
    if say in _SHORT:
        if len(data) != _SHORT[say]:
            raise FrameBroken
        return Fragment(say, number=int.from_bytes(data[1:], "big"))
    if len(data) != _LENGTHS.get(say, max(len(data), _AHEAD + 1)):
        raise FrameBroken
    more = data[_AHEAD:]
    if say is Say.WANT:
        return Fragment(say, of, number, int.from_bytes(more, "big"))
    return Fragment(say, of, number, data=more)


def name_of(frame: bytes) -> bytes:
    return sha256(frame).digest()[:_NAME]


def about(serial: str, *, most: int) -> bytes:
    """Return who a device says that it is: the version, how much may be written at once, its serial."""
    return bytes((VERSION,)) + most.to_bytes(_TWO, "big") + serial.encode("ascii")


def fragments_of(frame: bytes, start: int, count: int, *, most: int) -> Iterator[bytes]:
    """Yield this much of a frame from here on, in fragments of this many bytes at most."""
    end, step = min(len(frame), start + min(count, GRANT)), most - _AHEAD
    for at in range(start, end, step):
        yield Fragment(Say.DATA, name_of(frame), at, data=frame[at : min(at + step, end)]).to_bytes()


class Berth:
    """Where a telephone is at a device. ``take`` is given each frame that came whole, ``offers`` says what there is.

    ``pictures`` are those that are kept, each as the frame that says it is its own and the picture, sealed. It holds
    one frame that comes, and keeps the half of it over a cut.
    """

    def __init__(
        self,
        take: Callable[[str], None],
        offers: Callable[[], Sequence[str]],
        pictures: Callable[[], Sequence[tuple[str, str]]] = tuple,
        *,
        most: int = MOST_FRAGMENT,
    ) -> None:
        self._take = take
        self._offers = offers
        self._pictures = pictures
        self._most = max(LEAST_FRAGMENT, min(most, MOST_FRAGMENT))
        self._offered: dict[bytes, bytes] = {}
        self._coming = Fragment(Say.OFFER)
        self._came = bytearray()
        self._until = 0
        self._whole = b""

    def answer(self, fragment: bytes) -> list[bytes]:
        """Return what is told to the telephone, in this order; what is no fragment is not answered."""
        with suppress(FrameBroken):
            said = read(fragment)
            if said.say is Say.BEGIN:
                return self._offering(self._offers()[:MOST_OFFERED])
            if said.say is Say.PICTURES:
                some = self._pictures()[said.number : said.number + _PICTURES_AT_ONCE]
                return self._offering([one for pair in some for one in pair])
            if said.say is Say.WANT:
                frame = self._offered.get(said.of, b"")
                return [*fragments_of(frame, said.number, said.most, most=self._most)]
            if said.say is Say.OFFER and 0 < said.number <= MOST_CHARACTERS:
                return self._offer(said)
            if said.say is Say.DATA and said.of == self._coming.of:
                return self._data(said)
        return []

    def _offering(self, texts: Sequence[str]) -> list[bytes]:
        frames = [text.encode("ascii") for text in texts]
        self._offered = {name_of(frame): frame for frame in frames}
        offers = [Fragment(Say.OFFER, of, len(frame)) for of, frame in self._offered.items()]
        return [each.to_bytes() for each in (*offers, Fragment(Say.END, number=len(offers)))]

    def _offer(self, said: Fragment) -> list[bytes]:
        if said.of == self._whole:
            return [Fragment(Say.WANT, said.of, said.number).to_bytes()]
        if said != self._coming:
            self._coming, self._came = said, bytearray()
        return self._want()

    def _data(self, said: Fragment) -> list[bytes]:
        came, size = self._came, self._coming.number
        if said.number != len(came) or len(came) + len(said.data) > size:
            return self._want()
        came += said.data
        if len(came) == size:
            return self._take_whole(bytes(came))
        return self._want() if len(came) >= self._until else []

    def _take_whole(self, frame: bytes) -> list[bytes]:
        """Take it where it is what was offered, or want it anew; nobody is told whether it is believed."""
        coming, self._coming, self._came = self._coming, Fragment(Say.OFFER), bytearray()
        if name_of(frame) != coming.of:
            return self._offer(coming)
        self._whole = coming.of
        with suppress(FrameBroken, FrameForged, UnicodeError):
            self._take(frame.decode("ascii"))
        return [Fragment(Say.WANT, coming.of, coming.number).to_bytes()]

    def _want(self) -> list[bytes]:
        start, size = len(self._came), self._coming.number
        self._until = min(size, start + GRANT)
        return [Fragment(Say.WANT, self._coming.of, start, self._until - start).to_bytes()]
