"""Many documents of one application in one call: what is asked for each of them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json
from privyseal.signer.bodies import Body
from privyseal.signer.statement import Approved, parse_approved
from privyseal.signer.terms import MAX_DOCUMENTS

_FIELD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MAX_BYTES: Final = 600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """One document of a batch, its bytes in their turn in the body."""

    intent: str
    document_sha256: str
    field: str
    size: int

    def to_json(self) -> Mapping[str, Json]:
        said = {"intent": self.intent, "document_sha256": self.document_sha256, "field": self.field}
        return {**said, "size": self.size}


@dataclass(frozen=True, slots=True, kw_only=True)
class SealEach:
    """Documents of one application for one seal; each is a use of its own, counted and refused by itself."""

    operator: str
    approved: tuple[Approved, ...]
    each: tuple[One, ...]

    def header(self) -> Mapping[str, Json]:
        return {
            "op": "seal-each",
            "operator": self.operator,
            "statements": [each.to_json() for each in self.approved],
            "each": [one.to_json() for one in self.each],
        }

    def documents(self, body: Body) -> Iterator[bytes]:
        """Return the documents that lie one behind the other in the body."""
        begin = 0
        for one in self.each:
            yield body[begin : begin + one.size]
            begin += one.size


def _seal_each(header: Mapping[str, Json]) -> SealEach:
    each = tuple(_one(item) for item in shapes.items(header["each"], least=1, most=MAX_DOCUMENTS))
    if len({one.intent for one in each}) != len(each):
        raise shapes.Misshapen
    return SealEach(operator=shapes.uid(header["operator"]), approved=parse_approved(header["statements"]), each=each)


def _one(value: Json) -> One:
    entry = shapes.fields(value, frozenset({"intent", "document_sha256", "field", "size"}))
    return One(
        intent=shapes.uid(entry["intent"]),
        document_sha256=shapes.digest(entry["document_sha256"]),
        field=shapes.word(entry["field"], _FIELD),
        size=shapes.integer(entry["size"], least=0, most=_MAX_BYTES),
    )


READERS: Final[Mapping[str, tuple[frozenset[str], Callable[[Mapping[str, Json]], SealEach]]]] = {
    "seal-each": (frozenset({"operator", "statements", "each"}), _seal_each),
}


def fits(each: Sequence[One], body: Body) -> bool:
    """Tell whether the body is exactly what the documents are said to be long."""
    return sum(one.size for one in each) == len(body)
