"""DER, read strictly: definite lengths in their shortest form, tags of one byte, nothing left over."""

from typing import Final, NamedTuple

INTEGER: Final = 0x02
BITS: Final = 0x03
OCTETS: Final = 0x04
OBJECT: Final = 0x06
TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31

_LONG: Final = 0x80
_HIGH_TAG: Final = 0x1F
_LONGEST_LENGTH: Final = 4


class NotDer(ValueError):
    """These bytes are not what they should be."""


class Node(NamedTuple):
    """An element: its tag, where it begins, where its body begins, where it ends."""

    data: bytes
    tag: int
    start: int
    body_start: int
    end: int

    @property
    def body(self) -> bytes:
        return self.data[self.body_start : self.end]

    @property
    def whole(self) -> bytes:
        return self.data[self.start : self.end]

    @property
    def integer(self) -> int:
        self.expect(INTEGER)
        return int.from_bytes(self.body, "big", signed=True)

    def expect(self, tag: int) -> "Node":
        """Return this element if it has the tag, or raise NotDer."""
        if self.tag != tag:
            raise NotDer(f"tag {self.tag:#x} where {tag:#x} belongs")
        return self

    def children(self, tag: int | None = None) -> list["Node"]:
        """Return what stands inside, of an element of this tag if one is given, or raise NotDer."""
        if tag is not None:
            self.expect(tag)
        data, at, end = self.data, self.body_start, self.end
        found = []
        while at < end:
            child = _node(data, at, end)
            found.append(child)
            at = child.end
        return found


def read(data: bytes) -> Node:
    """Return the one element these bytes are, or raise NotDer."""
    found = _node(data, 0, len(data))
    if found.end != len(data):
        raise NotDer("bytes left over")
    return found


def first(data: bytes) -> Node:
    """Return the element these bytes begin with, or raise NotDer."""
    return _node(data, 0, len(data))


def identifier(dotted: str) -> bytes:
    """Return the body of an object identifier."""
    one, two, *rest = (int(arc) for arc in dotted.split("."))
    return b"".join(_base128(arc) for arc in (40 * one + two, *rest))


def _node(data: bytes, at: int, limit: int) -> Node:
    if at + 2 > limit:
        raise NotDer("cut short")
    tag, length = data[at], data[at + 1]
    body = at + 2
    if tag & _HIGH_TAG == _HIGH_TAG:
        raise NotDer("a tag of more than one byte")
    if length >= _LONG:
        count = length - _LONG
        length = int.from_bytes(data[body : body + count], "big")
        if not 0 < count <= _LONGEST_LENGTH or length < _LONG or not data[body]:
            raise NotDer("a length not in its shortest form")
        body += count
    if body + length > limit:
        raise NotDer("cut short")
    return Node(data, tag, at, body, body + length)


def _base128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))
