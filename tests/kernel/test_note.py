import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.kernel import merkle, note, receipt
from privyseal.kernel.note import Checkpoint, KeyUnreadable, NoteBroken, VerifierKey
from privyseal.kernel.receipt import ReceiptUnreadable

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NAME = "seals.example/ledger"
TRUSTED = note.verifier_key(NAME, KEY)


def signed(size: int = 1, root: bytes = bytes(32), *, origin: str = NAME, name: str = NAME) -> str:
    return note.sign_note(Checkpoint(origin, size, root).text, name, KEY)


def test_the_example_key_of_the_specification_is_read_and_written_alike() -> None:
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

    assert VerifierKey.parse(text).text == text


def test_the_example_note_of_the_specification_opens() -> None:
    key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
        "\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
        "otpRZb6KE6RyyBwJnAM=\n"
    )

    assert note.open_note(text, key).startswith("If you think cryptography")


def test_a_checkpoint_survives_the_round_trip() -> None:
    assert note.open_checkpoint(signed(7, bytes(range(32))), TRUSTED) == Checkpoint(NAME, 7, bytes(range(32)))


def test_lines_by_strangers_are_passed_over() -> None:
    stranger = note.sign_note(Checkpoint(NAME, 1, bytes(32)).text, "stranger.example", Ed25519PrivateKey.generate())
    line = stranger.split("\n\n")[1]

    assert note.open_checkpoint(signed() + line, TRUSTED).size == 1


@pytest.mark.parametrize(
    "bend",
    [
        lambda text: text.replace("\n1\n", "\n2\n"),
        lambda text: text.replace("\u2014", "-"),
        lambda text: text[:-1],
        lambda text: text + text.split("\n\n")[1],
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.split("\n\n")[0] + "\n\n\u2014 seals.example/ledger AAAA\n",
        lambda text: text.split("\n\n")[0] + "\n\n\u2014 seals.example/ledger !!!!\n",
        lambda text: text.split("\n\n")[0] + "\n\n\u2014 seals.example/ledger \u3000AAA\n",
        lambda _: "",
    ],
)
def test_a_bent_note_does_not_open(bend: object) -> None:
    assert callable(bend)
    with pytest.raises(NoteBroken):
        note.open_checkpoint(bend(signed()), TRUSTED)


def test_another_key_under_the_same_name_does_not_open_it() -> None:
    other = note.verifier_key(NAME, Ed25519PrivateKey.generate())

    with pytest.raises(NoteBroken):
        note.open_checkpoint(signed(), other)


def test_a_checkpoint_of_another_log_is_refused_though_signed_by_the_key() -> None:
    with pytest.raises(NoteBroken):
        note.open_checkpoint(signed(origin="other.example/ledger"), TRUSTED)


@pytest.mark.parametrize(
    "text", ["a\n1\n", "a\n01\nAA==\n", "a\n1\n!\n", "a\n1\nAA==\n", "a\n1\n\u3000\n", "\n1\nAA==\n"]
)
def test_a_checkpoint_out_of_form_is_refused(text: str) -> None:
    with pytest.raises(NoteBroken):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "text", ["", "a+b", "a+00000000+!", "a+00000000+\u3000", "a+00000000+AAAA", TRUSTED.text.replace("+", " +", 1)]
)
def test_a_key_out_of_form_is_refused(text: str) -> None:
    with pytest.raises(KeyUnreadable):
        VerifierKey.parse(text)


def test_a_note_cannot_be_made_to_end_early() -> None:
    with pytest.raises(NoteBroken):
        note.sign_note("a\n\nb\n", NAME, KEY)
    with pytest.raises(NoteBroken):
        note.sign_note("a", NAME, KEY)
    with pytest.raises(KeyUnreadable):
        note.sign_note("a\n", "two words", KEY)


def receipt_of(fact: bytes) -> str:
    leaves = [merkle.leaf_hash(b"before"), merkle.leaf_hash(fact), merkle.leaf_hash(b"after")]
    proof = [leaves[0], leaves[2]]
    return receipt.write(fact, 1, proof, signed(3, merkle.root(leaves)))


def test_a_receipt_proves_its_fact() -> None:
    checked = receipt.check(receipt_of(b'{"v":1}'), TRUSTED)

    assert (checked.fact, checked.index, checked.checkpoint.size) == (b'{"v":1}', 1, 3)


def test_a_receipt_with_another_fact_proves_nothing() -> None:
    good, other = base64.b64encode(b'{"v":1}').decode(), base64.b64encode(b'{"v":2}').decode()

    with pytest.raises(merkle.ProofBroken):
        receipt.check(receipt_of(b'{"v":1}').replace(good, other), TRUSTED)


@pytest.mark.parametrize("text", ["", "c2sp.org/tlog-proof@v1\n", "x" * 70_000])
def test_a_receipt_out_of_form_is_refused(text: str) -> None:
    with pytest.raises(ReceiptUnreadable):
        receipt.check(text, TRUSTED)


def test_a_receipt_with_broken_base64_is_refused() -> None:
    with pytest.raises(ReceiptUnreadable):
        receipt.check(receipt_of(b"{}").replace("extra ", "extra AAA", 1), TRUSTED)


@pytest.mark.parametrize("text", ["AAAAA==", "AAA", "AAAA=", "AA=A", "A===", "AA-_", "AAAA\n"])
def test_base64_that_only_some_readers_take_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not base64"):
        note.octets(text)
