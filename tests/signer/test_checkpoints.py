import threading
from collections.abc import Sequence

import pytest

from privyseal.kernel import merkle
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import Checkpoint, VerifierKey, open_checkpoint
from privyseal.signer import requests
from privyseal.signer.heads import CheckpointForked, CheckpointRolledBack
from privyseal.signer.operations import Signer
from privyseal.signer.store import CheckpointOutOfStep

FACTS = tuple(merkle.leaf_hash(f"fact {number}".encode()) for number in range(20))
REWRITTEN = (*FACTS[:2], merkle.leaf_hash(b"never happened"), *FACTS[3:])


def subtrees(leaves: Sequence[bytes]) -> merkle.NodeReader:
    return lambda level, position: merkle.root(leaves[position << level : (position + 1) << level])


def to_sign(size: int, *, after: int, facts: Sequence[bytes] = FACTS) -> requests.Checkpoint:
    proof = merkle.consistency_proof(after, size, subtrees(facts)) if 0 < after <= size else []
    return requests.Checkpoint(size=size, root=merkle.root(facts[:size]), old_size=after, proof=tuple(proof))


def opened(signer: Signer, note: str) -> Checkpoint:
    return open_checkpoint(note, VerifierKey.parse(signer.public().log_key))


def test_the_empty_tree_is_signed_at_the_founding(founded: Signer) -> None:
    note = founded.checkpoint(to_sign(0, after=0))

    assert opened(founded, note) == Checkpoint("seals.example/ledger", 0, merkle.EMPTY_ROOT)


def test_a_growing_log_is_signed_step_by_step(founded: Signer) -> None:
    for before, size in ((0, 1), (1, 2), (2, 7), (7, 8), (8, 20)):
        note = founded.checkpoint(to_sign(size, after=before))

        assert opened(founded, note) == Checkpoint("seals.example/ledger", size, merkle.root(FACTS[:size]))
    assert founded.status().log_size == 20


def test_the_same_tree_gets_the_same_note(founded: Signer) -> None:
    note = founded.checkpoint(to_sign(7, after=0))

    assert founded.checkpoint(to_sign(7, after=0)) == note
    assert founded.checkpoint(to_sign(7, after=7)) == note


@pytest.mark.invariant("C2", column="rule")
def test_a_log_that_rolls_back_is_not_signed(founded: Signer) -> None:
    founded.checkpoint(to_sign(7, after=0))

    with pytest.raises(CheckpointRolledBack) as refused:
        founded.checkpoint(to_sign(6, after=0))

    assert refused.value.facts == {"size": 6, "signed_size": 7}
    assert founded.status().log_size == 7


@pytest.mark.invariant("C2", column="rule")
@pytest.mark.parametrize(
    "forked",
    [
        to_sign(7, after=7, facts=REWRITTEN),  # another tree of the same size
        to_sign(9, after=7, facts=REWRITTEN),  # a longer tree over a rewritten fact, with its own good proof
        requests.Checkpoint(size=9, root=merkle.root(FACTS[:9]), old_size=7, proof=()),
        requests.Checkpoint(size=9, root=merkle.root(FACTS[:9]), old_size=7, proof=(bytes(32),) * 4),
    ],
)
def test_a_forked_log_is_not_signed(founded: Signer, forked: requests.Checkpoint) -> None:
    founded.checkpoint(to_sign(7, after=0))

    with pytest.raises(CheckpointForked):
        founded.checkpoint(forked)

    assert founded.status().log_size == 7


def test_another_empty_tree_is_not_signed(founded: Signer) -> None:
    with pytest.raises(CheckpointForked):
        founded.checkpoint(requests.Checkpoint(size=0, root=bytes(32), old_size=0, proof=()))


def test_a_proof_from_an_older_tree_is_told_where_the_signer_stands(founded: Signer) -> None:
    founded.checkpoint(to_sign(3, after=0))
    founded.checkpoint(to_sign(7, after=3))

    with pytest.raises(CheckpointOutOfStep) as refused:
        founded.checkpoint(to_sign(9, after=3))

    assert refused.value.facts == {"size": 9, "signed_size": 7}


def test_two_forks_at_once_one_is_signed(founded: Signer) -> None:
    founded.checkpoint(to_sign(2, after=0))
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def ask(facts: Sequence[bytes]) -> None:
        together.wait()
        try:
            founded.checkpoint(to_sign(9, after=2, facts=facts))
            outcomes.append("signed")
        except Refused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=ask, args=(facts,)) for facts in (FACTS, REWRITTEN)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("signed") == 1
    assert set(outcomes) - {"signed"} <= {"checkpoint-forked", "checkpoint-out-of-step"}
