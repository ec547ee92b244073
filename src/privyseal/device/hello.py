"""What a device says it has, so that it is told what it lacks; and that a picture is its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from privyseal.device.events import LAST_NUMBER, SERIAL
from privyseal.device.signed import FrameBroken
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, sha256, utc_text
from privyseal.kernel.shapes import Misshapen

MOST_TICKETS: Final = 200
LONGEST_WAIT: Final = 50
MOST_BYTES: Final = 8 << 20
MOST_SEALED: Final = 12 << 20  # a picture in base64, sealed to the gateway
_ANSWERED_WITHIN: Final = timedelta(minutes=1)
_VERSION: Final = 1
_OWN: Final = frozenset(("v", "device", "at", "known", "orders", "requests", "tickets", "wait"))
_PICTURE: Final = frozenset(("v", "device", "sha256", "bytes"))


@dataclass(frozen=True, slots=True)
class Hello:
    """``known`` is the number of its newest event; ``orders`` and ``requests`` the highest it took."""

    device: str
    at: datetime
    known: int
    orders: int
    requests: int
    tickets: tuple[str, ...]
    wait: int = 0

    def to_json(self) -> dict[str, Json]:
        return {
            "v": _VERSION,
            "device": self.device,
            "at": utc_text(self.at),
            "known": self.known,
            "orders": self.orders,
            "requests": self.requests,
            "tickets": list(self.tickets),
            "wait": self.wait,
        }


@dataclass(frozen=True, slots=True)
class Picture:
    device: str
    sha256: str
    size: int

    def to_json(self) -> dict[str, Json]:
        return {"v": _VERSION, "device": self.device, "sha256": self.sha256, "bytes": self.size}


class Hellos:
    """What a device said just now, by its digest: only what answers it sets its clock.

    Whoever kept back a time that was true would have it be again when a ticket was in its window.
    """

    def __init__(self) -> None:
        self._said: dict[str, datetime] = {}

    def said(self, text: str, at: datetime) -> str:
        self._said = {one: then for one, then in self._said.items() if _is_just(then, at)}
        self._said[sha256(text.encode())] = at
        return text

    def answers(self, digest: str, at: datetime) -> bool:
        """Tell whether this answers one of them, by the device's own clock; they are over once one was answered."""
        then = self._said.get(digest)
        is_answer = then is not None and _is_just(then, at)
        self._said = {} if is_answer else self._said
        return is_answer


def _is_just(then: datetime, at: datetime) -> bool:
    return timedelta() <= at - then <= _ANSWERED_WITHIN


def hello(said: Mapping[str, Any]) -> Hello:
    """Return what a device has, or refuse: frame-broken. It may say more than we know."""
    if not said.keys() >= _OWN:
        raise FrameBroken
    try:
        shapes.integer(said["v"], least=_VERSION, most=_VERSION)
        return Hello(
            device=shapes.word(said["device"], SERIAL),
            at=shapes.moment(said["at"]),
            known=shapes.integer(said["known"], least=0, most=LAST_NUMBER),
            orders=shapes.integer(said["orders"], least=0, most=LAST_NUMBER),
            requests=shapes.integer(said["requests"], least=0, most=LAST_NUMBER),
            tickets=tuple(shapes.uid(one) for one in shapes.items(said["tickets"], most=MOST_TICKETS)),
            wait=shapes.integer(said["wait"], least=0, most=LONGEST_WAIT),
        )
    except Misshapen as error:
        raise FrameBroken from error


def picture(said: Mapping[str, Any]) -> Picture:
    """Return which picture a device says is its own, or a gateway that it keeps; or refuse: frame-broken."""
    try:
        read = shapes.fields(said, _PICTURE)
        shapes.integer(read["v"], least=_VERSION, most=_VERSION)
        size = shapes.integer(read["bytes"], least=1, most=MOST_BYTES)
        return Picture(shapes.word(read["device"], SERIAL), shapes.digest(read["sha256"]), size)
    except Misshapen as error:
        raise FrameBroken from error
