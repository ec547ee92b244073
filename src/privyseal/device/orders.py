"""What a device is told besides tickets: orders by the signer, requests and acknowledgements by the gateway."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from privyseal.device.events import LAST_NUMBER, SERIAL
from privyseal.device.signed import Frame, FrameBroken, said_by_itself
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json
from privyseal.kernel.shapes import Misshapen

AFTER: Final = "after"
_VERSION: Final = 1
_TOLD: Final = frozenset(("v", "device", "number", "type", "said"))
_ACKNOWLEDGED: Final = frozenset(("v", "device", "number", "digest"))


class Order(StrEnum):
    """What only the signer's key says, since it takes something away from safety."""

    UNLOCK = "unlock"
    TIME = "time"
    CONFIRM = "confirm"
    MOUNT = "mount"


class Request(StrEnum):
    """What is safe for anybody to say; the gateway signs it so that nobody else wears out the battery."""

    LOCK = "lock"
    FIND = "find"
    HEALTH = "health"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One order or request; ``number`` goes up, so none is taken twice; it names the one before, so none is lost."""

    device: str
    number: int
    type: Order | Request
    said: Mapping[str, Json]

    @property
    def after(self) -> int:
        """Return the number of the one before it, 0 where it names none: the first, and those of before."""
        after = self.said.get(AFTER)
        return after if isinstance(after, int) and not isinstance(after, bool) else 0

    def follows(self, taken: int) -> bool:
        """Tell whether it is new to who took those up to this number, and none between them is lacking."""
        return self.after <= taken < self.number

    def to_json(self) -> dict[str, Json]:
        own: dict[str, Json] = {"v": _VERSION, "device": self.device, "number": self.number}
        return own | {"type": self.type.value, "said": self.said}


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Everything up to this event, whose digest this is, is kept: a device may forget it."""

    device: str
    number: int
    digest: str

    def to_json(self) -> dict[str, Json]:
        return {"v": _VERSION, "device": self.device, "number": self.number, "digest": self.digest}


_TYPES: Final[Mapping[Frame, type[Order] | type[Request]]] = {Frame.ORDER: Order, Frame.REQUEST: Request}


def instruction(frame: Frame, said: Mapping[str, Any]) -> Instruction:
    """Return what a frame of orders or requests says, or refuse: frame-broken."""
    types = _TYPES[frame]
    try:
        told = shapes.fields(said, _TOLD)
        shapes.integer(told["v"], least=_VERSION, most=_VERSION)
        return Instruction(
            device=shapes.word(told["device"], SERIAL),
            number=shapes.integer(told["number"], least=1, most=LAST_NUMBER),
            type=types(shapes.word(told["type"], re.compile("|".join(types)))),
            said=_object(told["said"]),
        )
    except Misshapen as error:
        raise FrameBroken from error


def are_unbroken(orders: Sequence[str], taken: int) -> bool:
    """Tell whether who took the orders up to this number lacks none before any of these frames, in their order."""
    for told in (instruction(Frame.ORDER, said_by_itself(text, Frame.ORDER)) for text in orders):
        if told.after > taken:
            return False
        taken = max(taken, told.number)
    return True


def acknowledgement(said: Mapping[str, Any]) -> Acknowledgement:
    """Return what a frame acknowledges, or refuse: frame-broken."""
    try:
        told = shapes.fields(said, _ACKNOWLEDGED)
        shapes.integer(told["v"], least=_VERSION, most=_VERSION)
        number = shapes.integer(told["number"], least=0, most=LAST_NUMBER)
        return Acknowledgement(shapes.word(told["device"], SERIAL), number, shapes.digest(told["digest"]))
    except Misshapen as error:
        raise FrameBroken from error


def _object(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise Misshapen
    return value
