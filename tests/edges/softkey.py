"""A passkey in software: it answers as a phone would, and also as no phone should."""

import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ORIGIN = "http://localhost:8000"
PRESENT = AuthenticatorData.FLAG.UP
VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


@dataclass
class SoftKey:
    """One key pair; ``counter`` goes up with each use unless a test turns it back."""

    counter: int = 0
    flags: AuthenticatorData.FLAG = VERIFIED
    origin: str = ORIGIN
    identifier: bytes = field(default_factory=lambda: os.urandom(16))
    owner: bytes = b""
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any]) -> str:
        """Answer the question of an enrolment."""
        self.owner = websafe_decode(options["user"]["id"])
        credential = AttestedCredentialData.create(
            Aaguid.NONE,
            self.identifier,
            ES256.from_cryptography_key(self._key.public_key()),  # type: ignore[no-untyped-call]  # it ships no type here
        )
        data = AuthenticatorData.create(
            sha256(options["rp"]["id"].encode()).digest(),
            self.flags | AuthenticatorData.FLAG.AT,
            self.counter,
            credential,
        )
        said = {"attestationObject": websafe_encode(AttestationObject.create("none", data, {}))}
        return self._answer(CollectedClientData.TYPE.CREATE, options["challenge"], said)

    def get(self, options: dict[str, Any]) -> str:
        """Answer the question of a proof."""
        self.counter += 1
        data = AuthenticatorData.create(sha256(options["rpId"].encode()).digest(), self.flags, self.counter)
        client = self._client(CollectedClientData.TYPE.GET, options["challenge"])
        signature = self._key.sign(bytes(data) + sha256(client).digest(), ec.ECDSA(SHA256()))
        said = {
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": websafe_encode(self.owner),
        }
        return self._answer(CollectedClientData.TYPE.GET, options["challenge"], said)

    def _client(self, kind: str, challenge: str) -> bytes:
        return CollectedClientData.create(kind, challenge, self.origin)

    def _answer(self, kind: str, challenge: str, said: dict[str, str]) -> str:
        response = {"clientDataJSON": websafe_encode(self._client(kind, challenge)), **said}
        name = websafe_encode(self.identifier)
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )
