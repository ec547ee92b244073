"""Time stamps of a third party (RFC 3161), as bytes: what to ask, what was answered, keys whose signatures get one."""

from dataclasses import dataclass
from typing import Final, Protocol

from privyseal.kernel.errors import Refused
from privyseal.pdf import der
from privyseal.pdf.cms import Key
from privyseal.pdf.verifying.der import Node, NotDer, read

TOKEN_ROOM: Final = 12_288
"""How many bytes a token may have: with its authority's chain, real ones have two to eight thousand."""

_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_STAMP_ATTRIBUTE: Final = "1.2.840.113549.1.9.16.2.14"
_TIMESTAMP_INFO: Final = "1.2.840.113549.1.9.16.1.4"
_GRANTED: Final = (0, 1)


class TimestampRefused(Refused):
    """The authority gave no token, or one for something else."""

    code = "timestamp-refused"


class TimestampAuthority(Protocol):
    """What the engine needs of a time stamp authority: whoever implements this speaks to it."""

    def token(self, imprint: bytes) -> bytes:
        """Return a token (DER, with the authority's certificates) over this SHA-256, or refuse."""


@dataclass(frozen=True, slots=True)
class StampedKey:
    """A key each of whose signatures gets a time stamp: PAdES B-T instead of B-B."""

    key: Key
    authority: TimestampAuthority

    @property
    def certificate(self) -> bytes:
        return self.key.certificate

    @property
    def chain(self) -> tuple[bytes, ...]:
        return self.key.chain

    def sign(self, digest32: bytes) -> bytes:
        return self.key.sign(digest32)

    @property
    def room(self) -> int:
        """How much longer the container may become."""
        return TOKEN_ROOM

    def unsigned(self, imprint: bytes) -> bytes:
        """Return the unsigned attribute for a signature of this SHA-256."""
        return der.attribute(_STAMP_ATTRIBUTE, self.authority.token(imprint))


def query(imprint: bytes, *, nonce: int) -> bytes:
    """Return what to POST to an authority as ``application/timestamp-query``."""
    imprinted = der.value(der.SEQUENCE, der.algorithm(_SHA256), der.value(der.OCTETS, imprint))
    return der.value(der.SEQUENCE, der.integer(1), imprinted, der.integer(nonce), der.TRUE)


def token_in(answer: bytes, *, imprint: bytes, nonce: int) -> bytes:
    """Return the token of an ``application/timestamp-reply``, or refuse one that is not for this query.

    Whether the authority's signature is good is for whoever judges the sealed file.
    """
    try:
        status, *tokens = read(answer).children(der.SEQUENCE)
        granted = status.children(der.SEQUENCE)[0].integer
        if granted not in _GRANTED or not tokens:
            raise TimestampRefused(status=granted)
        info = _info(tokens[0])
        stamped = info[2].children(der.SEQUENCE)[1].expect(der.OCTETS).body
    except (ValueError, IndexError) as error:
        raise TimestampRefused(status=None) from error
    if stamped != imprint or der.integer(nonce) not in [member.whole for member in info]:
        raise TimestampRefused(status=granted)
    return tokens[0].whole


def imprint_of(token: bytes) -> bytes | None:
    """Return the SHA-256 that a token is over; None where it cannot be read."""
    try:
        return _info(read(token))[2].children(der.SEQUENCE)[1].expect(der.OCTETS).body
    except (ValueError, IndexError):
        return None


def _info(token: Node) -> list[Node]:
    """Return the members of the TSTInfo in a token, or raise NotDer."""
    _, wrapped = token.children(der.SEQUENCE)
    _, _, encapsulated, *_ = wrapped.children(der.FIRST)[0].children(der.SEQUENCE)
    kind, inner = encapsulated.children(der.SEQUENCE)
    if kind.whole != der.identifier(_TIMESTAMP_INFO):
        raise NotDer("no time stamp")
    return read(inner.children(der.FIRST)[0].expect(der.OCTETS).body).children(der.SEQUENCE)
