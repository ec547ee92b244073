"""The signature container (RFC 5652, CAdES, RFC 3161), read into frozen values; if it is right is asked elsewhere."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from privyseal.pdf.verifying import algorithms, der
from privyseal.pdf.verifying.algorithms import Algorithm, HashAlgorithm
from privyseal.pdf.verifying.der import Node, NotDer

_SIGNED_DATA: Final = der.identifier("1.2.840.113549.1.7.2")
_DATA: Final = der.identifier("1.2.840.113549.1.7.1")
_TOKEN_INFO: Final = der.identifier("1.2.840.113549.1.9.16.1.4")

_CONTENT_TYPE: Final = der.identifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST: Final = der.identifier("1.2.840.113549.1.9.4")
_SIGNING_TIME: Final = der.identifier("1.2.840.113549.1.9.5")
_CERTIFICATE_V1: Final = der.identifier("1.2.840.113549.1.9.16.2.12")
_CERTIFICATE_V2: Final = der.identifier("1.2.840.113549.1.9.16.2.47")
_TIME_STAMP: Final = der.identifier("1.2.840.113549.1.9.16.2.14")
_REVOCATIONS: Final = der.identifier("1.2.840.113583.1.1.8")

_FIRST, _SECOND = 0xA0, 0xA1
_MOST_CERTIFICATES: Final = 64
_UTC_TIME: Final = 0x17


class NotReadable(Exception):
    """The container is not one that is judged here."""


@dataclass(frozen=True, slots=True)
class Container:
    """What one signer signed, and what travels along. ``attributes`` are the bytes under the signature."""

    content_type: bytes
    content: bytes | None
    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]
    issuer: bytes
    serial: int
    digest: HashAlgorithm
    algorithm: Algorithm
    attributes: bytes
    stated_type: bytes | None
    message_digest: bytes | None
    certificate_hash: "CertificateHash | None"
    stated_at: datetime | None
    signature: bytes
    time_stamp: bytes | None

    @property
    def is_detached(self) -> bool:
        return self.content is None and self.content_type == self.stated_type == _DATA

    @property
    def is_token(self) -> bool:
        return self.content is not None and self.content_type == self.stated_type == _TOKEN_INFO


@dataclass(frozen=True, slots=True)
class CertificateHash:
    """Which certificate the signer says is theirs (RFC 5035); ``algorithm`` is None for the older form, SHA-1."""

    algorithm: HashAlgorithm | None
    value: bytes


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What a time-stamping authority states: this digest existed at this time."""

    digest: HashAlgorithm
    imprint: bytes
    at: datetime


def read(data: bytes) -> Container:
    """Return what is in a container, or raise NotReadable, algorithms.TooWeak, algorithms.NotKnown."""
    try:
        return _read(data)
    except (ValueError, IndexError) as error:
        raise NotReadable(str(error)) from error


def _read(data: bytes) -> Container:
    kind, wrapped = _pair(der.read(data))
    if kind.expect(der.OBJECT).body != _SIGNED_DATA:
        raise NotReadable("not signed data")
    parts = wrapped.expect(_FIRST).children()[0].children(der.SEQUENCE)
    _, _, content, *optional, signers = parts
    everyone = signers.children(der.SET)
    if len(everyone) != 1:
        raise NotReadable(f"{len(everyone)} signers")
    tagged = {one.tag: one for one in optional}
    certificates = [one.whole for one in tagged[_FIRST].children()] if _FIRST in tagged else []
    if len(certificates) > _MOST_CERTIFICATES:
        raise NotReadable("certificates without end")
    crls = [one.whole for one in tagged[_SECOND].children()] if _SECOND in tagged else []
    return _of_signer(everyone[0], content, certificates, crls)


def token_info(token: Container) -> TokenInfo:
    """Return what a time-stamping token states, or raise NotReadable, TooWeak, NotKnown."""
    if not token.is_token or token.content is None:
        raise NotReadable("not a time stamp")
    try:
        _, _, imprint, _, at, *_ = der.read(token.content).children(der.SEQUENCE)
        algorithm, value = imprint.children(der.SEQUENCE)
        return TokenInfo(algorithms.digest(algorithm), value.expect(der.OCTETS).body, time_of(at))
    except ValueError as error:
        raise NotReadable(str(error)) from error


