"""Which hashes of the tree are kept, and how they are read: those of leaves are worked out from the facts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from privyseal.kernel import merkle
from privyseal.kernel.merkle import Place
from privyseal.ledger.packing import unpacked

_BODIES: Final = """
    SELECT leaf.index, fact.body FROM ledger_leaf leaf JOIN ledger_fact fact ON fact.id = leaf.fact_id
    WHERE leaf.index = ANY(%s)
"""
_NODES: Final = """
    SELECT level, position, hash FROM ledger_node
    JOIN unnest(%s::smallint[], %s::bigint[]) AS wanted (l, p) ON level = l AND position = p
"""


class Cursor(Protocol):
    def execute(self, query: Any, values: Any, /) -> object: ...  # noqa: ANN401  two libraries' cursors

    def fetchall(self) -> list[tuple[Any, ...]]: ...


def fetch(cursor: Cursor, wanted: Sequence[Place]) -> Mapping[Place, bytes]:
    """Return the hashes of leaves and of kept nodes, as far as they are there."""
    leaves = [position for level, position in wanted if level == 0]
    inner = [(level, position) for level, position in wanted if level > 0]
    found: dict[Place, bytes] = {}
    if leaves:
        cursor.execute(_BODIES, [leaves])
        found |= {(0, index): merkle.leaf_hash(unpacked(bytes(body))) for index, body in cursor.fetchall()}
    if inner:
        cursor.execute(_NODES, [[level for level, _ in inner], [position for _, position in inner]])
        found |= {(level, position): bytes(node) for level, position, node in cursor.fetchall()}
    return found
