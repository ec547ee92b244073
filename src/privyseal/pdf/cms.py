"""The signature container of PAdES B-B: RFC 5652 with the attributes of CAdES, in DER."""

import hashlib
from collections.abc import Iterable
from typing import Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from privyseal.kernel.errors import Refused

_INTEGER: Final = 0x02
_OCTETS: Final = 0x04
_OBJECT: Final = 0x06
_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_FIRST: Final = 0xA0

_DATA: Final = "1.2.840.113549.1.7.1"
_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.47"
_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_ECDSA_SHA256: Final = "1.2.840.10045.4.3.2"


class KeyNotSupported(Refused):
    """Only ECDSA on P-256 seals."""

    code = "key-not-supported"


class Key(Protocol):
    """What the engine needs of a seal's key, wherever that key lives."""

    @property
    def certificate(self) -> bytes:
        """The certificate, DER."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates that travel with it, DER."""

    def sign(self, digest32: bytes) -> bytes:
        """Return the ECDSA signature of a SHA-256 digest, DER; the same digest gives the same bytes."""


class _SoftwareKey:
    def __init__(self, private_key: ec.EllipticCurvePrivateKey, certificate: bytes, chain: tuple[bytes, ...]) -> None:
        self._private_key = private_key
        self.certificate = certificate
        self.chain = chain

    def sign(self, digest32: bytes) -> bytes:
        algorithm = ec.ECDSA(utils.Prehashed(hashes.SHA256()), deterministic_signing=True)
        return self._private_key.sign(digest32, algorithm)


def software_key(private_key: object, certificate: bytes, chain: Iterable[bytes] = ()) -> Key:
    """Return a key that signs in this process, or refuse one that is not P-256."""
    if not isinstance(private_key, ec.EllipticCurvePrivateKey) or not isinstance(private_key.curve, ec.SECP256R1):
        raise KeyNotSupported
    return _SoftwareKey(private_key, certificate, tuple(chain))


def reserve(key: Key) -> int:
    """Return how many bytes to keep free for a container by this key: it depends on the certificates alone."""
    certificates = sum(len(certificate) for certificate in (key.certificate, *key.chain))
    return (certificates + 1024) // 2048 * 2048 + 2048


def container(digest: bytes, key: Key) -> bytes:
    """Return the detached SignedData over a document of this SHA-256, with no signing time inside."""
    attributes = _sorted(
        (
            _attribute(_CONTENT_TYPE, _identifier(_DATA)),
            _attribute(_MESSAGE_DIGEST, _der(_OCTETS, digest)),
            _attribute(_SIGNING_CERTIFICATE, _certificate_hash(key.certificate)),
        )
    )
    signature = key.sign(hashlib.sha256(_der(_SET, attributes)).digest())
    signer = _der(
        _SEQUENCE,
        _der(_INTEGER, b"\x01"),
        _issuer_and_serial(key.certificate),
        _algorithm(_SHA256),
        _der(_FIRST, attributes),
        _algorithm(_ECDSA_SHA256),
        _der(_OCTETS, signature),
    )
    signed = _der(
        _SEQUENCE,
        _der(_INTEGER, b"\x01"),
        _der(_SET, _algorithm(_SHA256)),
        _der(_SEQUENCE, _identifier(_DATA)),
        _der(_FIRST, _sorted({key.certificate, *key.chain})),
        _der(_SET, signer),
    )
    return _der(_SEQUENCE, _identifier(_SIGNED_DATA), _der(_FIRST, signed))


def _certificate_hash(certificate: bytes) -> bytes:
    """Return SigningCertificateV2 (RFC 5035) with its default algorithm, SHA-256."""
    entry = _der(_SEQUENCE, _der(_OCTETS, hashlib.sha256(certificate).digest()))
    return _der(_SEQUENCE, _der(_SEQUENCE, entry))


def _issuer_and_serial(certificate: bytes) -> bytes:
    parsed = x509.load_der_x509_certificate(certificate)
    serial = parsed.serial_number
    number = serial.to_bytes(serial.bit_length() // 8 + 1, "big", signed=True)
    return _der(_SEQUENCE, parsed.issuer.public_bytes(), _der(_INTEGER, number))


def _attribute(kind: str, value: bytes) -> bytes:
    return _der(_SEQUENCE, _identifier(kind), _der(_SET, value))


def _algorithm(kind: str) -> bytes:
    return _der(_SEQUENCE, _identifier(kind))


def _sorted(members: Iterable[bytes]) -> bytes:
    return b"".join(sorted(members))


def _identifier(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return _der(_OBJECT, b"".join(_base128(arc) for arc in (40 * first + second, *rest)))


def _base128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 0x80:  # noqa: PLR2004  X.690: shorter lengths are one byte
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body
