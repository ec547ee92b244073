"""A passkey's yes: what counts, and everything that was tried to make something else count."""

import json
import random
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.kernel.shapes import Misshapen
from privyseal.signer import passkeys
from privyseal.signer.passkeys import (
    AssertionForAnother,
    AssertionFromElsewhere,
    AssertionInvalid,
    Credential,
    Page,
    PasskeyAssertion,
    PasskeyCopied,
    PasskeyNotBound,
    PasskeyUnknown,
    PersonNotVerified,
    web_text,
)
from privyseal.signer.software_passkeys import MARK, MAY_BE_COPIED, PRESENT, VERIFIED, SoftwarePasskey
from privyseal.signer.statement import Approved, challenge, parse_approved
from tests.signer.cast import INVOICE, LI, NOON, USE, ZHOU, document, uid

DER: Final = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
PAGE: Final = Page("https://approve.example")
KEY: Final = SoftwarePasskey(person=LI, page=PAGE, id=b"li's own passkey")
STRANGERS: Final = replace(KEY, private_key=ec.generate_private_key(ec.SECP256R1()))
PINNED: Final = Credential(id=KEY.id, person=LI, key=KEY.key, is_bound=True, starts_at=NOON - timedelta(days=30))
SAID: Final = USE.to_bytes()
YES: Final = KEY.says_yes(SAID, counter=8)
DATA: Final = YES.authenticator_data
OTHER_CURVE: Final = ec.generate_private_key(ec.SECP384R1()).public_key().public_bytes(*DER)
SHORT_RSA: Final = rsa.generate_private_key(65537, 1024).public_key().public_bytes(*DER)  # noqa: S505  it is refused
ANOTHER: Final = replace(USE, documents=(document(INVOICE),)).to_bytes()


def check(assertion: PasskeyAssertion, *, said: bytes = SAID, pinned: Credential | None = PINNED, seen: int = 7) -> int:
    return passkeys.check(assertion, challenge(said), page=PAGE, credential=pinned, at=NOON, counter_seen=seen)


def client(**more: object) -> bytes:
    said = {"type": "webauthn.get", "challenge": web_text(challenge(SAID)), "origin": PAGE.origin, "crossOrigin": False}
    return json.dumps(said | more).encode()


def signs(client_data: bytes) -> PasskeyAssertion:
    return KEY.signs(client_data, counter=8)


def says(statement: bytes) -> PasskeyAssertion:
    return KEY.says_yes(statement, counter=8)


def with_flags(flags: int) -> PasskeyAssertion:
    return replace(KEY, flags=flags).says_yes(SAID, counter=8)


def test_the_yes_of_a_pinned_passkey_counts_and_gives_its_counter() -> None:
    assert check(YES) == 8
    assert check(KEY.signs(client(), counter=9)) == 9
    assert check(KEY.signs(client(other="a browser may say more"), counter=9)) == 9


def test_a_passkey_that_does_not_count_says_nothing_about_copies() -> None:
    assert check(KEY.says_yes(SAID), seen=0) == 0


def test_what_a_software_passkey_says_is_marked_as_such() -> None:
    assert MARK in YES.client_data.decode()


def test_an_assertion_is_read_as_it_was_written() -> None:
    read = parse_approved([Approved(SAID, (YES,)).to_json()])

    assert read[0].assertions == (YES,)


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_the_other_kinds_of_passkeys_count_too(kind: str) -> None:
    signed = YES.authenticator_data + bytes.fromhex(sha256(YES.client_data))
    if kind == "ed25519":
        edwards = ed25519.Ed25519PrivateKey.generate()
        public, signature = edwards.public_key().public_bytes(*DER), edwards.sign(signed)
    else:
        old = rsa.generate_private_key(65537, 2048)
        public, signature = old.public_key().public_bytes(*DER), old.sign(signed, padding.PKCS1v15(), SHA256())

    assert check(replace(YES, signature=signature), pinned=replace(PINNED, key=public)) == 8


