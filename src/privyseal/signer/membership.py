"""The word that whoever presses belongs to the unit for which a standing permit is: for one intent and one document."""

import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from privyseal.kernel.canonical import canonical
from privyseal.signer.protocol import SignerRefused

_MEMBER: Final = b"privyseal/member/v1\0"


class NotOfTheUnit(SignerRefused):
    """Nobody vouches that whoever presses belongs to the unit for which the standing permit is."""

    code = "not-of-the-unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """Who belongs to a unit at the moment of one use; said of another intent or document, it means nothing here."""

    operator: str
    unit: str
    application: str
    intent: str
    document_sha256: str

    def signed_bytes(self) -> bytes:
        said = {
            "operator": self.operator,
            "unit": self.unit,
            "application": self.application,
            "intent": self.intent,
            "document_sha256": self.document_sha256,
        }
        return _MEMBER + hashlib.sha256(canonical(said)).digest()


def vouch(belonging: Belonging, *, web_key: Ed25519PrivateKey) -> bytes:
    """Return the web application's word that this person belongs to the unit."""
    return web_key.sign(belonging.signed_bytes())


def check(belonging: Belonging, signature: bytes, *, web_key: bytes) -> None:
    """Return if the web application's key vouched for exactly this, or refuse."""
    try:
        Ed25519PublicKey.from_public_bytes(web_key).verify(signature, belonging.signed_bytes())
    except InvalidSignature as error:
        raise NotOfTheUnit(application=belonging.application) from error
