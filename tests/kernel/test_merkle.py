"""The tree against a second, naive reading of RFC 6962, and every single-bit lie."""

import hashlib
from collections.abc import Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privyseal.kernel import merkle
from privyseal.kernel.merkle import NodeReader, Place, ProofBroken

SIZES = st.integers(1, 200)


def naive_root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def grown(size: int) -> tuple[list[bytes], NodeReader]:
    """Grow a tree leaf by leaf, as the integrator does."""
    nodes: dict[Place, bytes] = {}
    tree = merkle.Growing()
    leaves = [merkle.leaf_hash(b"%d" % number) for number in range(size)]
    for leaf in leaves:
        nodes.update({(level, at): node for level, at, node in tree.append(leaf)})
    return leaves, lambda level, position: nodes[level, position]


def test_the_empty_tree_has_the_root_of_the_standard() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_published_vectors_of_certificate_transparency_hold() -> None:
    entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]

    root = merkle.root([merkle.leaf_hash(bytes.fromhex(entry)) for entry in entries])

    assert root.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(SIZES)
def test_a_tree_grown_leaf_by_leaf_has_the_root_of_the_definition(size: int) -> None:
    leaves, read = grown(size)

    assert merkle.range_hash(0, size, read) == merkle.root(leaves) == naive_root(leaves)


@given(SIZES, st.integers(0, 200))
def test_a_tree_goes_on_from_its_right_edge(size: int, more: int) -> None:
    leaves, read = grown(size + more)
    tree = merkle.Growing.at(size, read)

    for leaf in leaves[size:]:
        tree.append(leaf)

    assert (tree.size, tree.root) == (size + more, naive_root(leaves))


@given(st.data())
def test_proofs_need_leaves_and_kept_levels_alone(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    _, read = grown(size)

    def fetch(wanted: Sequence[Place]) -> dict[Place, bytes]:
        assert {level % merkle.KEPT_EVERY for level, _ in wanted} <= {0}
        return {place: read(*place) for place in wanted}

    assert merkle.with_nodes(partial(merkle.inclusion_proof, index, size), fetch) == merkle.inclusion_proof(
        index, size, read
    )
    assert merkle.with_nodes(partial(merkle.consistency_proof, old, size), fetch) == merkle.consistency_proof(
        old, size, read
    )


@given(st.data())
def test_every_leaf_is_proved_and_no_other(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    leaves, read = grown(size)
    proof = merkle.inclusion_proof(index, size, read)

    merkle.verify_inclusion(leaves[index], index, size, proof, merkle.root(leaves))

    if other != index:
        with pytest.raises(ProofBroken):
            merkle.verify_inclusion(leaves[other], index, size, proof, merkle.root(leaves))
        with pytest.raises(ProofBroken):
            merkle.verify_inclusion(leaves[index], other, size, proof, merkle.root(leaves))


@given(st.data())
def test_a_prefix_is_proved_and_a_rewritten_past_is_not(data: st.DataObject) -> None:
    new = data.draw(SIZES)
    old = data.draw(st.integers(1, new))
    leaves, read = grown(new)
    proof = merkle.consistency_proof(old, new, read)
    old_root, new_root = merkle.root(leaves[:old]), merkle.root(leaves)

    merkle.verify_consistency(old, old_root, new, new_root, proof)

    rewritten = merkle.root([merkle.leaf_hash(b"forged"), *leaves[1:old]])
    with pytest.raises(ProofBroken):
        merkle.verify_consistency(old, rewritten, new, new_root, proof)
    for place in range(len(proof)):
        bent = [*proof[:place], bytes(32), *proof[place + 1 :]]
        with pytest.raises(ProofBroken):
            merkle.verify_consistency(old, old_root, new, new_root, bent)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    _, read = grown(3)

    with pytest.raises(ProofBroken):
        merkle.inclusion_proof(index, size, read)
    with pytest.raises(ProofBroken):
        merkle.verify_inclusion(bytes(32), index, size, [], bytes(32))


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_sizes_that_cannot_follow_have_no_consistency(old: int, new: int) -> None:
    _, read = grown(3)

    with pytest.raises(ProofBroken):
        merkle.consistency_proof(old, new, read)
    with pytest.raises(ProofBroken):
        merkle.verify_consistency(old, bytes(32), new, bytes(32), [])


def test_equal_sizes_need_an_equal_root_and_no_proof() -> None:
    leaves, read = grown(5)
    root = merkle.root(leaves)

    assert merkle.consistency_proof(5, 5, read) == []
    merkle.verify_consistency(5, root, 5, root, [])
    with pytest.raises(ProofBroken):
        merkle.verify_consistency(5, root, 5, bytes(32), [])
    with pytest.raises(ProofBroken):
        merkle.verify_consistency(5, root, 5, root, [bytes(32)])


def test_a_proof_too_long_or_too_short_proves_nothing() -> None:
    leaves, read = grown(6)
    proof, root = merkle.inclusion_proof(2, 6, read), merkle.root(leaves)

    for bent in (proof[:-1], [*proof, bytes(32)], []):
        with pytest.raises(ProofBroken):
            merkle.verify_inclusion(leaves[2], 2, 6, bent, root)
    with pytest.raises(ProofBroken):
        merkle.verify_consistency(3, merkle.root(leaves[:3]), 6, root, [])
