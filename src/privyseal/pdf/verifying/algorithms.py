"""Which digests, signatures and keys count, as one table; whatever is not in it proves nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from privyseal.pdf.verifying import der
from privyseal.pdf.verifying.der import Node, NotDer

_Row = TypeVar("_Row")
HashAlgorithm = hashes.HashAlgorithm


class TooWeak(Exception):
    """The algorithm is known and no longer proves anything."""


class NotKnown(Exception):
    """The algorithm is not one of those judged here."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """How a signature is made: the family of the key, and the digest if the algorithm fixes it."""

    family: str
    digest: HashAlgorithm | None = None


SHA256, SHA384, SHA512 = hashes.SHA256(), hashes.SHA384(), hashes.SHA512()

# fmt: off
_DIGESTS: Final[dict[str, HashAlgorithm | None]] = {  # None: known and too weak
    "2.16.840.1.101.3.4.2.1": SHA256,
    "2.16.840.1.101.3.4.2.2": SHA384,
    "2.16.840.1.101.3.4.2.3": SHA512,
    "1.3.14.3.2.26": None,           # SHA-1: collisions are made since 2017
    "1.2.840.113549.2.5": None,      # MD5: collisions are made since 2004
    "2.16.840.1.101.3.4.2.4": None,  # SHA-224: no longer recommended
}
_SIGNATURES: Final[dict[str, Algorithm | None]] = {
    "1.2.840.113549.1.1.1": Algorithm("rsa"),            # the digest is that of the signer's own entry
    "1.2.840.113549.1.1.11": Algorithm("rsa", SHA256),
    "1.2.840.113549.1.1.12": Algorithm("rsa", SHA384),
    "1.2.840.113549.1.1.13": Algorithm("rsa", SHA512),
    "1.2.840.113549.1.1.10": Algorithm("pss"),
    "1.2.840.10045.2.1": Algorithm("ec"),                # as some vendors name ECDSA
    "1.2.840.10045.4.3.2": Algorithm("ec", SHA256),
    "1.2.840.10045.4.3.3": Algorithm("ec", SHA384),
    "1.2.840.10045.4.3.4": Algorithm("ec", SHA512),
    "1.3.101.112": Algorithm("ed25519", SHA512),
    "1.2.840.113549.1.1.4": None,                        # MD5 with RSA
    "1.2.840.113549.1.1.5": None,                        # SHA-1 with RSA
    "1.2.840.10045.4.1": None,                           # SHA-1 with ECDSA
}
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_LEAST_RSA: Final = 2048  # bits; and no key so large that checking it takes long
_MOST_RSA: Final = 8192
# fmt: on

_PSS_DIGEST: Final = 0xA0


def digest(node: Node) -> HashAlgorithm:
    """Return the digest that an AlgorithmIdentifier names, or raise TooWeak, NotKnown."""
    return _row(_DIGESTS_BY_BODY, node)


def signature(node: Node) -> Algorithm:
    """Return the way of signing that an AlgorithmIdentifier names, or raise TooWeak, NotKnown."""
    found = _row(_SIGNATURES_BY_BODY, node)
    return Algorithm("pss", _pss_digest(node)) if found.family == "pss" else found


def is_made_by(
    key: CertificatePublicKeyTypes, signed: bytes, made: bytes, algorithm: Algorithm, digest: HashAlgorithm
) -> bool:
    """Tell whether this key made the signature over these bytes, or raise TooWeak, NotKnown."""
    chosen = algorithm.digest or digest
    try:
        _verifier(key, algorithm, chosen)(made, signed)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=512)
def is_issued_by(certificate: bytes, issuer: bytes) -> bool:
    """Tell whether a certificate or a list, DER, is signed by another's key, or raise TooWeak, NotKnown, NotDer."""
    whole = der.read(certificate).children(der.SEQUENCE)
    issued = signature(whole[1])
    key = public_key(issuer)
    return is_made_by(key, whole[0].whole, bits(whole[2]), issued, issued.digest or SHA256)


@lru_cache(maxsize=512)
def public_key(certificate: bytes) -> CertificatePublicKeyTypes:
    """Return a certificate's key, or raise NotKnown."""
    try:
        return x509.load_der_x509_certificate(certificate).public_key()
    except (UnsupportedAlgorithm, x509.InvalidVersion, ValueError) as error:
        raise NotKnown(str(error)) from error


def bits(node: Node) -> bytes:
    """Return a bit string of whole bytes, or raise NotDer."""
    body = node.expect(der.BITS).body
    if body[:1] != b"\0":
        raise NotDer("bits left over")
    return body[1:]


def _verifier(
    key: CertificatePublicKeyTypes, algorithm: Algorithm, chosen: HashAlgorithm
) -> Callable[[bytes, bytes], None]:
    match algorithm.family, key:
        case "rsa" | "pss", rsa.RSAPublicKey():
            if not _LEAST_RSA <= key.key_size <= _MOST_RSA:
                raise TooWeak(f"RSA of {key.key_size} bits")
            if algorithm.family == "rsa":
                return lambda made, signed: key.verify(made, signed, padding.PKCS1v15(), chosen)
            pss = padding.PSS(mgf=padding.MGF1(chosen), salt_length=padding.PSS.AUTO)
            return lambda made, signed: key.verify(made, signed, pss, chosen)
        case "ec", ec.EllipticCurvePublicKey():
            if not isinstance(key.curve, _CURVES):
                raise NotKnown(key.curve.name)
            return lambda made, signed: key.verify(made, signed, ec.ECDSA(chosen))
        case "ed25519", ed25519.Ed25519PublicKey():
            return key.verify
    raise NotKnown(algorithm.family)


def _pss_digest(node: Node) -> HashAlgorithm:
    """Return the one digest of RSASSA-PSS parameters, for content and mask alike, or raise."""
    _, parameters, *_ = [*node.children(), None]
    if parameters is None:
        raise TooWeak("PSS with its default, SHA-1")
    named = {field.tag: field.children() for field in parameters.children(der.SEQUENCE)}
    if _PSS_DIGEST not in named:
        raise TooWeak("PSS with its default, SHA-1")
    mask = named.get(_PSS_DIGEST + 1)
    chosen = digest(named[_PSS_DIGEST][0])
    if mask is None or digest(mask[0].children()[1]) != chosen:
        raise NotKnown("PSS whose mask has another digest")
    return chosen


def _row(table: Mapping[bytes, _Row | None], node: Node) -> _Row:
    name = node.children(der.SEQUENCE)[0].expect(der.OBJECT).body
    if name not in table:
        raise NotKnown(name.hex())
    found = table[name]
    if found is None:
        raise TooWeak(name.hex())
    return found


_DIGESTS_BY_BODY: Final[Mapping[bytes, HashAlgorithm | None]] = {
    der.identifier(dotted): row for dotted, row in _DIGESTS.items()
}
_SIGNATURES_BY_BODY: Final = {der.identifier(dotted): row for dotted, row in _SIGNATURES.items()}
