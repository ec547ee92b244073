"""A passkey in software, for demonstrations and tests. Nobody is asked for a finger: it says yes by itself.

What it says is marked as such in the client data, which is signed with it: nobody can take it for a person's.
"""

import json
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from privyseal.signer.passkeys import Page, PasskeyAssertion, web_text
from privyseal.signer.statement import challenge

MARK: Final = "privyseal software passkey: nobody was asked"
PRESENT: Final = 0x01
VERIFIED: Final = 0x04
MAY_BE_COPIED: Final = 0x08


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftwarePasskey:
    """One key pair of one person, bound to the page that it says yes on; it does not count unless told to."""

    person: str
    page: Page
    id: bytes
    private_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    flags: int = PRESENT | VERIFIED

    @property
    def key(self) -> bytes:
        """Return the public key as a roster keeps it."""
        return self.private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def says_yes(self, statement: bytes, *, counter: int = 0) -> PasskeyAssertion:
        """Return this person's yes to a statement, in its canonical bytes."""
        return self.answers(challenge(statement), counter=counter)

    def answers(self, question: bytes, *, counter: int = 0, kind: str = "webauthn.get") -> PasskeyAssertion:
        said = {"type": kind, "challenge": web_text(question), "origin": self.page.origin, "crossOrigin": False}
        return self.signs(json.dumps({**said, "software": MARK}).encode(), counter=counter)

    def signs(self, client_data: bytes, *, counter: int = 0) -> PasskeyAssertion:
        """Return an assertion over client data that says anything."""
        head = sha256(self.page.rp_id.encode()).digest() + bytes([self.flags])
        data = head + counter.to_bytes(4, "big")
        signature = self.private_key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return PasskeyAssertion(
            approver=self.person,
            credential=self.id,
            authenticator_data=data,
            client_data=client_data,
            signature=signature,
        )

    def on(self, page: Page) -> "SoftwarePasskey":
        """Return the same passkey as it would answer another page."""
        return replace(self, page=page)
