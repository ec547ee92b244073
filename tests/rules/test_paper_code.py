"""A signed code on paper: read back exactly, in one form alone, and worth what its signature is worth."""

from base64 import b32decode
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from privyseal.kernel import paper_code
from privyseal.kernel.paper_code import PaperCodeForged, Said
from privyseal.kernel.paper_form import PaperCodeUnreadable

KEY: Final = derive_private_key(7, SECP256R1())
ANOTHERS: Final = derive_private_key(8, SECP256R1())
SAID: Final = Said(
    certificate="ABCD2345",
    at=datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC),
    use="0f" * 16,
    document="a1" * 20,
    company="上海示例贸易有限公司",
    uscc="91310000MA1FL0XX0A",
    seal="合同专用章",
    pages=12,
    amount="100000.00",
)
CODE: Final = paper_code.signed(SAID, KEY)
ADDRESS: Final = "https://seals.example/r/" + "0f" * 16 + "/"


@pytest.mark.parametrize(
    "said",
    [
        SAID,
        replace(SAID, amount="", pages=0),
        replace(SAID, pages=128, company="A" * 31),
        replace(SAID, pages=paper_code.MOST_PAGES, company="公" * 84),
    ],
)
def test_a_code_is_read_back_and_known_by_its_key(said: Said) -> None:
    read = paper_code.read(paper_code.signed(said, KEY))

    read.check(KEY.public_key())
    assert read.said == said
    assert len(paper_code.placeholder(said)) == len(paper_code.signed(said, KEY))


def test_its_text_is_an_address_that_a_camera_opens_and_that_a_reader_needs_not() -> None:
    text = paper_code.text_of(CODE, address=ADDRESS)

    house, _, tail = text.rpartition("/")
    assert house == "HTTPS://SEALS.EXAMPLE/V"
    assert b32decode(tail + "=" * (-len(tail) % 8)) == CODE
    assert paper_code.read_text(text).said == paper_code.read_text(tail).said == SAID


def test_a_code_of_another_key_is_forged() -> None:
    with pytest.raises(PaperCodeForged):
        paper_code.read(paper_code.signed(SAID, ANOTHERS)).check(KEY.public_key())


def test_no_bit_of_a_code_can_be_another() -> None:
    for at in range(8 * len(CODE)):
        changed = bytearray(CODE)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises((PaperCodeUnreadable, PaperCodeForged)):
            paper_code.read(bytes(changed)).check(KEY.public_key())


def test_what_is_cut_off_or_longer_or_said_in_another_form_is_no_code() -> None:
    length = len(CODE) - 17 - 64
    longer_form = CODE[:15] + (length + 1).to_bytes(2, "big") + CODE[17:].replace(b"\x0c\xa9", b"\xcc\x0c\xa9")
    for wrong in (*(CODE[:end] for end in range(len(CODE))), CODE + b"\0", longer_form):
        with pytest.raises(PaperCodeUnreadable):
            paper_code.read(wrong)


@pytest.mark.parametrize("text", ["", "/", "https://seals.example/r/1/", "A" * 2000, "AAAAAAAA1", "ABCDEFGB", "A"])
def test_a_text_that_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(PaperCodeUnreadable):
        paper_code.read_text(text)


def test_noise_is_refused_and_never_breaks_the_reader() -> None:
    random = Random(22376)  # noqa: S311  not a secret: the same noise each time
    for _ in range(3_000):
        noise = bytearray(CODE)
        for _ in range(random.randrange(1, 6)):
            at = random.randrange(len(noise))
            noise[at : at + random.randrange(3)] = random.randbytes(random.randrange(3))
        noise = noise if bytes(noise) != CODE else noise[:-1]
        with pytest.raises((PaperCodeUnreadable, PaperCodeForged)):
            paper_code.read(bytes(noise)).check(KEY.public_key())
