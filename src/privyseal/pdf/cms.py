"""The signature container of PAdES B-B: RFC 5652 with the attributes of CAdES, in DER."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from privyseal.kernel.errors import Refused

_INTEGER: Final = 0x02
_OCTETS: Final = 0x04
_OBJECT: Final = 0x06
_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_FIRST: Final = 0xA0
_SECOND: Final = 0xA1

_DATA: Final = "1.2.840.113549.1.7.1"
_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.47"
_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_ECDSA_SHA256: Final = "1.2.840.10045.4.3.2"


_RSA: Final = "1.2.840.113549.1.1.1"
_NULL: Final = b"\x05\x00"
_RSA_SIZES: Final = frozenset({2048, 3072, 4096})
_LONGEST_ECDSA_P256: Final = 72

Unsigned: TypeAlias = Callable[[bytes], bytes]
"""Returns what can be said only about a signature that is there already, such as when it was seen."""


class KeyNotSupported(Refused):
    """Only ECDSA on P-256 and RSA of 2048, 3072 or 4096 bits seal."""

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
        """Return the signature of a SHA-256 digest; the same digest gives the same bytes.

        ECDSA in DER on P-256, or RSA by PKCS#1 v1.5, as the certificate's key is.
        """


class _EllipticKey:
    def __init__(self, private_key: ec.EllipticCurvePrivateKey, certificate: bytes, chain: tuple[bytes, ...]) -> None:
        self._private_key = private_key
        self._algorithm = ec.ECDSA(utils.Prehashed(hashes.SHA256()), deterministic_signing=True)
        self.certificate = certificate
        self.chain = chain

    def sign(self, digest32: bytes) -> bytes:
        return self._private_key.sign(digest32, self._algorithm)


class _RsaKey:
    def __init__(self, private_key: rsa.RSAPrivateKey, certificate: bytes, chain: tuple[bytes, ...]) -> None:
        self._private_key = private_key
        self.certificate = certificate
        self.chain = chain

    def sign(self, digest32: bytes) -> bytes:
        return self._private_key.sign(digest32, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))


def software_key(private_key: object, certificate: bytes, chain: Iterable[bytes] = ()) -> Key:
    """Return a key that signs in this process, or refuse one of another kind."""
    if isinstance(private_key, ec.EllipticCurvePrivateKey) and isinstance(private_key.curve, ec.SECP256R1):
        return _EllipticKey(private_key, certificate, tuple(chain))
    if isinstance(private_key, rsa.RSAPrivateKey) and private_key.key_size in _RSA_SIZES:
        return _RsaKey(private_key, certificate, tuple(chain))
    raise KeyNotSupported


@dataclass(frozen=True, slots=True)
class Template:
    """A container with two holes: everything in it that depends on the certificates alone."""

    attributes: tuple[bytes, bytes]
    signer: tuple[bytes, bytes]
    signed: bytes
    longest_signature: int

    @property
    def reserve(self) -> int:
        """How many bytes to keep free for the container: in steps, so that it changes with the certificates alone."""
        return (len(self.signed) + self.longest_signature + 1024) // 2048 * 2048 + 2048

    def container(self, digest: bytes, sign: Callable[[bytes], bytes], unsigned: Unsigned | None = None) -> bytes:
        """Return the detached SignedData over a document of this SHA-256, with no signing time inside.

        ``unsigned`` is asked for the unsigned attributes (DER, in a row) once the signature is known.
        """
        before, after = self.attributes
        attributes = before + digest + after
        signature = sign(hashlib.sha256(_der(_SET, attributes)).digest())
        head, algorithm = self.signer
        signer = (head, _der(_FIRST, attributes), algorithm, _der(_OCTETS, signature))
        more = (_der(_SECOND, unsigned(signature)),) if unsigned else ()
        signed = _der(_SEQUENCE, self.signed, _der(_SET, _der(_SEQUENCE, *signer, *more)))
        return _der(_SEQUENCE, _SIGNED_DATA, _der(_FIRST, signed))


@lru_cache(maxsize=256)
def template(certificate: bytes, chain: tuple[bytes, ...]) -> Template:
    """Return what a container by the key of this certificate is made from, or refuse the key's kind."""
    parsed = x509.load_der_x509_certificate(certificate)
    algorithm, longest = _signature_algorithm(parsed.public_key())
    hole = b"\0" * 32
    attributes = _sorted(
        (
            _attribute(_CONTENT_TYPE, _identifier(_DATA)),
            _attribute(_MESSAGE_DIGEST, _der(_OCTETS, hole)),
            _attribute(_SIGNING_CERTIFICATE, _certificate_hash(certificate)),
        )
    )
    before, after = attributes.split(hole)
    head = _der(_INTEGER, b"\x01") + _issuer_and_serial(parsed) + _algorithm(_SHA256)
    signed = (
        _der(_INTEGER, b"\x01"),
        _der(_SET, _algorithm(_SHA256)),
        _der(_SEQUENCE, _identifier(_DATA)),
        _der(_FIRST, _sorted({certificate, *chain})),
    )
    return Template((before, after), (head, algorithm), b"".join(signed), longest)


def container(digest: bytes, key: Key) -> bytes:
    """Return the detached SignedData over a document of this SHA-256, with no signing time inside."""
    return template(key.certificate, key.chain).container(digest, key.sign)


def _signature_algorithm(public_key: object) -> tuple[bytes, int]:
    """Return the algorithm's identifier and the most bytes a signature has."""
    match public_key:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return _algorithm(_ECDSA_SHA256), _LONGEST_ECDSA_P256
        case rsa.RSAPublicKey(key_size=bits) if bits in _RSA_SIZES:
            return _der(_SEQUENCE, _identifier(_RSA), _NULL), bits // 8
    raise KeyNotSupported


def _certificate_hash(certificate: bytes) -> bytes:
    """Return SigningCertificateV2 (RFC 5035) with its default algorithm, SHA-256."""
    entry = _der(_SEQUENCE, _der(_OCTETS, hashlib.sha256(certificate).digest()))
    return _der(_SEQUENCE, _der(_SEQUENCE, entry))


def _issuer_and_serial(certificate: x509.Certificate) -> bytes:
    serial = certificate.serial_number
    number = serial.to_bytes(serial.bit_length() // 8 + 1, "big", signed=True)
    return _der(_SEQUENCE, certificate.issuer.public_bytes(), _der(_INTEGER, number))


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