# What is not this person's yes to this statement, by the refusal that it meets.
ATTACKS: Final[dict[type[Refused], dict[str, Callable[[], PasskeyAssertion]]]] = {
    AssertionForAnother: {
        "another statement": lambda: says(ANOTHER),
        "an old yes to another": lambda: says(replace(USE, application=uid("application 6")).to_bytes()),
        "a later stage": lambda: says(replace(USE, stage=2).to_bytes()),
        "the statement's own digest": lambda: KEY.answers(bytes.fromhex(sha256(SAID)), counter=8),
        "an empty challenge": lambda: KEY.answers(b"", counter=8),
        "a longer challenge": lambda: KEY.answers(challenge(SAID) + b"\0", counter=8),
        "a padded challenge": lambda: signs(client(challenge=web_text(challenge(SAID)) + "=")),
        "a registration": lambda: signs(client(type="webauthn.create")),
        "a payment": lambda: signs(client(type="payment.get")),
    },
    AssertionFromElsewhere: {
        "the product's own page": lambda: KEY.on(Page("https://seals.example")).says_yes(SAID, counter=8),
        "a page that looks like it": lambda: KEY.on(Page("https://approve.example.evil")).says_yes(SAID, counter=8),
        "another RP id": lambda: KEY.on(Page("https://seals.example")).signs(client(), counter=8),
        "without TLS": lambda: signs(client(origin="http://approve.example")),
        "another port": lambda: signs(client(origin="https://approve.example:8443")),
        "a slash more": lambda: signs(client(origin="https://approve.example/")),
        "capitals": lambda: signs(client(origin="https://APPROVE.example")),
        "several origins": lambda: signs(client(origin=["https://approve.example"])),
        "no origin": lambda: signs(client(origin=None)),
        "a frame in another page": lambda: signs(client(crossOrigin=True)),
        "a frame that says so aside": lambda: signs(client(topOrigin="https://seals.example")),
    },
    PersonNotVerified: {
        "nobody there": lambda: with_flags(VERIFIED),
        "touched, not verified": lambda: with_flags(PRESENT),
        "neither": lambda: with_flags(0),
    },
    PasskeyNotBound: {"copied into a cloud": lambda: with_flags(PRESENT | VERIFIED | MAY_BE_COPIED)},
    PasskeyUnknown: {
        "an approver of another name": lambda: replace(YES, approver=ZHOU),
        "a credential of another id": lambda: replace(YES, credential=b"zhou's"),
    },
    PasskeyCopied: {
        "the counter of last time": lambda: KEY.says_yes(SAID, counter=7),
        "a counter that fell": lambda: KEY.says_yes(SAID, counter=1),
        "a counter that stopped": lambda: KEY.says_yes(SAID),
    },
    AssertionInvalid: {
        "another key of that id": lambda: STRANGERS.says_yes(SAID, counter=8),
        "copied but not to be copied": lambda: with_flags(PRESENT | VERIFIED | 0x10),
        "a new credential in it": lambda: with_flags(PRESENT | VERIFIED | 0x40),
        "extensions that are missing": lambda: with_flags(PRESENT | VERIFIED | 0x80),
        "data cut short": lambda: replace(YES, authenticator_data=DATA[:36]),
        "no data": lambda: replace(YES, authenticator_data=b""),
        "data with a tail": lambda: replace(YES, authenticator_data=DATA + b"\0"),
        "endless data": lambda: replace(YES, authenticator_data=DATA * 99),
        "a counter written over": lambda: replace(YES, authenticator_data=DATA[:33] + b"\xff" * 4),
        "flags written over": lambda: replace(with_flags(PRESENT), authenticator_data=DATA),
        "no signature": lambda: replace(YES, signature=b""),
        "a signature cut short": lambda: replace(YES, signature=YES.signature[:-1]),
        "a signature with a tail": lambda: replace(YES, signature=YES.signature + b"\0"),
        "nought for r and s": lambda: replace(YES, signature=bytes.fromhex("3006020100020100")),
        "the signature of another yes": lambda: replace(YES, signature=says(ANOTHER).signature),
        "client data written over": lambda: replace(says(ANOTHER), client_data=YES.client_data),
        "client data cut short": lambda: signs(client()[:-1]),
        "client data twice": lambda: signs(client() * 2),
        "the challenge said twice": lambda: signs(client()[:-1] + b',"challenge":"AA"}'),
        "the origin said twice": lambda: signs(b'{"origin":"https://evil.example",' + client()[1:]),
        "a list": lambda: signs(b"[" + client() + b"]"),
        "no JSON": lambda: signs(b"yes"),
        "nothing said": lambda: signs(b""),
        "another encoding": lambda: signs(client().decode().encode("utf-16")),
        "a mark of byte order": lambda: signs(b"\xef\xbb\xbf" + client()),
        "a thousand brackets": lambda: signs(b"[" * 1999),
        "too much said": lambda: signs(client(more="x" * 2000)),
    },
}


