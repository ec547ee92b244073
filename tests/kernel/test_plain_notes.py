"""Notes, cosignatures, receipts and tiles byte by byte as their specifications say, and each bound from both sides."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.kernel import cosignature, merkle, note, receipt, tiles
from privyseal.kernel.cosignature import CosignatureMissing, CosignerKey
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import Checkpoint, KeyUnreadable, NoteBroken, VerifierKey
from privyseal.kernel.quorum import WITHIN, CosignersStale, Needed, Quorum, Seen
from privyseal.kernel.receipt import ReceiptUnreadable
from privyseal.kernel.tiles import Tile, parsed
from tests.logs import KEY, ORIGIN, Log, facts

NOON: Final = 1_795_665_600
OWN: Final = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
AUDITOR: Final = cosignature.cosigner_key("audit.example", OWN)
MANAGER: Final = cosignature.cosigner_key("manager.example", Ed25519PrivateKey.from_private_bytes(bytes([8]) * 32))
LOG: Final = Log(facts(3))
TEXT: Final = LOG.head(3).partition("\n\n")[0] + "\n"
ROOT: Final = base64.b64encode(bytes(range(32))).decode()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_a_signed_note_is_what_the_specification_says_byte_by_byte() -> None:
    public = KEY.public_key().public_bytes_raw()
    of_key, of_log = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + public).digest()[:4], b64(b"\x01" + public)
    text = f"{ORIGIN}\n3\n{ROOT}\n"

    assert Checkpoint(ORIGIN, 3, bytes(range(32))).text == text
    assert LOG.key.text == f"{ORIGIN}+{of_key.hex()}+{of_log}"
    assert note.sign_note(text, ORIGIN, KEY) == f"{text}\n— {ORIGIN} {b64(of_key + KEY.sign(text.encode()))}\n"


def test_a_cosignature_is_what_the_specification_says_byte_by_byte() -> None:
    public = OWN.public_key().public_bytes_raw()
    of_key, typed = hashlib.sha256(b"audit.example\n\x04" + public).digest()[:4], b64(b"\x04" + public)
    signature = OWN.sign(f"cosignature/v1\ntime {NOON}\n{TEXT}".encode())
    line = f"— audit.example {b64(of_key + NOON.to_bytes(8, 'big') + signature)}\n"

    assert AUDITOR.text == f"audit.example+{of_key.hex()}+{typed}"
    assert cosignature.cosign(TEXT, "audit.example", OWN, seconds=NOON) == line
    later = cosignature.cosign(TEXT, "audit.example", OWN, seconds=NOON + 1)
    for lines, at in ((line, NOON), (line + later, NOON + 1), (later + line, NOON + 1)):
        assert cosignature.cosigned_at(LOG.head(3) + lines, AUDITOR) == at
    for name in ("", "two words", "a+b"):
        with pytest.raises(KeyUnreadable):
            cosignature.cosigner_key(name, OWN)


@pytest.mark.parametrize(("seconds", "is_a_time"), [(0, False), (1, True), (2**63 - 1, True), (2**63, False)])
def test_a_cosigner_says_a_time_of_this_world(seconds: int, *, is_a_time: bool) -> None:
    text = LOG.head(3) + cosignature.cosign(TEXT, "audit.example", OWN, seconds=seconds)

    if is_a_time:
        assert cosignature.cosigned_at(text, AUDITOR) == seconds
        return
    with pytest.raises(NoteBroken):
        cosignature.cosigned_at(text, AUDITOR)


def test_lines_of_another_key_or_name_are_none_of_a_cosigners() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
    same_name = cosignature.cosign(TEXT, "audit.example", other, seconds=NOON)
    blob = cosignature.cosign(TEXT, "audit.example", OWN, seconds=NOON).split(" ")[2]

    for line in ("", same_name, f"— manager.example {blob}"):
        with pytest.raises(CosignatureMissing):
            cosignature.cosigned_at(LOG.head(3) + line, AUDITOR)


def test_the_codes_of_refusals_are_permanent() -> None:
    kinds: tuple[type[Refused], ...] = (
        NoteBroken,
        KeyUnreadable,
        CosignatureMissing,
        ReceiptUnreadable,
        CosignersStale,
    )
    codes = ["note-broken", "key-unreadable", "cosignature-missing", "receipt-unreadable", "cosigners-stale"]

    assert [kind.code for kind in kinds] == codes


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (f"a\n0\n{ROOT}\n", 0),
        (f"a\n{10**17}\n{ROOT}\nand what an extension says\n", 10**17),
        (f"a\n{10**18 - 1}\n{ROOT}\n", 10**18 - 1),
        (f"a\n{10**18}\n{ROOT}\n", None),
        (f"a\n01\n{ROOT}\n", None),
        (f"a\n-1\n{ROOT}\n", None),
        (f"a\n1\n{ROOT}", None),
        (f"a\n1\n{ROOT}\n\n", None),
        (f"a\n1\n{ROOT}\nlast", None),
        (f"\n1\n{ROOT}\n", None),
        (f"a\n1\n{b64(bytes(31))}\n", None),
        (f"a\n1\n{b64(bytes(33))}\n", None),
        (f"a\n1\n{ROOT[:-1]}\n", None),
    ],
)
def test_a_checkpoint_is_read_in_its_one_form(text: str, size: int | None) -> None:
    if size is not None:
        assert Checkpoint.parse(text) == Checkpoint("a", size, bytes(range(32)))
        return
    with pytest.raises(NoteBroken):
        Checkpoint.parse(text)


def test_a_key_is_read_in_its_one_form() -> None:
    public = KEY.public_key().public_bytes_raw()

    assert VerifierKey.parse(f" {LOG.key.text}\n") == LOG.key == note.verifier_key(ORIGIN, KEY)
    assert VerifierKey.parse_all(f"{LOG.key.text}\n  {LOG.key.text} ") == (LOG.key, LOG.key)
    assert CosignerKey.parse(AUDITOR.text) == AUDITOR
    assert note.parse_key(note.key_text("a", b"\xfb\xef\xbe" + bytes(30)), b"\xfb") == ("a", b"\xef\xbe" + bytes(30))
    for typed in (b"\x02" + public, b"\x01" + public[1:], b"\x01" + public + b"\x00"):
        with pytest.raises(KeyUnreadable):
            VerifierKey.parse(note.key_text("a", typed))
    for text in ("", " \n", LOG.key.text.replace("+", "+0", 1), f"+{LOG.key.text.partition('+')[2]}", "a+b+c+d"):
        with pytest.raises(KeyUnreadable):
            VerifierKey.parse_all(text)


def test_a_note_carries_lines_of_strangers_and_exactly_one_of_the_log() -> None:
    head, shortest = LOG.head(3), f"— stranger.example {b64(bytes(5))}\n"
    ours = head.partition("\n\n")[2]
    stranger = cosignature.cosign(TEXT, ORIGIN, OWN, seconds=NOON)  # its name is the log's and its key is not

    assert note.opened(head + shortest) == (TEXT, [*note.opened(head)[1], ("stranger.example", bytes(5))])
    assert note.open_note(head + shortest + stranger, LOG.key) == TEXT
    assert note.open_checkpoint(head, LOG.key) == Checkpoint.parse(TEXT)
    for text in (
        TEXT + "\n" + shortest,
        head + ours,
        head[:-1],
        head + f"— stranger.example {b64(bytes(4))}\n",
        head + f"- stranger.example {b64(bytes(5))}\n",
        head + f"— stranger+example {b64(bytes(5))}\n",
        head + f"— stranger.example {b64(bytes(5))} more\n",
        head + "— stranger.example AAAAAA=\n",
        head + "\n",
        TEXT,
        "",
    ):
        with pytest.raises(NoteBroken):
            note.open_note(text, LOG.key)
    for unfit in (TEXT[:-1], f"a\n\n{TEXT}"):
        with pytest.raises(NoteBroken):
            note.sign_note(unfit, ORIGIN, KEY)


def test_a_text_may_have_an_empty_line_before_its_signatures_begin() -> None:
    text = "first\n\nsecond\n"
    line = note.signature_line(ORIGIN, LOG.key.key_id + KEY.sign(text.encode()))

    assert note.open_note(f"{text}\n{line}", LOG.key) == text


def test_a_receipt_is_what_the_specification_says_and_no_longer_than_may_be() -> None:
    fact = b"x"
    leaves = [merkle.leaf_hash(fact), merkle.leaf_hash(b"y")]
    signed = note.sign_note(Checkpoint(ORIGIN, 2, merkle.root(leaves)).text, ORIGIN, KEY)
    text = receipt.write(fact, 0, [leaves[1]], signed)

    assert text == f"c2sp.org/tlog-proof@v1\nextra eA==\nindex 0\n{b64(leaves[1])}\n\n{signed}"
    assert receipt.check(text, LOG.key) == receipt.CheckedReceipt(fact, 0, note.open_checkpoint(signed, LOG.key), {})
    rest = 64_000 - len(text) - len("— a \n")
    longest, blob = "a" * (1 + rest % 4), "A" * (rest // 4 * 4)
    assert receipt.check(f"{text}— {longest} {blob}\n", LOG.key).fact == fact
    with pytest.raises(ReceiptUnreadable):
        receipt.check(f"{text}— {longest}a {blob}\n", LOG.key)
    for bent in (
        text.replace("eA==", "eA"),
        text.replace("index 0", "index 00"),
        text.replace("index 0", f"index {10**18}"),
        text.replace(b64(leaves[1]), "/" * 43 + "A"),
        text.replace("@v1", "@v2"),
        text.partition("\n\n")[0] + "\n\n",
    ):
        with pytest.raises(ReceiptUnreadable):
            receipt.check(bent, LOG.key)


def test_a_receipt_is_checked_by_the_key_of_the_name_it_was_signed_under() -> None:
    anew = note.verifier_key(f"{ORIGIN}/2", OWN)

    assert receipt.key_for(LOG.receipt(0, 3), (anew, LOG.key)) == LOG.key
    for text in (Log(facts(2), origin="other.example").receipt(0, 2), "no receipt", ""):
        assert receipt.key_for(text, (anew, LOG.key)) == anew


def test_a_receipt_says_who_of_those_asked_for_saw_it_and_refuses_without_enough() -> None:
    line = cosignature.cosign(TEXT, "audit.example", OWN, seconds=NOON)
    both = (AUDITOR, MANAGER)

    for needed in (Needed.NONE, Needed.ANY):
        found = receipt.check(LOG.receipt(1, 3, cosignatures=line), LOG.key, Quorum(both, needed))
        assert (found.index, dict(found.cosigned)) == (1, {"audit.example": NOON})
    with pytest.raises(CosignatureMissing) as refused:
        receipt.check(LOG.receipt(1, 3, cosignatures=line), LOG.key, Quorum(both, Needed.ALL))
    assert refused.value.facts == {"needed": "all"}


def test_a_quorum_is_met_by_as_many_as_it_asks_for() -> None:
    met = {
        needed: [Quorum((AUDITOR, MANAGER), needed).is_met_by(names) for names in _subsets()]
        for needed in Needed
    }  # fmt: skip

    assert met == {
        Needed.NONE: [True, True, True, True],
        Needed.ANY: [False, True, True, True],
        Needed.ALL: [False, False, False, True],
    }
    assert [Quorum((), needed).is_met_by(["audit.example"]) for needed in Needed] == [True, False, False]
    assert (Quorum().needed, Quorum().keys, Quorum().within, WITHIN) == (Needed.NONE, (), WITHIN, timedelta(minutes=10))
    assert [one.value for one in Needed] == ["none", "any", "all"]


def test_a_quorum_asks_for_all_that_another_asks_for_or_does_not() -> None:
    asked = Quorum((AUDITOR, MANAGER), Needed.ANY, timedelta(minutes=5))

    assert asked.is_at_least(asked)
    assert Quorum((MANAGER, AUDITOR), Needed.ALL, timedelta(minutes=4)).is_at_least(asked)
    assert Quorum().is_at_least(Quorum((AUDITOR,), Needed.NONE, timedelta(0)))
    for less in (
        Quorum((AUDITOR,), Needed.ALL, timedelta(minutes=5)),
        Quorum((AUDITOR, MANAGER), Needed.NONE, timedelta(minutes=5)),
        Quorum((AUDITOR, MANAGER), Needed.ANY, timedelta(minutes=5, seconds=1)),
    ):
        assert not less.is_at_least(asked)


def test_a_cosigner_is_fresh_within_the_time_and_while_it_is_not_behind() -> None:
    at, quorum = datetime.fromtimestamp(NOON, UTC), Quorum((AUDITOR, MANAGER), Needed.ALL, timedelta(seconds=60))

    fresh = [quorum.is_fresh(Seen(NOON + by), at=at) for by in (-61, -60, 0, 60, 61)]

    assert fresh == [False, True, True, True, False]
    assert not quorum.is_fresh(Seen(NOON, is_behind=True), at=at)
    quorum.check_fresh({"audit.example": Seen(NOON), "manager.example": Seen(NOON)}, at=at)
    with pytest.raises(CosignersStale) as refused:
        quorum.check_fresh({"audit.example": Seen(NOON), "manager.example": Seen(NOON - 61)}, at=at)
    assert refused.value.facts == {"needed": "all", "fresh": 1, "cosigners": 2}


def test_a_tile_holds_so_many_hashes_from_its_place_on() -> None:
    whole, part = Tile(1, 2), Tile(0, 3, 2)

    assert (whole.begin, whole.end, part.begin, part.end) == (512, 768, 768, 770)
    assert part.places == [(0, 768), (0, 769)]
    assert (whole.places[0], whole.places[-1], len(whole.places)) == ((8, 512), (8, 767), 256)
    assert [str(Tile(0, number)) for number in (0, 7, 999, 1_000, 1_000_000)] == [
        "0/000",
        "0/007",
        "0/999",
        "0/x001/000",
        "0/x001/x000/000",
    ]
    assert (parsed("63/000"), parsed("0/999.p/1"), parsed("0/010.p/255")) == (
        Tile(63, 0),
        Tile(0, 999, 1),
        Tile(0, 10, 255),
    )
    assert (tiles.WIDTH, tiles.LEVELS, tiles.MOST_BYTES) == (256, 8, 65_535)
    assert len(tiles.bundle([bytes(65_535)])) == 65_537


def _subsets() -> list[set[str]]:
    return [set(), {"audit.example"}, {"manager.example"}, {"audit.example", "manager.example"}]
