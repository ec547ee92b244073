"""Receipts for facts, and the proof that the ledger still says what it said."""

from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import OuterRef, Subquery

from privyseal.kernel import merkle, receipt
from privyseal.kernel.canonical import NotCanonical, parse, utc_text
from privyseal.kernel.cosignature import CosignerKey, cosigned_at
from privyseal.kernel.errors import NotFound, Refused
from privyseal.kernel.merkle import Growing, NodeReader, Place
from privyseal.kernel.note import NoteBroken, VerifierKey, open_checkpoint
from privyseal.kernel.quorum import Needed
from privyseal.ledger import finding, nodes
from privyseal.ledger.cosigned import cosigned_head
from privyseal.ledger.models import CheckpointRow, CosignatureRow, FactRow, Leaf
from privyseal.ledger.naming import FIRST_FACT, Names, names
from privyseal.ledger.stamping import stamps_hold

_CHUNK: Final = 2_000
_FIRST_HEADS: Final = """
    SELECT said.key, head.size, head.root FROM unnest(%(keys)s::bigint[]) AS said (key)
    JOIN ledger_fact fact ON fact.subjects @> ARRAY[said.key] AND fact.kind = %(kind)s
    JOIN ledger_leaf leaf ON leaf.fact_id = fact.id
    JOIN LATERAL (
        SELECT size, root FROM ledger_checkpoint WHERE size > leaf.index ORDER BY size LIMIT 1
    ) head ON true
"""
T = TypeVar("T")


class NotYetProvable(Refused):
    """The fact is on record; its index or the covering checkpoint is still to come."""

    code = "not-yet-provable"


class Break(StrEnum):
    """How a ledger can be found broken."""

    GAP = "gap"
    NOT_CANONICAL = "not-canonical"
    COLUMNS_DIFFER = "columns-differ"
    NODE_DIFFERS = "node-differs"
    ROOT_DIFFERS = "root-differs"
    NOTE_BROKEN = "note-broken"
    SHORTER_THAN_CHECKPOINT = "shorter-than-checkpoint"
    NAME_DIFFERS = "name-differs"
    COSIGNATURE_BROKEN = "cosignature-broken"
    STAMP_BROKEN = "stamp-broken"


@dataclass(frozen=True, slots=True)
class Audit:
    """What a full re-derivation found. ``index`` is where it was noticed; the break is there or before."""

    facts: int
    checkpoints: int
    root: bytes
    broken: Break | None = None
    index: int | None = None


def receipt_for(fact_id: int) -> str:
    """Return a fact's receipt under a checkpoint that covers it, or refuse: not-found, not-yet-provable.

    It carries the cosignatures that the installation asks for, and others where there are any.
    """
    fact = FactRow.objects.filter(pk=fact_id).values_list("body", flat=True).first()
    if fact is None:
        raise NotFound(fact=fact_id)
    index = Leaf.objects.filter(fact_id=fact_id).values_list("index", flat=True).first()
    if index is None:
        raise NotYetProvable(fact=fact_id)
    head = cosigned_head(index)
    if head is None and settings.QUORUM.needed is Needed.NONE:
        head = CheckpointRow.objects.filter(size__gt=index).order_by("size").values_list("size", "note").first()
    if head is None:
        raise NotYetProvable(fact=fact_id)
    size, note = head
    proof = _with_nodes(lambda read: merkle.inclusion_proof(index, size, read))
    return receipt.write(bytes(fact), index, proof, note)


@dataclass(frozen=True, slots=True)
class Head:
    """The smallest signed head that covers a fact: the size of the log, and its root."""

    size: int
    root: bytes


def first_heads_over(kind: str, subject: str, values: Collection[str]) -> dict[str, Head]:
    """Return the head that first covers the fact of this kind about each of these, as far as there is one."""
    by_key = {finding.key(subject, value): value for value in values}
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_HEADS, {"kind": kind, "keys": list(by_key)})
        return {by_key[found]: Head(size, bytes(root)) for found, size, root in cursor.fetchall()}


def consistency_between(old_size: int, new_size: int) -> list[bytes]:
    return _with_nodes(lambda read: merkle.consistency_proof(old_size, new_size, read))


def proof_of_growth(old_size: int, new_size: int) -> str:
    """Return the proof (RFC 6962) that a later head begins with all of an earlier one, a line of base64 a hash."""
    nodes = consistency_between(old_size, new_size) if 0 < old_size < new_size else []
    return "".join(f"{b64encode(node).decode()}\n" for node in nodes)


