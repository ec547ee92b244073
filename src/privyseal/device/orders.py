"""What a device is told besides tickets: orders by the signer, requests and acknowledgements by the gateway."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from privyseal.device.events import LAST_NUMBER, SERIAL
from privyseal.device.signed import Frame, FrameBroken
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json
from privyseal.kernel.shapes import Misshapen

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
    """One order or request; ``number`` goes up, so none is taken twice."""

    device: str
    number: int
    type: Order | Request
    said: Mapping[str, Json]

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
