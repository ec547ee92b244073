"""The request for a certificate (PKCS#10) that a seal's own key signs, wherever that key is."""

from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import Encoding

from privyseal.signer import authority
from privyseal.signer.terms import Making
from privyseal.signer.tokens import PublicKey

Sign: TypeAlias = Callable[[bytes], bytes]
"""Returns the signature of a SHA-256 digest."""


def by_software(making: Making, key: bytes) -> bytes:
    """Return the request, DER, for the certificate of this key in PKCS#8."""
    return _request(making, authority.private_key(key))


def by_hardware(making: Making, public: PublicKey, sign: Sign) -> bytes:
    """Return the request, DER, for the certificate of a key that only signs where it is."""
    if isinstance(public, rsa.RSAPublicKey):
        return _request(making, _RsaElsewhere(public, sign))
    return _request(making, _EllipticElsewhere(public, sign))


def _request(making: Making, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(authority.seal_name(making))
    builder = builder.add_extension(authority.usage(certificates=False), critical=True)
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def _digest(data: Any) -> bytes:  # noqa: ANN401  a name that somebody else's interface fixes, with any bytes-like value
    hashed = Hash(SHA256())
    hashed.update(data)
    return hashed.finalize()


def _never(*_: object) -> NoReturn:
    raise TypeError


# What nobody asks of a key whose request is written.
_NEVER: Final[Any] = _never


class _EllipticElsewhere(ec.EllipticCurvePrivateKey):
    def __init__(self, public: ec.EllipticCurvePublicKey, sign: Sign) -> None:
        self._public, self._sign = public, sign

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public.curve

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def sign(self, data: Any, signature_algorithm: object) -> bytes:  # noqa: ANN401, ARG002  somebody else's interface
        return self._sign(_digest(data))

    exchange = private_numbers = private_bytes = __copy__ = __deepcopy__ = _NEVER


class _RsaElsewhere(rsa.RSAPrivateKey):
    def __init__(self, public: rsa.RSAPublicKey, sign: Sign) -> None:
        self._public, self._sign = public, sign

    def public_key(self) -> rsa.RSAPublicKey:
        return self._public

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def sign(self, data: Any, padding: object, algorithm: object) -> bytes:  # noqa: ANN401, ARG002  somebody else's interface
        return self._sign(_digest(data))

    decrypt = private_numbers = private_bytes = __copy__ = __deepcopy__ = _NEVER