def time_of(node: Node) -> datetime:
    """Return a moment in UTC as DER writes it, or raise NotDer."""
    text = node.body.decode("ascii", "replace")
    if node.tag == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text  # RFC 5280, 4.1.2.5.1
    elif node.tag != der.TIME:
        raise NotDer("not a time")
    whole, _, fraction = text.removesuffix("Z").partition(".")
    if not text.endswith("Z") or (fraction and not fraction.isdigit()):
        raise NotDer("not a time in UTC")
    try:
        return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise NotDer("not a time") from error


def _of_signer(signer: Node, content: Node, certificates: list[bytes], crls: list[bytes]) -> Container:
    _, who, digest, *rest = signer.children(der.SEQUENCE)
    if not rest or rest[0].tag != _FIRST:
        raise NotReadable("nothing but the content is signed")
    signed, algorithm, signature, *unsigned = rest
    issuer, serial = _pair(who.expect(der.SEQUENCE))
    attributes = _attributes(signed)
    stamps = _stamps(unsigned[0]) if unsigned and unsigned[0].tag == _SECOND else []
    content_type, *inner = content.children(der.SEQUENCE)
    stated, imprint = attributes.get(_CONTENT_TYPE), attributes.get(_MESSAGE_DIGEST)
    at = attributes.get(_SIGNING_TIME)
    archived = _archived(attributes[_REVOCATIONS]) if _REVOCATIONS in attributes else ([], [])
    return Container(
        content_type=content_type.expect(der.OBJECT).body,
        content=inner[0].expect(_FIRST).children()[0].expect(der.OCTETS).body if inner else None,
        certificates=tuple(certificates),
        crls=(*crls, *archived[0]),
        ocsps=tuple(archived[1]),
        issuer=issuer.expect(der.SEQUENCE).whole,
        serial=serial.integer,
        digest=algorithms.digest(digest),
        algorithm=algorithms.signature(algorithm),
        attributes=b"\x31" + signed.whole[1:],  # RFC 5652, 5.4: signed as a SET, written under a tag
        stated_type=stated.expect(der.OBJECT).body if stated else None,
        message_digest=imprint.expect(der.OCTETS).body if imprint else None,
        certificate_hash=_certificate_hash(attributes),
        stated_at=time_of(at) if at else None,
        signature=signature.expect(der.OCTETS).body,
        time_stamp=stamps[0].whole if stamps else None,
    )


def _attributes(node: Node) -> dict[bytes, Node]:
    """Return the one value of each attribute; one that stands twice, or has not one value, is refused."""
    found: dict[bytes, Node] = {}
    for attribute in node.children():
        kind, values = _pair(attribute)
        every = values.children(der.SET)
        name = kind.expect(der.OBJECT).body
        if name in found or len(every) != 1:
            raise NotReadable("an attribute that is not said once")
        found[name] = every[0]
    return found


def _stamps(node: Node) -> list[Node]:
    """Return the time stamps on the signature; nobody signed for what else stands here, nor for how often."""
    pairs = [_pair(attribute) for attribute in node.children()]
    return [value for kind, values in pairs if kind.body == _TIME_STAMP for value in values.children(der.SET)]


def _certificate_hash(attributes: dict[bytes, Node]) -> CertificateHash | None:
    name = _CERTIFICATE_V2 if _CERTIFICATE_V2 in attributes else _CERTIFICATE_V1
    if name not in attributes:
        return None
    identifier = attributes[name].children(der.SEQUENCE)[0].children(der.SEQUENCE)[0]
    first, *rest = identifier.children(der.SEQUENCE)
    if name == _CERTIFICATE_V1:
        return CertificateHash(None, first.expect(der.OCTETS).body)
    if first.tag == der.SEQUENCE:
        return CertificateHash(algorithms.digest(first), rest[0].expect(der.OCTETS).body)
    return CertificateHash(algorithms.SHA256, first.expect(der.OCTETS).body)


def _archived(node: Node) -> tuple[list[bytes], list[bytes]]:
    """Return the CRLs and OCSP responses of Adobe's attribute."""
    parts = {part.tag: part.children()[0].children(der.SEQUENCE) for part in node.children(der.SEQUENCE)}
    return [one.whole for one in parts.get(_FIRST, [])], [one.whole for one in parts.get(_SECOND, [])]


def _pair(node: Node) -> tuple[Node, Node]:
    first, second, *rest = node.children(der.SEQUENCE)
    if rest:
        raise NotDer("more than two")
    return first, second
