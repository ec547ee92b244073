"""A log in memory: what a cosigner or a reader of receipts sees of one, honest or not."""

import base64
from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.kernel import merkle, note, receipt
from privyseal.kernel.note import Checkpoint

ORIGIN: Final = "seals.example/ledger"
KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


class Log:
    def __init__(self, facts: Sequence[bytes], *, key: Ed25519PrivateKey = KEY, origin: str = ORIGIN) -> None:
        self.facts = list(facts)
        self.key = note.verifier_key(origin, key)
        self._private = key
        self._leaves = [merkle.leaf_hash(fact) for fact in self.facts]

    def head(self, size: int) -> str:
        text = Checkpoint(self.key.name, size, merkle.root(self._leaves[:size])).text
        return note.sign_note(text, self.key.name, self._private)

    def proof(self, old: int, new: int) -> list[bytes]:
        return merkle.consistency_proof(old, new, self._read) if 0 < old < new else []

    def receipt(self, index: int, size: int, *, cosignatures: str = "") -> str:
        proof = merkle.inclusion_proof(index, size, self._read)
        return receipt.write(self.facts[index], index, proof, self.head(size) + cosignatures)

    def _read(self, level: int, position: int) -> bytes:
        begin = position << level
        return merkle.root(self._leaves[begin : begin + (1 << level)])


def asked(log: Log, old: int, new: int, *, proof: Sequence[bytes] | None = None) -> bytes:
    """Return the body of an add-checkpoint request."""
    nodes = log.proof(old, new) if proof is None else proof
    lines = [f"old {old}", *(base64.b64encode(node).decode() for node in nodes), "", log.head(new)]
    return "\n".join(lines).encode()


def facts(count: int, *, word: str = "fact") -> list[bytes]:
    return [f"{word} {number}".encode() for number in range(count)]
