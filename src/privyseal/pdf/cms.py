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
from privyseal.pdf import der

_DATA: Final = "1.2.840.113549.1.7.1"
_SIGNED_DATA: Final = der.identifier("1.2.840.113549.1.7.2")
_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.47"
_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_ECDSA_SHA256: Final = "1.2.840.10045.4.3.2"
_ATTRIBUTES_TAG: Final = bytes((der.FIRST,))
_RSA: Final = "1.2.840.113549.1.1.1"
_RSA_SIZES: Final = frozenset({2048, 3072, 4096})
_LONGEST_ECDSA_P256: Final = 72

Unsigned: TypeAlias = Callable[[bytes], bytes]
"""Returns what can be said only of a signature that is there already, by its SHA-256: that it was seen at a time."""


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
        self._padding, self._algorithm = padding.PKCS1v15(), utils.Prehashed(hashes.SHA256())
        self.certificate = certificate
        self.chain = chain

    def sign(self, digest32: bytes) -> bytes:
        return self._private_key.sign(digest32, self._padding, self._algorithm)


def software_key(private_key: object, certificate: bytes, chain: Iterable[bytes] = ()) -> Key:
    """Return a key that signs in this process, or refuse one of another kind."""
    if isinstance(private_key, ec.EllipticCurvePrivateKey) and isinstance(private_key.curve, ec.SECP256R1):
        return _EllipticKey(private_key, certificate, tuple(chain))
    if isinstance(private_key, rsa.RSAPrivateKey) and private_key.key_size in _RSA_SIZES:
        return _RsaKey(private_key, certificate, tuple(chain))
    raise KeyNotSupported


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A container with two holes: everything in it that depends on the certificates alone. Equal to itself alone."""

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

        ``unsigned`` is asked for an unsigned attribute (DER) once there is a signature, by its SHA-256.
        """
        before, after = self.attributes
        attributes = before + digest + after
        signature = sign(hashlib.sha256(attributes).digest())
        more = der.value(der.SECOND, unsigned(hashlib.sha256(signature).digest())) if unsigned else b""
        head, middle = _around(self, len(attributes), len(signature), len(more))
        # the attributes are signed as a SET and stand in the container under another tag (RFC 5652, 5.4)
        return b"".join((head, attributes[1:], middle, signature, more))


@lru_cache(maxsize=1024)
def _around(template: Template, attributes: int, signature: int, more: int) -> tuple[bytes, bytes]:
    """Return what stands before the attributes and between them and the signature, where they are so long."""
    head, algorithm = template.signer
    hole, gap = bytes(attributes - 1), bytes(signature + more)
    middle = algorithm + der.value(der.OCTETS, bytes(signature))[:-signature]
    signer = der.value(der.SEQUENCE, head, _ATTRIBUTES_TAG, hole, middle, gap)
    signed = der.value(der.SEQUENCE, template.signed, der.value(der.SET, signer))
    whole = der.value(der.SEQUENCE, _SIGNED_DATA, der.value(der.FIRST, signed))
    return whole[: -len(hole) - len(middle) - len(gap)], middle


@lru_cache(maxsize=256)
def template(certificate: bytes, chain: tuple[bytes, ...]) -> Template:
    """Return what a container by the key of this certificate is made from, or refuse the key's kind."""
    parsed = x509.load_der_x509_certificate(certificate)
    algorithm, longest = _signature_algorithm(parsed.public_key())
    hole = b"\0" * 32
    attributes = der.in_order(
        (
            der.attribute(_CONTENT_TYPE, der.identifier(_DATA)),
            der.attribute(_MESSAGE_DIGEST, der.value(der.OCTETS, hole)),
            der.attribute(_SIGNING_CERTIFICATE, _certificate_hash(certificate)),
        )
    )
    before, after = der.value(der.SET, attributes).split(hole)
    head = der.integer(1) + _issuer_and_serial(parsed) + der.algorithm(_SHA256)
    signed = (
        der.integer(1),
        der.value(der.SET, der.algorithm(_SHA256)),
        der.value(der.SEQUENCE, der.identifier(_DATA)),
        der.value(der.FIRST, der.in_order({certificate, *chain})),
    )
    return Template((before, after), (head, algorithm), b"".join(signed), longest)


def container(digest: bytes, key: Key) -> bytes:
    """Return the detached SignedData over a document of this SHA-256, with no signing time inside."""
    return template(key.certificate, key.chain).container(digest, key.sign)


def _signature_algorithm(public_key: object) -> tuple[bytes, int]:
    """Return the algorithm's identifier and the most bytes a signature has."""
    match public_key:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return der.algorithm(_ECDSA_SHA256), _LONGEST_ECDSA_P256
        case rsa.RSAPublicKey(key_size=bits) if bits in _RSA_SIZES:
            return der.algorithm(_RSA, der.NULL), bits // 8
    raise KeyNotSupported


def _certificate_hash(certificate: bytes) -> bytes:
    """Return SigningCertificateV2 (RFC 5035) with its default algorithm, SHA-256."""
    entry = der.value(der.SEQUENCE, der.value(der.OCTETS, hashlib.sha256(certificate).digest()))
    return der.value(der.SEQUENCE, der.value(der.SEQUENCE, entry))


def _issuer_and_serial(certificate: x509.Certificate) -> bytes:
    return der.value(der.SEQUENCE, certificate.issuer.public_bytes(), der.integer(certificate.serial_number))
