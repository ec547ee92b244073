"""Two heads beside each other: one record that grew, or two."""

from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.kernel import merkle, note
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import Checkpoint, NoteBroken
from privyseal.ledger.heads import CheckpointAhead, CheckpointOfAnother, CheckpointsDiffer, compare
from privyseal.ledger.naming import Name, Names
from privyseal.ledger.proofs import root_at
from tests.ledger.conftest import FACTS

ORIGIN: Final = "seals.example/ledger"
OWN: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER: Final = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
NOW: Final = Names([Name(note.verifier_key(ORIGIN, OWN))])


def head(size: int, *, root: bytes = b"", key: Ed25519PrivateKey = OWN, origin: str = ORIGIN) -> str:
    return note.sign_note(Checkpoint(origin, size, root or root_at(size)).text, origin, key)


@pytest.mark.usefixtures("loaded")
def test_heads_of_one_record_follow_each_other_in_whichever_order_they_come() -> None:
    for size in (0, 1, 8, 13, FACTS):
        found = compare(head(FACTS), head(size), NOW)

        assert (found.earlier.size, found.later.size, found.added) == (size, FACTS, FACTS - size)
    hashes = [note.octets(line) for line in compare(head(13), head(FACTS), NOW).proof.splitlines()]
    merkle.verify_consistency(13, root_at(13), FACTS, root_at(FACTS), hashes)


@pytest.mark.usefixtures("loaded")
def test_heads_that_no_one_record_can_have_are_told() -> None:
    whole, forged = head(FACTS), bytes(32)
    lost = Names([Name(NOW.every[0].key, 8), Name(note.verifier_key("seals.example/anew", OWN))])
    told: list[tuple[str, Names, type[Refused]]] = [
        (head(13, root=forged), NOW, CheckpointsDiffer),
        (head(FACTS, root=forged), NOW, CheckpointsDiffer),
        (head(0, root=forged), NOW, CheckpointsDiffer),
        (head(FACTS + 1, root=forged), NOW, CheckpointAhead),
        (head(9), lost, CheckpointAhead),
        (head(8, origin="others.example/ledger"), NOW, CheckpointOfAnother),
        (head(8, key=STRANGER), NOW, NoteBroken),
        ("of no form at all\n", NOW, NoteBroken),
    ]

    for other, names, refusal in told:
        with pytest.raises(refusal):
            compare(other, whole if names is NOW else head(8), names)
