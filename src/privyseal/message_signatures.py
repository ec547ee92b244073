"""Answers that whoever keeps them can prove to be ours: HTTP Message Signatures (RFC 9421) by Ed25519. Pure."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_LABEL: Final = "privyseal"
_COVERED: Final = ("@status", "content-type", "content-digest")


def public_jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """Return a public key as a JSON Web Key (RFC 8037), named by its thumbprint (RFC 7638)."""
    x = _unpadded(key.public_bytes_raw())
    required = f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'
    return {
        "alg": "EdDSA",
        "crv": "Ed25519",
        "kid": _unpadded(sha256(required.encode()).digest()),
        "kty": "OKP",
        "use": "sig",
        "x": x,
    }


def signed_headers(body: bytes, *, kind: str, key: Ed25519PrivateKey, at: datetime, tag: str) -> Mapping[str, str]:
    """Return the headers that sign an answer of status 200: its digest (RFC 9530), what is covered, the signature.

    ``kind`` is the answer's Content-Type to the letter, ``at`` the time of signing, which is covered as ``created``;
    ``tag`` says what the signature is for, so that none made for something else fits.
    """
    digest = f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"
    said = {"@status": "200", "content-type": kind, "content-digest": digest}
    covered = " ".join(f'"{name}"' for name in _COVERED)
    name = public_jwk(key.public_key())["kid"]
    parameters = f'({covered});created={int(at.timestamp())};keyid="{name}";alg="ed25519";tag="{tag}"'
    base = [*(f'"{name}": {said[name]}' for name in _COVERED), f'"@signature-params": {parameters}']
    signature = b64encode(key.sign("\n".join(base).encode())).decode()
    return {
        "Content-Digest": digest,
        "Signature-Input": f"{_LABEL}={parameters}",
        "Signature": f"{_LABEL}=:{signature}:",
    }


def _unpadded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
