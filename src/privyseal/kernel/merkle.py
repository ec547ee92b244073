"""The Merkle tree of RFC 6962 section 2.1, with the proof checks of RFC 9162 section 2.1."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Final, TypeAlias, TypeVar

from privyseal.kernel.errors import Refused

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
KEPT_EVERY: Final = 4
"""Of every so manyth level the nodes are kept; those between are worked out from the ones below."""

T = TypeVar("T")
Place: TypeAlias = tuple[int, int]
NodeReader: TypeAlias = Callable[[int, int], bytes]
"""Returns the hash of the complete subtree of 2**level leaves that begins at position * 2**level."""


class ProofBroken(Refused):
    code = "proof-broken"


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, RFC 6962 section 2.1."""
    return range_hash(0, len(leaves), _subtrees_of(leaves)) if leaves else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: NodeReader) -> list[bytes]:
    """Return the audit path of a leaf in the tree of the first ``size`` leaves, leaf side first."""
    if not 0 <= index < size:
        raise ProofBroken(index=index, size=size)
    return _path(index, 0, size, read)


def consistency_proof(old_size: int, new_size: int, read: NodeReader) -> list[bytes]:
    """Return the proof that the first tree is a prefix of the second, RFC 6962 section 2.1.2."""
    if not 0 < old_size <= new_size:
        raise ProofBroken(old_size=old_size, new_size=new_size)
    return [] if old_size == new_size else _subproof(old_size, 0, new_size, read, is_known=True)


def range_hash(start: int, end: int, read: NodeReader) -> bytes:
    """Return the hash over the leaves start to end, where start is where a subtree may begin."""
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return read(level, start >> level)
    split = start + _largest_power_below(width)
    return node_hash(range_hash(start, split, read), range_hash(split, end, read))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> None:
    """Return if the leaf hash stands at index under the root, or refuse; RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
        raise ProofBroken(index=index, size=size)
    computed = leaf
    for sibling, is_left in _climb(index, size - 1, proof):
        computed = node_hash(sibling, computed) if is_left else node_hash(computed, sibling)
    if computed != expected:
        raise ProofBroken(index=index, size=size)


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Return if the old tree is a prefix of the new one, or refuse; RFC 9162 section 2.1.4.2."""
    if not 0 < old_size <= new_size:
        raise ProofBroken(old_size=old_size, new_size=new_size)
    if old_size == new_size:
        if proof or old_root != new_root:
            raise ProofBroken(old_size=old_size, new_size=new_size)
        return
    # A tree of a power of two is itself the first node; RFC 9162 leaves it out of the proof.
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        raise ProofBroken(old_size=old_size, new_size=new_size)
    trailing_ones = (old_size ^ (old_size - 1)).bit_length() - 1
    old = new = path[0]
    for sibling, is_left in _climb((old_size - 1) >> trailing_ones, (new_size - 1) >> trailing_ones, path[1:]):
        if is_left:
            old = node_hash(sibling, old)
        new = node_hash(sibling, new) if is_left else node_hash(new, sibling)
    if old != old_root or new != new_root:
        raise ProofBroken(old_size=old_size, new_size=new_size)


class Growing:
    """A tree that leaves are appended to. It holds the complete subtrees at its right edge, largest first."""

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        self.size = size
        self._edge = list(edge)

    @classmethod
    def at(cls, size: int, read: NodeReader) -> "Growing":
        """Return the tree of the first ``size`` leaves."""
        levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
        return cls(size, [read(level, (size >> level) - 1) for level in levels])

    @property
    def root(self) -> bytes:
        return reduce(lambda right, left: node_hash(left, right), reversed(self._edge)) if self._edge else EMPTY_ROOT

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Return (level, position, hash) of each subtree that this leaf completes, the leaf first."""
        level, position, current = 0, self.size, leaf
        nodes = [(level, position, current)]
        while position & 1:
            current = node_hash(self._edge.pop(), current)
            level, position = level + 1, position >> 1
            nodes.append((level, position, current))
        self._edge.append(current)
        self.size += 1
        return nodes


def is_kept(level: int) -> bool:
    return level % KEPT_EVERY == 0


def with_nodes(work: Callable[[NodeReader], T], fetch: Callable[[Sequence[Place]], Mapping[Place, bytes]]) -> T:
    """Run what reads nodes once to learn which kept ones it needs, fetch them together, and run it again."""
    wanted: list[Place] = []

    def note(level: int, position: int) -> bytes:
        wanted.append((level, position))
        return b""

    work(_over_kept(note))
    nodes = fetch(wanted)
    return work(_over_kept(lambda level, position: nodes[level, position]))


def _over_kept(read: NodeReader) -> NodeReader:
    def read_any(level: int, position: int) -> bytes:
        if is_kept(level):
            return read(level, position)
        return node_hash(read_any(level - 1, 2 * position), read_any(level - 1, 2 * position + 1))

    return read_any


def _path(index: int, start: int, end: int, read: NodeReader) -> list[bytes]:
    if end - start == 1:
        return []
    split = start + _largest_power_below(end - start)
    if index < split:
        return [*_path(index, start, split, read), range_hash(split, end, read)]
    return [*_path(index, split, end, read), range_hash(start, split, read)]


def _subproof(known: int, start: int, end: int, read: NodeReader, *, is_known: bool) -> list[bytes]:
    if start + known == end:
        return [] if is_known else [range_hash(start, end, read)]
    width = _largest_power_below(end - start)
    split = start + width
    if known <= width:
        return [*_subproof(known, start, split, read, is_known=is_known), range_hash(split, end, read)]
    return [*_subproof(known - width, split, end, read, is_known=False), range_hash(start, split, read)]


def _climb(position: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each sibling on the way to the root and whether it stands to the left."""
    for sibling in proof:
        if last == 0:
            raise ProofBroken(surplus=len(proof))
        is_left = bool(position & 1) or position == last
        yield sibling, is_left
        while is_left and position and not position & 1:
            position, last = position >> 1, last >> 1
        position, last = position >> 1, last >> 1
    if last:
        raise ProofBroken(short=len(proof))


def _largest_power_below(width: int) -> int:
    return 1 << ((width - 1).bit_length() - 1)


def _subtrees_of(leaves: Sequence[bytes]) -> NodeReader:
    def read(level: int, position: int) -> bytes:
        if level == 0:
            return leaves[position]
        return node_hash(read(level - 1, 2 * position), read(level - 1, 2 * position + 1))

    return read
