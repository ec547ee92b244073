"""What a browser says for a passkey, looked at before it goes on: this challenge, this origin, its owner was there.

Whether the signature is the passkey's is for those who hold its public key: the web application, and the signer.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from privyseal.approval_page.asking import Ask
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.signer.passkeys import PASSKEY, Page, web_octets, web_text
from privyseal.signer.statement import challenge

_GET: Final = "webauthn.get"
_PRESENT_AND_VERIFIED: Final = 0x05  # WebAuthn section 6.1: bit 0 user present, bit 2 user verified
_RP_HASH_BYTES: Final = 32
_LEAST_DATA: Final = 37  # WebAuthn section 6.1: hash of the RP id, flags, counter
_MOST_BYTES: Final = 4_096


class PasskeyAnswerRefused(Refused):
    """The browser's answer is not this passkey's yes to this statement on this page; ``reason`` says which."""

    code = "passkey-answer-refused"


def assertions(ask: Ask, answer: object, page: Page) -> tuple[Mapping[str, Json], ...]:
    """Return one assertion for each statement, in their order, or refuse."""
    if not isinstance(answer, list) or len(answer) != len(ask.statements):
        raise PasskeyAnswerRefused(reason="shape")
    return tuple(_assertion(ask, text, one, page) for text, one in zip(ask.statements, answer, strict=True))


def _assertion(ask: Ask, text: str, answer: object, page: Page) -> Mapping[str, Json]:
    if not isinstance(answer, dict) or answer.get("credential") not in ask.credentials:
        raise PasskeyAnswerRefused(reason="credential")
    said = {name: octets(answer.get(name)) for name in ("authenticator_data", "client_data", "signature")}
    asked = web_text(challenge(text.encode()))
    check_client(said["client_data"], kind=_GET, challenge=asked, origin=page.origin)
    _check_data(said["authenticator_data"], rp_id=page.rp_id)
    return {
        "assurance": PASSKEY,
        "approver": ask.approver,
        "credential": answer["credential"],
        **{name: web_text(octets) for name, octets in said.items()},
    }


def check_client(data: bytes, *, kind: str, challenge: str, origin: str) -> None:
    """Return if a browser says here that it answered this challenge, on this origin and in no frame, or refuse."""
    try:
        said: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PasskeyAnswerRefused(reason="client-data") from error
    if not isinstance(said, dict) or said.get("type") != kind:
        raise PasskeyAnswerRefused(reason="client-data")
    if said.get("challenge") != challenge:
        raise PasskeyAnswerRefused(reason="challenge")
    if said.get("origin") != origin or said.get("crossOrigin", False) is not False:
        raise PasskeyAnswerRefused(reason="origin")


def _check_data(data: bytes, *, rp_id: str) -> None:
    if len(data) < _LEAST_DATA or data[:_RP_HASH_BYTES] != hashlib.sha256(rp_id.encode()).digest():
        raise PasskeyAnswerRefused(reason="rp-id")
    if data[_RP_HASH_BYTES] & _PRESENT_AND_VERIFIED != _PRESENT_AND_VERIFIED:
        raise PasskeyAnswerRefused(reason="user-not-verified")


def octets(value: object, *, most: int = _MOST_BYTES) -> bytes:
    """Return the bytes of base64url without padding, the one form of them, or refuse."""
    try:
        return web_octets(value, most=most)
    except shapes.Misshapen as error:
        raise PasskeyAnswerRefused(reason="shape") from error
