"""Keys in a hardware security module, spoken to by PKCS#11: made there, used there, never out of it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from privyseal.signer.protocol import SignerUnavailable

EVERY_TYPE: Final = "all"
PREFIX: Final = b"token:"
"""With what stands in the place of a key that is elsewhere; PKCS#8 begins otherwise."""

PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
_LABEL: Final = "privyseal"
_HALF: Final = 32  # each of the two numbers of a signature on P-256
_RSA_BITS: Final = 3072
_SHA256_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")  # DigestInfo, RFC 8017 section 9.2
_T = TypeVar("_T")


class TokenUnavailable(SignerUnavailable):
    """The hardware that holds this seal's key does not answer, or has it no more. What was asked stays open."""

    code = "token-unavailable"


class Algorithm(StrEnum):
    P256 = "p256"
    RSA = "rsa3072"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the hardware is, and which seals' keys are made in it: by their types, or all."""

    module: Path
    label: str
    pin: str
    types: frozenset[str] = frozenset({EVERY_TYPE})
    algorithm: Algorithm = Algorithm.P256

    def takes(self, kind: str) -> bool:
        return EVERY_TYPE in self.types or kind in self.types


class Token:
    """One session with the hardware; when it fails, a new one is tried once, so that it may be away and come back."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._lock = threading.Lock()
        self._library: Any = None
        self._session: Any = None

    def make(self, name: bytes) -> PublicKey:
        """Make a key of this name that cannot leave, and return its public half; or refuse."""
        return self._spoken(lambda session: _made(session, name, self.place.algorithm))

    def sign(self, kept: bytes, digest32: bytes, *, is_rsa: bool) -> bytes:
        """Return the signature of a SHA-256 digest by the key that this stands for; or refuse."""
        return self._spoken(lambda session: _signed(session, kept.removeprefix(PREFIX), digest32, is_rsa=is_rsa))

    def destroy(self, name: bytes) -> None:
        """End the key of this name, for good; again, the same.

        Always in a new session: an old one, whose hardware is away, may say that there is no such key.
        """
        self._spoken(lambda session: _destroyed(session, name), is_new=True)

    def _spoken(self, work: Callable[[Any], _T], *, is_new: bool = False) -> _T:
        from pkcs11.exceptions import PKCS11Error  # noqa: PLC0415  a slow library that most installations do not need

        with self._lock:
            try:
                if not is_new:
                    return work(self._opened())
            except PKCS11Error:
                self._session = None
            try:
                return work(self._reopened())
            except PKCS11Error as error:
                self._session = None
                raise TokenUnavailable(token=self.place.label) from error

    def _reopened(self) -> Any:  # noqa: ANN401  the library's session, which has no type of its own
        self._session = None
        if self._library is not None:
            self._library.reinitialize()
        return self._opened()

    def _opened(self) -> Any:  # noqa: ANN401  the library's session, which has no type of its own
        import pkcs11  # noqa: PLC0415  a slow library that most installations do not need

        if self._library is None:
            self._library = pkcs11.lib(str(self.place.module))
        if self._session is None:
            token = self._library.get_token(token_label=self.place.label)
            self._session = token.open(rw=True, user_pin=self.place.pin)
        return self._session


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A seal's key for the engine; unlike one in software, it gives an equal digest another signature each time."""

    token: Token
    kept: bytes
    certificate: bytes
    is_rsa: bool
    chain: tuple[bytes, ...] = ()

    def sign(self, digest32: bytes) -> bytes:
        return self.token.sign(self.kept, digest32, is_rsa=self.is_rsa)


def is_rsa(public_key: object) -> bool:
    return isinstance(public_key, rsa.RSAPublicKey)


def is_elsewhere(key: bytes) -> bool:
    """Tell whether this only stands for a key that is in the hardware."""
    return key.startswith(PREFIX)


def _made(session: Any, name: bytes, algorithm: Algorithm) -> PublicKey:  # noqa: ANN401  as above
    import pkcs11  # noqa: PLC0415  as above
    from pkcs11.util.ec import encode_named_curve_parameters  # noqa: PLC0415  as above

    kinds = pkcs11.Attribute
    template = {kinds.SENSITIVE: True, kinds.EXTRACTABLE: False, kinds.SIGN: True, kinds.DECRYPT: False}
    told = {"id": name, "label": _LABEL, "store": True, "private_template": template}
    if algorithm is Algorithm.RSA:
        public, _ = session.generate_keypair(pkcs11.KeyType.RSA, _RSA_BITS, **told)
        numbers = (int.from_bytes(public[kind]) for kind in (kinds.PUBLIC_EXPONENT, kinds.MODULUS))
        return rsa.RSAPublicNumbers(*numbers).public_key()
    curve = {kinds.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    del template[kinds.DECRYPT]
    parameters = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
    public, _ = parameters.generate_keypair(**told)
    # The point stands in an OCTET STRING of its own, of two bytes more.
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes(public[kinds.EC_POINT])[2:])


def _signed(session: Any, name: bytes, digest32: bytes, *, is_rsa: bool) -> bytes:  # noqa: ANN401  as above
    import pkcs11  # noqa: PLC0415  as above

    key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, id=name)
    if is_rsa:
        return bytes(key.sign(_SHA256_INFO + digest32, mechanism=pkcs11.Mechanism.RSA_PKCS))
    raw = bytes(key.sign(digest32, mechanism=pkcs11.Mechanism.ECDSA))
    return encode_dss_signature(int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:]))


def _destroyed(session: Any, name: bytes) -> None:  # noqa: ANN401  as above
    import pkcs11  # noqa: PLC0415  as above
    from pkcs11.exceptions import NoSuchKey  # noqa: PLC0415  as above

    for kind in (pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.ObjectClass.PUBLIC_KEY):
        try:
            session.get_key(object_class=kind, id=name).destroy()
        except NoSuchKey:
            continue
