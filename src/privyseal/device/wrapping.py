"""A secret for one device: a compact JWE (RFC 7516) by ECDH-ES on P-256 and A256GCM (RFC 7518, 4.6 and 5.3)."""

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from jwt.utils import base64url_decode, base64url_encode

from privyseal.device.signed import FrameBroken, FrameKey
from privyseal.kernel import shapes
from privyseal.kernel.canonical import NotCanonical, canonical, parse

_ALGORITHM: Final = "ECDH-ES"
_CIPHER: Final = "A256GCM"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_NAMES: Final = frozenset(("alg", "enc", "epk"))
_PARTS: Final = 5


def wrapped(secret: bytes, to: FrameKey) -> str:
    """Return what only the holder of this key can read."""
    ours = ec.generate_private_key(ec.SECP256R1())
    epk = FrameKey.of(ours.public_key()).to_json()
    header = _text(canonical({"alg": _ALGORITHM, "enc": _CIPHER, "epk": epk}))
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(_agreed(ours, to)).encrypt(nonce, secret, header.encode())
    return ".".join((header, "", _text(nonce), _text(sealed[:-_TAG_BYTES]), _text(sealed[-_TAG_BYTES:])))


def unwrapped(text: str, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the secret, or refuse what is broken or for another: frame-broken."""
    parts = text.split(".")
    if len(parts) != _PARTS or parts[1]:
        raise FrameBroken
    try:
        header = shapes.fields(parse(base64url_decode(parts[0])), _NAMES)
        if (header["alg"], header["enc"]) != (_ALGORITHM, _CIPHER):
            raise FrameBroken
        nonce, sealed, tag = (base64url_decode(part) for part in parts[2:])
        return AESGCM(_agreed(key, FrameKey.read(header["epk"]))).decrypt(nonce, sealed + tag, parts[0].encode())
    except (NotCanonical, ValueError, InvalidTag) as error:
        raise FrameBroken from error


def _agreed(ours: ec.EllipticCurvePrivateKey, theirs: FrameKey) -> bytes:
    shared = ours.exchange(ec.ECDH(), theirs.public())
    # RFC 7518, 4.6.2: the algorithm by its length, empty names of both parties, the length of the key in bits
    about = len(_CIPHER).to_bytes(4, "big") + _CIPHER.encode() + bytes(8) + (_KEY_BYTES * 8).to_bytes(4, "big")
    return ConcatKDFHash(hashes.SHA256(), _KEY_BYTES, about).derive(shared)


def _text(data: bytes) -> str:
    return base64url_encode(data).decode("ascii")
