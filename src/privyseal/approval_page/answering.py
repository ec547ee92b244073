"""What a browser says for a passkey, looked at before it goes on: this challenge, this origin, its owner was there.

Whether the signature is the passkey's is for those who hold its public key: the web application, and the signer.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from privyseal.approval_page.asking import Ask
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.signer.statement import challenge

PASSKEY: Final = "passkey"
_GET: Final = "webauthn.get"
_PRESENT_AND_VERIFIED: Final = 0x05  # WebAuthn section 6.1: bit 0 user present, bit 2 user verified
_RP_HASH_BYTES: Final = 32
_LEAST_DATA: Final = 37  # WebAuthn section 6.1: hash of the RP id, flags, counter
_MOST_BYTES: Final = 4_096


class PasskeyAnswerRefused(Refused):
    """The browser's answer is not this passkey's yes to this statement on this page; ``reason`` says which."""

    code = "passkey-answer-refused"


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks a passkey: the page's own origin, and its host, to which passkeys are bound."""

    origin: str

    @property
    def id(self) -> str:
        return urlsplit(self.origin).hostname or ""


def assertions(ask: Ask, answer: object, party: Party) -> tuple[Mapping[str, Json], ...]:
    """Return one assertion for each statement, in their order, or refuse."""
    if not isinstance(answer, list) or len(answer) != len(ask.statements):
        raise PasskeyAnswerRefused(reason="shape")
    return tuple(_assertion(ask, text, one, party) for text, one in zip(ask.statements, answer, strict=True))


def _assertion(ask: Ask, text: str, answer: object, party: Party) -> Mapping[str, Json]:
    if not isinstance(answer, dict) or answer.get("credential") not in ask.credentials:
        raise PasskeyAnswerRefused(reason="credential")
    said = {name: _octets(answer.get(name)) for name in ("authenticator_data", "client_data", "signature")}
    _check_client(said["client_data"], statement=text.encode(), origin=party.origin)
    _check_data(said["authenticator_data"], rp_id=party.id)
    return {
        "assurance": PASSKEY,
        "approver": ask.approver,
        "credential": answer["credential"],
        **{name: websafe(octets) for name, octets in said.items()},
    }


def _check_client(data: bytes, *, statement: bytes, origin: str) -> None:
    try:
        said: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PasskeyAnswerRefused(reason="client-data") from error
    if not isinstance(said, dict) or said.get("type") != _GET:
        raise PasskeyAnswerRefused(reason="client-data")
    if said.get("challenge") != websafe(challenge(statement)):
        raise PasskeyAnswerRefused(reason="challenge")
    if said.get("origin") != origin or said.get("crossOrigin", False) is not False:
        raise PasskeyAnswerRefused(reason="origin")


def _check_data(data: bytes, *, rp_id: str) -> None:
    if len(data) < _LEAST_DATA or data[:_RP_HASH_BYTES] != hashlib.sha256(rp_id.encode()).digest():
        raise PasskeyAnswerRefused(reason="rp-id")
    if data[_RP_HASH_BYTES] & _PRESENT_AND_VERIFIED != _PRESENT_AND_VERIFIED:
        raise PasskeyAnswerRefused(reason="user-not-verified")


def _octets(value: object) -> bytes:
    """Return the bytes of base64url without padding, the one form of them, or refuse."""
    if not isinstance(value, str) or not 0 < len(value) <= _MOST_BYTES:
        raise PasskeyAnswerRefused(reason="shape")
    try:
        read = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise PasskeyAnswerRefused(reason="shape") from error
    if websafe(read) != value:
        raise PasskeyAnswerRefused(reason="shape")
    return read


def websafe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
