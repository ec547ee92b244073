"""A receipt with every yes that the use names: offline, and no other yes than those that counted."""

import base64
from dataclasses import replace
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.kernel import receipt
from privyseal.kernel.canonical import parse
from privyseal.kernel.errors import Refused
from privyseal.signer import proving
from privyseal.signer.statement import Approved, vouch
from tests.logs import Log
from tests.signer.cast import LI, USE, WEB_KEY, approved, uid
from tests.signer.given import BY_LI, BY_ZHOU, GIVEN, KEY_OF_ZHOU, WEB_DER, receipt_of, use, with_approvals

MOST_BYTES: Final = 3_000
MOST_BYTES_A_YES: Final = 1_500
LOG_KEY: Final = Log([b""]).key


def proved(text: str) -> tuple[proving.Yes, ...]:
    alone, lines = proving.split(text)
    return proving.check(parse(receipt.check(alone, LOG_KEY).fact), lines)


def test_a_receipt_with_its_approvals_says_who_said_yes_and_by_what() -> None:
    by_li, by_zhou = proved(with_approvals())

    assert (by_li.approver, by_li.stage, by_li.assurance, by_li.origin) == (LI, 1, "session", "")
    assert (by_zhou.approver, by_zhou.stage, by_zhou.assurance) == (KEY_OF_ZHOU.person, 2, "passkey")
    assert (by_zhou.origin, by_zhou.is_software) == ("https://approve.seals.example", True)


def test_a_receipt_is_small_in_a_log_of_a_million_and_so_is_each_yes() -> None:
    cosigners = tuple(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
    plain = receipt_of(use(BY_LI, BY_ZHOU), cosigners=cosigners)
    in_a_small_log = len(plain.split("\n\n")[0].split("\n")) - 3
    of_a_million = len(plain.encode()) + (20 - in_a_small_log) * 45  # one hash a line, twenty for a million facts

    assert of_a_million <= MOST_BYTES
    assert len(with_approvals().encode()) - len(receipt_of(use(BY_LI, BY_ZHOU)).encode()) <= 2 * MOST_BYTES_A_YES
    assert max(len(proving.write("", [one]).encode()) for one in GIVEN) <= MOST_BYTES_A_YES


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (proving.write(receipt_of(use(BY_LI, BY_ZHOU)), GIVEN[:1]), "approvals-differ"),
        (proving.write(receipt_of(use(BY_LI)), GIVEN), "approvals-differ"),
        (proving.write(receipt_of(use(BY_LI, BY_ZHOU)), GIVEN[::-1]), "approvals-differ"),
        (receipt_of(use(BY_LI)), "approvals-differ"),
        (receipt_of({**use(), "data": {}}), "approvals-differ"),
        (with_approvals().replace('\\"stage\\":2', '\\"stage\\":3'), "approvals-differ"),
        (with_approvals().replace(" {", "  {", 1), "receipt-unreadable"),
        (f"{proving.HEADER}\n\n{receipt_of(use())}", "receipt-unreadable"),
        (f"{proving.HEADER}\n", "receipt-unreadable"),
        (proving.write(receipt_of(use(BY_LI)), [(BY_LI, KEY_OF_ZHOU.key)]), "approval-broken"),
        (proving.write(receipt_of(use(BY_ZHOU)), [(BY_ZHOU, WEB_DER)]), "approval-broken"),
        (proving.write(receipt_of(use(BY_LI)), [(BY_LI, b"no key")]), "approval-broken"),
    ],
)
def test_no_other_approvals_than_those_that_counted_are_proved(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        proved(text)

    assert refused.value.code == code


def test_a_yes_to_another_use_proves_nothing_even_where_the_log_names_it() -> None:
    elsewhere = approved(replace(USE, application=uid("another")))
    another_seal = approved(replace(USE, seal=uid("another")))
    unverified = replace(KEY_OF_ZHOU, flags=0x01)
    said = USE.to_bytes()
    by_touch = Approved(said, (unverified.says_yes(said),))
    to_another = Approved(said, (KEY_OF_ZHOU.says_yes(replace(USE, stage=2).to_bytes()),))
    cases = [(elsewhere, WEB_DER), (another_seal, WEB_DER), (by_touch, KEY_OF_ZHOU.key), (to_another, KEY_OF_ZHOU.key)]

    for yes, key in cases:
        with pytest.raises(proving.ApprovalBroken):
            proved(proving.write(receipt_of(use(yes)), [(yes, key)]))


def test_what_was_gathered_under_one_statement_is_named_yes_by_yes() -> None:
    said = USE.to_bytes()
    both = [vouch(said, approver=who, web_key=WEB_KEY) for who in (LI, uid("zhou"))]

    gathered = proving.digests([Approved(said, tuple(both))])

    assert gathered == [digest for one in both for digest in proving.digests([Approved(said, (one,))])]
    assert base64.b64decode(proving.write("", GIVEN).split("\n")[1].split(" ")[0]) == WEB_DER
