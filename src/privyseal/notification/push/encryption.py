"""What a browser alone can read (RFC 8291), and who sends it (RFC 8292)."""

import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from privyseal.kernel.errors import Refused

MOST_BYTES: Final = 3_000
"""Of a message before it is encrypted: push services take 4,096 bytes of what comes out (RFC 8030 section 7.2)."""

_CURVE: Final = ec.SECP256R1()
_LASTS: Final = timedelta(hours=12)  # RFC 8292 section 2 allows a day
_AUTH_BYTES: Final = 16
_RECORD_BYTES: Final = 4_096
_LAST_RECORD: Final = b"\x02"


class SubscriptionNotPossible(Refused):
    """What a browser gave is no address of a push service that is allowed here, or no key."""

    code = "push-not-possible"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One browser: its key, as an uncompressed point of P-256 (65 bytes), and its secret (16)."""

    key: bytes
    secret: bytes

    @classmethod
    def parse(cls, p256dh: str, auth: str) -> "Recipient":
        """Return it from how a browser writes it, base64url without padding, or refuse."""
        try:
            key, secret = plain(p256dh), plain(auth)
            ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, key)
        except ValueError as error:
            raise SubscriptionNotPossible(part="keys") from error
        if len(secret) != _AUTH_BYTES:
            raise SubscriptionNotPossible(part="keys")
        return cls(key, secret)


def encrypted(
    message: bytes, to: Recipient, *, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """Return the body of content coding ``aes128gcm`` (RFC 8188), one record; ``own`` and ``salt`` are new each."""
    own, salt = own or ec.generate_private_key(_CURVE), salt or os.urandom(16)
    own_point = point(own.public_key())
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, to.key))
    secret = _derived(shared, to.secret, b"WebPush: info\0" + to.key + own_point, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + struct.pack(">IB", _RECORD_BYTES, len(own_point)) + own_point
    return head + AESGCM(key).encrypt(nonce, message + _LAST_RECORD, None)


def vouched(key: ec.EllipticCurvePrivateKey, endpoint: str, at: datetime, *, contact: str) -> str:
    """Return the Authorization header by which a push service knows the sender again (RFC 8292 section 3)."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((at + _LASTS).timestamp()), "sub": contact}
    signed = ".".join(url_safe(json.dumps(one).encode()) for one in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{signed}.{url_safe(r.to_bytes(32) + s.to_bytes(32))}"
    return f"vapid t={token}, k={url_safe(point(key.public_key()))}"


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def url_safe(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def plain(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
