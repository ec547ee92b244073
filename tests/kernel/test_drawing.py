"""Which uses are samples: as often as agreed, by nothing that anybody knows before the log is signed."""

from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.config.commands import prove
from privyseal.kernel import merkle, note, receipt
from privyseal.kernel.canonical import Json, canonical
from privyseal.kernel.drawing import is_drawn

PERMIT, DOCUMENT = "ab" * 16, "cd" * 32


def root(number: int) -> bytes:
    return sha256(number.to_bytes(8, "big")).digest()


@pytest.mark.parametrize("every", [2, 5, 10, 20])
def test_one_of_so_many_is_drawn_on_average(every: int) -> None:
    uses = 20_000
    drawn = sum(
        is_drawn(root(number // 50), permit=PERMIT, number=number, document_sha256=DOCUMENT, every=every)
        for number in range(uses)
    )

    share = 1 / every
    assert abs(drawn - uses * share) < 4 * (uses * share * (1 - share)) ** 0.5


def test_each_use_is_a_sample_where_every_one_is_reviewed() -> None:
    assert all(is_drawn(root(n), permit=PERMIT, number=n, document_sha256=DOCUMENT, every=1) for n in range(100))


def test_nobody_knows_before_the_head_is_there_not_even_who_chooses_paper_and_turn() -> None:
    """Of any use that somebody may choose, as many heads make it a sample as of any other."""
    for number, document in ((2, "00" * 32), (3, DOCUMENT), (400, "ff" * 32)):
        drawn = sum(
            is_drawn(root(n), permit=PERMIT, number=number, document_sha256=document, every=4) for n in range(4_000)
        )
        assert abs(drawn - 1_000) < 4 * (4_000 * 0.25 * 0.75) ** 0.5


def test_the_same_head_draws_the_same_wherever_it_is_drawn_again() -> None:
    said = sha256(
        b"privyseal/sample/v1\0" + root(7) + bytes.fromhex(PERMIT) + (2).to_bytes(8, "big") + bytes.fromhex(DOCUMENT)
    )
    by_hand = int(said.hexdigest()[:12], 16) % 3 == 0

    assert is_drawn(root(7), permit=PERMIT, number=2, document_sha256=DOCUMENT, every=3) is by_hand


def receipt_of(said: dict[str, Json], folder: Path) -> tuple[Path, Path]:
    """Write the receipt of a fact that is alone in its log, and that log's key."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    body = canonical(said)
    text = note.Checkpoint(origin="seals.example/ledger", size=1, root=merkle.leaf_hash(body)).text
    signed = note.sign_note(text, "seals.example/ledger", key)
    (folder / "use.tlog-proof").write_text(receipt.write(body, 0, [], signed))
    (folder / "log.vkey").write_text(note.verifier_key("seals.example/ledger", key).text)
    return folder / "use.tlog-proof", folder / "log.vkey"


def prove_sample(said: dict[str, Json], folder: Path) -> int:
    parser = ArgumentParser()
    prove.configure(parser)
    file, key = receipt_of(said, folder)
    return prove.run(parser.parse_args(["sample", str(file), "--log-key", str(key)]))


@pytest.mark.parametrize("salt", [1, 2, 3, 4, 5])
def test_a_receipt_of_the_intent_says_whether_it_is_a_sample(
    salt: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use: dict[str, Json] = {
        "subjects": {"permit": PERMIT, "document": DOCUMENT},
        "data": {"standing_number": 2, "sample_every": 2},
    }
    said: dict[str, Json] = {"kind": "document.seal.intended", **use, "salt": salt}
    root = merkle.leaf_hash(canonical(said))
    expected = is_drawn(root, permit=PERMIT, number=2, document_sha256=DOCUMENT, every=2)

    assert prove_sample(said, tmp_path) == prove.PROVED
    assert ("is a sample" in capsys.readouterr().out) is expected
    assert prove_sample({"kind": "seal.made", "subjects": {}, "data": {}}, tmp_path) == prove.CANNOT_TELL