@pytest.mark.parametrize(
    ("refusal", "name"), [(refusal, name) for refusal, attacks in ATTACKS.items() for name in attacks]
)
def test_nothing_else_is_a_yes(refusal: type[Refused], name: str) -> None:
    with pytest.raises(refusal):
        check(ATTACKS[refusal][name]())


@pytest.mark.parametrize(
    "pinned",
    [
        None,
        replace(PINNED, person=ZHOU),
        replace(PINNED, id=b"another"),
        replace(PINNED, starts_at=NOON + timedelta(seconds=1)),
        replace(PINNED, ends_at=NOON),
    ],
)
def test_a_passkey_that_is_not_on_the_roster_now_says_nothing(pinned: Credential | None) -> None:
    with pytest.raises(PasskeyUnknown):
        check(YES, pinned=pinned)


def test_a_passkey_pinned_as_one_that_may_be_copied_stays_one() -> None:
    may_be_copied = replace(PINNED, is_bound=False)

    assert check(with_flags(PRESENT | VERIFIED | MAY_BE_COPIED), pinned=may_be_copied) == 8
    with pytest.raises(PasskeyNotBound):
        check(YES, pinned=may_be_copied)


@pytest.mark.parametrize(
    "key", [b"", PINNED.key[:-1], OTHER_CURVE, SHORT_RSA], ids=["none", "cut", "P-384", "RSA-1024"]
)
def test_a_key_of_another_kind_is_pinned_for_nobody(key: bytes) -> None:
    with pytest.raises(AssertionInvalid):
        passkeys.check_key(key)
    with pytest.raises(AssertionInvalid):
        check(YES, pinned=replace(PINNED, key=key))


@pytest.mark.parametrize(
    "change",
    [
        {"credential": ""},
        {"credential": "A" * 1400},
        {"client_data": "a+/="},
        {"client_data": "AB"},
        {"signature": 7},
        {"signature": web_text(b"s" * 513)},
        {"authenticator_data": None},
        {"approver": "li"},
        {"assurance": "session"},
        {"more": "x"},
    ],
    ids=str,
)
def test_an_assertion_of_another_form_is_not_read(change: dict[str, Any]) -> None:
    with pytest.raises(Misshapen):
        PasskeyAssertion.parse({**YES.to_json(), **change})


def test_no_single_bit_of_a_yes_can_be_turned() -> None:
    as_is: dict[str, Any] = asdict(YES)
    chance = random.Random(7)  # noqa: S311  not a secret: which bits are turned
    for part in ("authenticator_data", "client_data", "signature", "credential"):
        said = as_is[part]
        for _ in range(60):
            bit = chance.randrange(len(said) * 8)
            turned = bytearray(said)
            turned[bit // 8] ^= 1 << bit % 8
            with pytest.raises(Refused):
                check(PasskeyAssertion(**{**as_is, part: bytes(turned)}))
