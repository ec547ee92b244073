"""A security key without metal: it speaks CTAP 2 as one over USB does, with a PIN, and presses itself."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Event
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.ctap import STATUS, CtapDevice, CtapError
from fido2.ctap2.pin import PinProtocolV2
from fido2.hid import CAPABILITY
from fido2.webauthn import Aaguid, AttestedCredentialData, AuthenticatorData

_MAKE, _GET, _INFO, _PIN = 0x01, 0x02, 0x04, 0x06
_AGREEMENT, _TOKEN = 0x02, 0x09
FLAG = AuthenticatorData.FLAG


@dataclass
class UsbKey(CtapDevice):
    pin: str = "1234"
    keys: dict[bytes, ec.EllipticCurvePrivateKey] = field(default_factory=dict)
    agreement: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    token: bytes = field(default_factory=lambda: os.urandom(32))
    counter: int = 0

    @property
    def capabilities(self) -> int:
        return CAPABILITY.CBOR

    @classmethod
    def list_devices(cls) -> Iterator["UsbKey"]:
        return iter(())

    def call(
        self,
        cmd: int,  # noqa: ARG002  the interface's name; CBOR is all that comes
        data: bytes = b"",
        event: Event | None = None,  # noqa: ARG002  likewise
        on_keepalive: Callable[[STATUS], None] | None = None,
    ) -> bytes:
        asked: Any = cbor.decode(data[1:]) if data[1:] else {}
        try:
            said = {_INFO: self._info, _PIN: self._client_pin, _MAKE: self._make, _GET: self._get}[data[0]](asked)
        except CtapError as error:
            return bytes([int(error.code)])
        if data[0] in {_MAKE, _GET} and on_keepalive:
            on_keepalive(STATUS.UPNEEDED)
        return b"\0" + cbor.encode(said)

    def _info(self, _asked: Mapping[int, Any]) -> Mapping[int, Any]:
        options = {"clientPin": bool(self.pin), "pinUvAuthToken": True}
        return {1: ["FIDO_2_0", "FIDO_2_1"], 3: bytes(16), 4: options, 6: [PinProtocolV2.VERSION]}

    def _client_pin(self, asked: Mapping[int, Any]) -> Mapping[int, Any]:
        if asked[2] == _AGREEMENT:
            at = self.agreement.public_key().public_numbers()
            return {1: {1: 2, 3: -25, -1: 1, -2: at.x.to_bytes(32, "big"), -3: at.y.to_bytes(32, "big")}}
        assert asked[2] == _TOKEN
        x, y = (int.from_bytes(asked[3][axis], "big") for axis in (-2, -3))
        peer = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        protocol = PinProtocolV2()
        shared = protocol.kdf(self.agreement.exchange(ec.ECDH(), peer))  # type: ignore[no-untyped-call]  # no types
        if protocol.decrypt(shared, asked[6]) != sha256(self.pin.encode()).digest()[:16]:  # type: ignore[no-untyped-call]  # no types
            raise CtapError(CtapError.ERR.PIN_INVALID)
        return {2: protocol.encrypt(shared, self.token)}  # type: ignore[no-untyped-call]  # no types

    def _make(self, asked: Mapping[int, Any]) -> Mapping[int, Any]:
        self._verified(asked[1], asked.get(8))
        if any(one["id"] in self.keys for one in asked.get(5, ())):
            raise CtapError(CtapError.ERR.CREDENTIAL_EXCLUDED)
        name, key = os.urandom(32), ec.generate_private_key(ec.SECP256R1())
        self.keys[name] = key
        public = ES256.from_cryptography_key(key.public_key())  # type: ignore[no-untyped-call]  # no types
        made = AttestedCredentialData.create(Aaguid.NONE, name, public)
        data = AuthenticatorData.create(self._rp(asked[2]["id"]), FLAG.UP | FLAG.UV | FLAG.AT, 0, made)
        return {1: "none", 2: bytes(data), 3: {}}

    def _get(self, asked: Mapping[int, Any]) -> Mapping[int, Any]:
        own = next((one["id"] for one in asked[3] if one["id"] in self.keys), None)
        if own is None:
            raise CtapError(CtapError.ERR.NO_CREDENTIALS)
        self._verified(asked[2], asked.get(6))
        self.counter += 1
        data = bytes(AuthenticatorData.create(self._rp(asked[1]), FLAG.UP | FLAG.UV, self.counter))
        signature = self.keys[own].sign(data + asked[2], ec.ECDSA(SHA256()))
        return {1: {"id": own, "type": "public-key"}, 2: data, 3: signature}

    def _verified(self, signed: bytes, proof: bytes | None) -> None:
        if proof != PinProtocolV2().authenticate(self.token, signed):  # type: ignore[no-untyped-call]  # no types
            raise CtapError(CtapError.ERR.PIN_AUTH_INVALID)

    @staticmethod
    def _rp(name: str) -> bytes:
        return sha256(name.encode()).digest()
