"""Two heads of the record beside each other: whether the later one continues the earlier one."""

from dataclasses import dataclass

from privyseal.kernel import merkle
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import Checkpoint, octets, open_checkpoint, opened
from privyseal.ledger.naming import Names
from privyseal.ledger.proofs import proof_of_growth
from privyseal.ledger.queries import tree_size


class CheckpointOfAnother(Refused):
    """The checkpoint is of no name of this record."""

    code = "checkpoint-of-another"


class CheckpointAhead(Refused):
    """The checkpoint covers entries that this record has not."""

    code = "checkpoint-ahead"


class CheckpointsDiffer(Refused):
    """Both are signed by the record's key, and no record can have both: somebody was shown another one."""

    code = "checkpoints-differ"


@dataclass(frozen=True, slots=True)
class Compared:
    """A later head that continues an earlier one, and the proof of that (RFC 6962), a line of base64 a hash."""

    earlier: Checkpoint
    later: Checkpoint
    proof: str

    @property
    def added(self) -> int:
        return self.later.size - self.earlier.size


def compare(one: str, other: str, names: Names) -> Compared:
    """Return how two signed notes follow each other, in whichever order they come, or refuse.

    note-broken, checkpoint-of-another, checkpoint-ahead, checkpoints-differ.
    """
    earlier, later = sorted((_opened(one, names), _opened(other, names)), key=lambda head: head.size)
    if not earlier.size or earlier.size == later.size:
        if earlier.root != (later.root if earlier.size else merkle.EMPTY_ROOT):
            raise CheckpointsDiffer
        return Compared(earlier, later, "")
    proof = proof_of_growth(earlier.size, later.size)
    hashes = [octets(line) for line in proof.splitlines()]
    try:
        merkle.verify_consistency(earlier.size, earlier.root, later.size, later.root, hashes)
    except merkle.ProofBroken as error:
        raise CheckpointsDiffer from error
    return Compared(earlier, later, proof)


def _opened(note: str, names: Names) -> Checkpoint:
    text, _ = opened(note)
    name = names.called(text.partition("\n")[0])
    if name is None:
        raise CheckpointOfAnother
    head = open_checkpoint(note, name.key)
    if head.size > (tree_size() if name.until is None else name.until):
        raise CheckpointAhead
    return head
