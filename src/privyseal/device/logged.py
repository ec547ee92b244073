"""A machine's own word: its signed frames, kept short, written out again, and checked by whoever holds its log.

A frame is its events, which are kept anyway, and its signature. A log is checked with no database, no network and no
trust in whoever hands it over: the certificate of the machine's key, each frame, and how each event names the last.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from jwt.utils import base64url_decode, base64url_encode

from privyseal.device import events, signed
from privyseal.device.events import Event, Head
from privyseal.device.signed import Frame, FrameBroken, FrameForged, FrameKey
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, canonical, sha256
from privyseal.kernel.errors import Refused

HEADER: Final = "privyseal/device-log@v1"
MOST_CHARACTERS: Final = 1 << 26
_ORDERS: Final = tuple(permutations(("alg", "kid", "typ")))
_WHOLE: Final = 255
_MARKS: Final = 2
_SAID: Final = frozenset(("v", "device", "events"))


class LogUnreadable(Refused):
    """What came is no log of a machine."""

    code = "log-unreadable"


class LogForeign(Refused):
    """A certificate in the log is not by the authority, or not of the machine that the frames are of."""

    code = "log-foreign"


@dataclass(frozen=True, slots=True)
class Logged:
    """What a log proves. ``heads`` is what the record says of each frame: its last event, and that one's digest."""

    device: str
    authority: x509.Certificate
    certificates: Sequence[x509.Certificate]
    events: Sequence[Event]
    heads: Sequence[Head]
    gaps: Sequence[tuple[int, int]]

    def to_json(self) -> Mapping[str, Json]:
        return {
            "device": self.device,
            "authority_sha256": sha256(self.authority.public_bytes(Encoding.DER)),
            "certificates_sha256": [sha256(one.public_bytes(Encoding.DER)) for one in self.certificates],
            "events": [event.to_json() for event in self.events],
            "heads": [{"number": head.number, "digest": head.digest} for head in self.heads],
            "gaps": [{"after": before, "next": after} for before, after in self.gaps],
        }


def shortened(text: str, said: Mapping[str, Json], new: Sequence[Event], by: FrameKey) -> bytes:
    """Return what makes a frame again from these events, the new ones of what it says: its signature alone.

    All of it where it says more than these: an event is kept with every member, so that nothing else is lost.
    """
    head, _, rest = text.partition(".")
    told = said["events"]
    if said.keys() == _SAID and isinstance(told, list) and len(told) == len(new):
        for order in range(len(_ORDERS)):
            if head == _header(order, by.kid):
                return bytes((order, len(new))) + base64url_decode(rest.rpartition(".")[2])
    return bytes((_WHOLE, len(new))) + zlib.compress(text.encode(), 9)


def told_by(kept: bytes) -> int:
    """Return how many events were new by a frame that was kept short."""
    return kept[1]


def lengthened(kept: bytes, told: Sequence[Json], keys: Sequence[FrameKey]) -> str:
    """Return a frame as it was signed, by one of these keys, or refuse: frame-forged, frame-broken."""
    whole = _inflated(kept[_MARKS:]) if kept[0] == _WHOLE else ""
    first = told[0]
    device = first.get("device") if isinstance(first, dict) else None
    said = base64url_encode(canonical({"v": 1, "device": device, "events": list(told)})).decode()
    signature = base64url_encode(kept[_MARKS:]).decode()
    for key in keys:
        text = whole or f"{_header(kept[0], key.kid)}.{said}.{signature}"
        try:
            signed.opened(text, Frame.EVENTS, key)
        except FrameForged:
            continue
        return text
    raise FrameForged


def _inflated(kept: bytes) -> str:
    try:
        return zlib.decompressobj().decompress(kept, signed.MOST_CHARACTERS).decode()
    except (zlib.error, UnicodeError) as error:
        raise FrameBroken from error


def key_in(certificate: bytes) -> FrameKey:
    """Return the key that a certificate is of, or refuse: log-unreadable, log-foreign."""
    return _key_of(_certificate(certificate))


def write(authority: bytes, certificates: Sequence[bytes], frames: Sequence[str]) -> str:
    """Return the log of one machine: who vouches for its key, and what that key signed, in order."""
    lines = [HEADER, f"authority {shapes.base64_text(authority)}"]
    lines += [f"certificate {shapes.base64_text(one)}" for one in certificates]
    return "".join(f"{line}\n" for line in lines) + "".join(map(line_of, frames))


def line_of(frame: str) -> str:
    """Return a frame as the next line of a log."""
    return f"frame {frame}\n"


def check(text: str, authority: bytes | None = None) -> Logged:
    """Return what a log proves, or refuse.

    (1) the certificates are of one machine and by the authority, which is the one expected; (2) each frame is signed
    by a key of these; (3) each event names the one before it by its digest, and where some lie between it is said.
    """
    named, given, frames = _lines(text)
    # (1) the certificates
    root = _certificate(named)
    expected = root if authority is None else _certificate(authority)
    if expected != root or not all(_is_by(root, one) for one in given):
        raise LogForeign
    keys = {_key_of(one).kid: _key_of(one) for one in given}
    # (2) each frame
    told = [events.read(signed.opened(frame, Frame.EVENTS, _claimed(frame, keys))) for frame in frames]
    device = told[0][0]
    if {serial for serial, _ in told} | {_name_in(one) for one in given} != {device}:
        raise LogForeign
    # (3) one after the other
    heads: list[Head] = []
    gaps: list[tuple[int, int]] = []
    found: list[Event] = []
    for _, each in told:
        before = heads[-1] if heads else Head()
        if each[0].number > before.number + 1:
            gaps += [(before.number, each[0].number)] if heads else []
            before = Head(each[0].number - 1, each[0].previous)
        new = events.following(before, each)
        found += new
        heads += [Head.after(new[-1])] if new else []
    return Logged(device, root, given, found, heads, gaps)


def _lines(text: str) -> tuple[bytes, list[x509.Certificate], list[str]]:
    first, *lines = text.splitlines()[: 1 << 20] or [""]
    said = [line.partition(" ")[::2] for line in lines]
    try:
        named = [shapes.octets(value) for kind, value in said if kind == "authority"]
        given = [_certificate(shapes.octets(value)) for kind, value in said if kind == "certificate"]
    except shapes.Misshapen as error:
        raise LogUnreadable from error
    frames = [value for kind, value in said if kind == "frame"]
    is_whole = len(named) + len(given) + len(frames) == len(lines)
    if first != HEADER or len(text) > MOST_CHARACTERS or not is_whole or len(named) != 1 or not given or not frames:
        raise LogUnreadable
    return named[0], given, frames


def _certificate(data: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise LogUnreadable from error


def _is_by(root: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(root)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _key_of(certificate: x509.Certificate) -> FrameKey:
    try:
        public = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError) as error:
        raise LogForeign from error
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise LogForeign
    return FrameKey.of(public)


def _name_in(certificate: x509.Certificate) -> str:
    try:
        (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError as error:
        raise LogForeign from error
    return str(name.value)


def _claimed(frame: str, keys: Mapping[str, FrameKey]) -> FrameKey:
    key = keys.get(signed.key_claimed(frame))
    if key is None:
        raise FrameForged
    return key


def _header(order: int, kid: str) -> str:
    said = {"alg": signed.ES256, "kid": kid, "typ": Frame.EVENTS.value}
    members = ",".join(f'"{name}":"{said[name]}"' for name in _ORDERS[order])
    return base64url_encode(f"{{{members}}}".encode()).decode()