def root_at(size: int) -> bytes:
    """Return the root of the first so many facts."""
    return _with_nodes(lambda read: [merkle.range_hash(0, size, read)])[0] if size else merkle.EMPTY_ROOT


def audit(key: VerifierKey) -> Audit:
    """Derive every leaf, node, root and signature again from the facts alone."""
    auditor = _Auditor(names(key), list(CheckpointRow.objects.order_by("size")))
    for facts in _in_chunks(_numbered_facts()):
        for index, fact in facts:
            if (broken := auditor.take(index, fact)) is not None:
                return auditor.found(broken)
        if not auditor.nodes_agree():
            return auditor.found(Break.NODE_DIFFERS)
    if auditor.heads_left:
        return auditor.found(Break.SHORTER_THAN_CHECKPOINT)
    if not _cosignatures_hold():
        return auditor.found(Break.COSIGNATURE_BROKEN)
    return auditor.found(None if stamps_hold() else Break.STAMP_BROKEN)


class _Auditor:
    """A second integrator that believes nothing but the facts."""

    def __init__(self, names: Names, heads: list[CheckpointRow]) -> None:
        self._names, self._heads = names, heads
        self._tree = Growing()
        self._unread: list[tuple[int, int, bytes]] = []
        self._checked = 0

    @property
    def heads_left(self) -> bool:
        return self._checked < len(self._heads)

    def take(self, index: int, fact: FactRow) -> Break | None:
        if index != self._tree.size:
            return Break.GAP
        body = bytes(fact.body)
        if (broken := _fact_broken(fact, body)) is not None:
            return broken
        if (index in self._names.begins_at) != (fact.kind == FIRST_FACT):
            return Break.NAME_DIFFERS
        completed = self._tree.append(merkle.leaf_hash(body))
        self._unread += [node for node in completed[1:] if merkle.is_kept(node[0])]  # the first is the leaf
        is_head = self.heads_left and self._heads[self._checked].size == self._tree.size
        return self._check_head() if is_head else None

    def nodes_agree(self) -> bool:
        stored = _fetch([(level, position) for level, position, _ in self._unread])
        agree = all(stored.get((level, position)) == node for level, position, node in self._unread)
        self._unread.clear()
        return agree

    def found(self, broken: Break | None) -> Audit:
        size = self._tree.size
        return Audit(size, self._checked, self._tree.root, broken, size if broken else None)

    def _check_head(self) -> Break | None:
        head = self._heads[self._checked]
        if self._tree.root != bytes(head.root):
            return Break.ROOT_DIFFERS
        if not _signed(head.note, self._names.of_head(head.size), head.size, bytes(head.root)):
            return Break.NOTE_BROKEN
        self._checked += 1
        return None


def _cosignatures_hold() -> bool:
    """Tell whether what our cosigners signed is signed by them; those no longer named cannot be looked at."""
    keys = {key.name: key for key in settings.QUORUM.keys}
    rows = CosignatureRow.objects.filter(cosigner__in=keys).order_by("size", "cosigner")
    notes = Subquery(CheckpointRow.objects.filter(size=OuterRef("size")).values("note"))
    said = rows.annotate(note=notes).values_list("note", "line", "cosigner", "seconds")
    return all(_cosigned(note + line, keys[name], at) for note, line, name, at in said.iterator(chunk_size=_CHUNK))


def _cosigned(note: str, key: CosignerKey, seconds: int) -> bool:
    try:
        return cosigned_at(note, key) == seconds
    except NoteBroken:
        return False


def _in_chunks(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _numbered_facts() -> Iterator[tuple[int, FactRow]]:
    for leaf in Leaf.objects.select_related("fact").order_by("index").iterator(chunk_size=_CHUNK):
        yield leaf.index, leaf.fact


def _fact_broken(fact: FactRow, body: bytes) -> Break | None:
    try:
        said = parse(body)
    except NotCanonical:
        return Break.NOT_CANONICAL
    columns = (fact.kind, fact.actor, utc_text(fact.at), fact.subjects)
    meant = (said["kind"], said["actor"], said["at"], finding.keys(said["subjects"]))
    return None if columns == meant else Break.COLUMNS_DIFFER


def _signed(note: str, key: VerifierKey, size: int, root: bytes) -> bool:
    try:
        head = open_checkpoint(note, key)
    except NoteBroken:
        return False
    return (head.size, head.root) == (size, root)


def _with_nodes(work: Callable[[NodeReader], list[bytes]]) -> list[bytes]:
    return merkle.with_nodes(work, _fetch)


def _fetch(wanted: Sequence[Place]) -> Mapping[Place, bytes]:
    with connection.cursor() as cursor:
        return nodes.fetch(cursor, wanted)
