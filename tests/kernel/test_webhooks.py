"""Signed messages between programs: what is good, and what a stranger cannot make of it."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.webhooks import HookKeyUnreadable, HookUnsigned, checked, headers_for, key_for, public_key, public_text

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
BODY = b'{"type":"approval.decided"}'


def test_what_was_signed_is_known_by_its_name() -> None:
    assert checked(KEY.public_key(), headers_for(KEY, "msg_1", NOON, BODY), BODY, NOON) == "msg_1"


@pytest.mark.parametrize("late", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_what_is_not_from_now_is_refused(late: timedelta) -> None:
    with pytest.raises(HookUnsigned):
        checked(KEY.public_key(), headers_for(KEY, "msg_1", NOON, BODY), BODY, NOON + late)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": str(int(NOON.timestamp()) + 1)},
        {"webhook-timestamp": "noon"},
        {"webhook-timestamp": "²"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1a,not base64"},
        {"webhook-signature": headers_for(STRANGER, "msg_1", NOON, BODY)["webhook-signature"]},
    ],
)
def test_another_header_is_not_what_was_signed(changed: dict[str, str]) -> None:
    with pytest.raises(HookUnsigned):
        checked(KEY.public_key(), headers_for(KEY, "msg_1", NOON, BODY) | changed, BODY, NOON)


def test_another_body_is_not_what_was_signed() -> None:
    with pytest.raises(HookUnsigned):
        checked(KEY.public_key(), headers_for(KEY, "msg_1", NOON, BODY), BODY + b" ", NOON)


def test_while_a_sender_changes_keys_either_signature_will_do() -> None:
    both = headers_for(KEY, "msg_1", NOON, BODY)
    old = headers_for(STRANGER, "msg_1", NOON, BODY)["webhook-signature"]
    both["webhook-signature"] = f"{old} {both['webhook-signature']}"

    assert checked(KEY.public_key(), both, BODY, NOON) == "msg_1"


def test_a_key_is_read_as_it_is_written() -> None:
    assert public_key(public_text(KEY.public_key())) == KEY.public_key()


@pytest.mark.parametrize("text", ["", "whpk_", "whpk_AAAA", "whsec_" + public_text(KEY.public_key())[5:], "whpk_é"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(HookKeyUnreadable):
        public_key(text)


def test_each_receiver_has_a_key_of_its_own() -> None:
    keys = {
        public_text(key_for(*of).public_key())
        for of in [
            ("secret", "webhook", "a"),
            ("secret", "webhook", "b"),
            ("secret", "outside", "a"),
            ("x", "webhook", "a"),
        ]
    }

    assert len(keys) == 4
