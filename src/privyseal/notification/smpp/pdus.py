"""Protocol data units of SMPP 3.4, as bytes and as values: those few that sending texts and hearing of them takes."""

import re
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from privyseal.kernel.errors import Refused

HEADER: Final = struct.Struct(">IIII")
LONGEST: Final = 70_000  # a message_payload and everything around it
_VERSION: Final = 0x34
_TLV: Final = struct.Struct(">HH")
_PAYLOAD, _RECEIPTED_ID, _MESSAGE_STATE = 0x0424, 0x001E, 0x0427
_RECEIPT, _KIND_OF_MESSAGE = 0x04, 0x3C  # of esm_class (5.2.12)
_WITH_HEADER: Final = 0x40
_ALPHANUMERIC, _INTERNATIONAL, _UNKNOWN, _ISDN = 5, 1, 0, 1  # types of number and numbering plans (5.2.5, 5.2.6)
_ANSWER: Final = 0x8000_0000
# The states of a message (5.2.28) as receipts write them; only these two sets end one.
_STATES: Final = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD"}
_DELIVERED: Final = frozenset({"DELIVRD"})
_FAILED: Final = frozenset({"EXPIRED", "DELETED", "UNDELIV", "REJECTD"})
_FIELD: Final = re.compile(rb"(id|stat|err):([^ ]{0,65})")


class Command(IntEnum):
    """The commands that are spoken here (5.1.2.1)."""

    GENERIC_NACK = 0x8000_0000
    SUBMIT_SM = 0x0000_0004
    DELIVER_SM = 0x0000_0005
    UNBIND = 0x0000_0006
    BIND_TRANSCEIVER = 0x0000_0009
    ENQUIRE_LINK = 0x0000_0015


class Status(IntEnum):
    """What is answered (5.1.3), where it matters which."""

    OK = 0
    INVALID_DESTINATION = 0x0B
    QUEUE_FULL = 0x14
    INVALID_DESTINATION_TYPE = 0x50
    THROTTLED = 0x58


class NoSmpp(Refused):
    """What came is no SMPP 3.4."""

    code = "answer-lost"


@dataclass(frozen=True, slots=True)
class Pdu:
    command: int
    status: int
    sequence: int
    body: bytes = b""

    @property
    def is_answer(self) -> bool:
        return bool(self.command & _ANSWER)

    def packed(self) -> bytes:
        return HEADER.pack(HEADER.size + len(self.body), self.command, self.status, self.sequence) + self.body

    def answer(self, body: bytes = b"") -> "Pdu":
        return Pdu(self.command | _ANSWER, Status.OK, self.sequence, body)


@dataclass(frozen=True, slots=True)
class Part:
    """What one submit_sm carries; ``header`` says which part of a longer text it is."""

    data_coding: int
    text: bytes
    header: bytes = b""
    is_payload: bool = False


@dataclass(frozen=True, slots=True)
class Became:
    """What the network says of a message: delivered, failed, or (None) still on its way."""

    reference: str
    is_delivered: bool | None
    said: str


def length_of(head: bytes) -> int:
    """Return how long the unit is that begins with these four bytes, or refuse."""
    length = int.from_bytes(head, "big")
    if not HEADER.size <= length <= LONGEST:
        raise NoSmpp(length=length)
    return length


def read(data: bytes) -> Pdu:
    _, command, status, sequence = HEADER.unpack_from(data)
    return Pdu(command, status, sequence, data[HEADER.size :])


def bind(sequence: int, system_id: str, password: str) -> Pdu:
    body = _text(system_id, 16) + _text(password, 9) + b"\0" + bytes([_VERSION, _UNKNOWN, _UNKNOWN]) + b"\0"
    return Pdu(Command.BIND_TRANSCEIVER, Status.OK, sequence, body)


def submit(sequence: int, source: str, destination: str, part: Part) -> Pdu:
    """Return a submit_sm that asks for a receipt, whatever becomes of it."""
    ton, npi = (_INTERNATIONAL, _ISDN) if source.isdigit() else (_ALPHANUMERIC, _UNKNOWN)
    said = b"" if part.is_payload else part.header + part.text
    body = b"".join(
        (
            b"\0",
            bytes([ton, npi] if source else [_UNKNOWN, _UNKNOWN]),
            _text(source, 21),
            bytes([_INTERNATIONAL if destination.startswith("+") else _UNKNOWN, _ISDN]),
            _text(destination.lstrip("+"), 21),
            bytes([_WITH_HEADER if part.header else 0, 0, 0]),
            b"\0\0",
            bytes([1, 0, part.data_coding, 0, len(said)]),
            said,
            _TLV.pack(_PAYLOAD, len(part.text)) + part.text if part.is_payload else b"",
        )
    )
    return Pdu(Command.SUBMIT_SM, Status.OK, sequence, body)


def reference_in(answer: Pdu) -> str:
    """Return by which name receipts will speak of a message that was taken."""
    return answer.body.partition(b"\0")[0].decode("latin-1")


def became(pdu: Pdu) -> Became | None:
    """Return what a deliver_sm says of an earlier message; None where it is somebody's text, or unreadable."""
    try:
        esm_class, said, more = _delivered(pdu.body)
    except (IndexError, ValueError, struct.error):
        return None
    if esm_class & _KIND_OF_MESSAGE != _RECEIPT:
        return None
    fields = {name: value.decode("latin-1") for name, value in _FIELD.findall(said)}
    reference = more.get(_RECEIPTED_ID, b"").rstrip(b"\0").decode("latin-1") or fields.get(b"id", "")
    state = _STATES.get(int.from_bytes(more.get(_MESSAGE_STATE, b""), "big"), "") or fields.get(b"stat", "").upper()
    is_delivered = True if state in _DELIVERED else False if state in _FAILED else None
    error = fields.get(b"err", "").lstrip("0")
    return Became(reference, is_delivered, f"{state} {error}".strip()[:32]) if reference else None


def _delivered(body: bytes) -> tuple[int, bytes, dict[int, bytes]]:
    """Return the class, the text and the optional parameters of a deliver_sm (4.6.1)."""
    at = body.index(b"\0") + 3
    at = body.index(b"\0", at) + 3
    at = body.index(b"\0", at) + 1
    esm_class = body[at]
    at = body.index(b"\0", at + 3) + 1
    at = body.index(b"\0", at) + 1
    length, at = body[at + 4], at + 5
    said, at, more = body[at : at + length], at + length, {}
    while at < len(body):
        tag, size = _TLV.unpack_from(body, at)
        more[tag] = body[at + _TLV.size : at + _TLV.size + size]
        at += _TLV.size + size
    return esm_class, said or more.get(_PAYLOAD, b""), more


def _text(value: str, most: int) -> bytes:
    """Return a text that a zero ends; ``most`` counts the zero."""
    return value.encode("latin-1", "replace")[: most - 1].replace(b"\0", b"") + b"\0"
