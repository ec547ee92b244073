"""UC-20: twenty digits that open one device, for one grant, without a network.

66 bits: 36 of tag over 30 of payload, which a function of key and tag masks (a synthetic IV, as in RFC 5297): the same
grant has the same code, and two codes look alike in nothing. The payload has the low bits alone of sequence and
time; tag and device know them whole. One code opens from its half hour on, for the time and the impressions in it.
"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DIGITS: Final = 20
HALF: Final = 10
SLOT_SECONDS: Final = 1_800
SLOTS: Final = 1_024
SLOTS_BEHIND: Final = 703
SLOTS_AHEAD: Final = SLOTS - SLOTS_BEHIND - 1
SEQUENCES: Final = 256
LAST_SEQUENCE: Final = 2**32 - 1
MINUTES: Final = (5, 15, 30, 60, 90, 120, 180, 240, 360, 480, 720, 1_440, 2_880, 4_320, 10_080, 20_160)
COUNTS: Final = (*range(1, 51), 60, 70, 80, 90, 100, 120, 150, 200, 250, 300, 400, 500, 750, 999)

_TAG_BITS: Final = 36
_PAYLOAD_BITS: Final = 30
_PAYLOAD: Final = 2**_PAYLOAD_BITS - 1
_KEY_BYTES: Final = 32


class Kind(IntEnum):
    """What a code opens for."""

    USE = 0
    TAKE_OUT = 1
    SERVICE = 2
    LOCK = 3


class Voice(IntEnum):
    """In which domain a code is tagged: one that was forced out of somebody opens nothing, and tells."""

    PLAIN = 0
    DURESS = 1


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a code is for: a device by its serial number, the seal in it by its uid, the epoch of the device's key."""

    serial: str
    seal: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Grant:
    """What one code grants: ``sequence`` from 1 within an epoch, ``slot`` in half hours since 1970."""

    kind: Kind
    sequence: int
    slot: int
    minutes: int
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.sequence <= LAST_SEQUENCE or self.minutes not in MINUTES or self.count not in COUNTS:
            raise ValueError("no code can say this grant")

    @property
    def opens_at(self) -> int:
        """Return the POSIX second from which it holds."""
        return self.slot * SLOT_SECONDS

    @property
    def closes_at(self) -> int:
        """Return the POSIX second from which it holds no more."""
        return self.opens_at + self.minutes * 60


def key_of(master: bytes, holder: Holder) -> bytes:
    """Return the 32 bytes that device and issuer share for one epoch, and nobody else (HKDF-SHA-256, RFC 5869)."""
    about = b"privyseal/uc20/key\0" + joined(holder.serial.encode(), eight_bytes(holder.epoch))
    return HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=about).derive(master)


def eight_bytes(value: int) -> bytes:
    """Return a number as it goes into a tag: unsigned, big-endian."""
    return value.to_bytes(8, "big")


def joined(*parts: bytes) -> bytes:
    """Return parts with two bytes of length before each: no two rows of parts have the same bytes."""
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def slot_of(seconds: int) -> int:
    """Return the half hour that a POSIX second lies in."""
    return seconds // SLOT_SECONDS


def issued(key: bytes, holder: Holder, grant: Grant, voice: Voice = Voice.PLAIN) -> str:
    """Return the twenty digits of a grant, the same ones each time."""
    payload = (
        (grant.kind << 28)
        | (grant.sequence % SEQUENCES << 20)
        | (grant.slot % SLOTS << 10)
        | (MINUTES.index(grant.minutes) << 6)
        | COUNTS.index(grant.count)
    )
    tag = _tag(key, holder, grant.sequence, grant.slot, payload, voice)
    return f"{(tag << _PAYLOAD_BITS) | (payload ^ _mask(key, tag)):0{DIGITS}d}"


def read(key: bytes, holder: Holder, code: str, *, first_sequence: int, now: int) -> tuple[Grant, Voice] | None:
    """Return the grant of this code and how it was said, None where none has it.

    Of 256 sequences from ``first_sequence`` on, and of the 1,024 half hours from 703 before that of ``now`` (POSIX
    seconds) on, one each has these low bits; the tag decides whether it is meant.
    """
    number = int(code) if len(code) == DIGITS and code.isascii() and code.isdigit() else 1 << 66
    if number >> (_TAG_BITS + _PAYLOAD_BITS):
        return None
    tag = number >> _PAYLOAD_BITS
    payload = (number & _PAYLOAD) ^ _mask(key, tag)
    sequence = first_sequence + (payload >> 20) % SEQUENCES - first_sequence % SEQUENCES
    sequence += SEQUENCES if sequence < first_sequence else 0
    first_slot = slot_of(now) - SLOTS_BEHIND  # a code of two weeks holds for 672 half hours
    slot = first_slot + ((payload >> 10) - first_slot) % SLOTS
    if not 1 <= sequence <= LAST_SEQUENCE:
        return None
    for voice in Voice:
        if hmac.compare_digest(eight_bytes(tag), eight_bytes(_tag(key, holder, sequence, slot, payload, voice))):
            kind, minutes, count = Kind(payload >> 28), MINUTES[(payload >> 6) & 15], COUNTS[payload & 63]
            return Grant(kind, sequence, slot, minutes, count), voice
    return None


def uid_of(holder: Holder, sequence: int) -> str:
    """Return the name that both ends give a grant by code where events name a ticket: 32 hexadecimal digits."""
    parts = holder.serial.encode(), holder.seal.encode(), eight_bytes(holder.epoch), eight_bytes(sequence)
    return hashlib.sha256(b"privyseal/uc20/grant\0" + joined(*parts)).hexdigest()[:32]


def shares(impressions: int) -> tuple[int, ...]:
    """Return counts that codes can say and that are this many impressions together, the fewest codes greedily."""
    if impressions < 1:
        raise ValueError("a code grants one impression at least")
    return tuple(_shares(impressions))


def halves(code: str) -> tuple[str, str]:
    """Return what each of two people is told where both have to be there."""
    return code[:HALF], code[HALF:]


def in_groups(code: str) -> str:
    """Return a code as it is read aloud and typed: groups of four."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def _shares(impressions: int) -> Iterator[int]:
    while impressions:
        most = max(count for count in COUNTS if count <= impressions)
        yield most
        impressions -= most


def _tag(key: bytes, holder: Holder, sequence: int, slot: int, payload: int, voice: Voice) -> int:
    parts = (holder.serial.encode(), holder.seal.encode(), *map(eight_bytes, (holder.epoch, sequence, slot, payload)))
    found = hmac.digest(key, b"privyseal/uc20/tag/%d\0" % voice + joined(*parts), "sha256")
    return int.from_bytes(found[:8], "big") >> (64 - _TAG_BITS)


def _mask(key: bytes, tag: int) -> int:
    found = hmac.digest(key, b"privyseal/uc20/mask\0" + eight_bytes(tag), "sha256")
    return int.from_bytes(found[:8], "big") >> (64 - _PAYLOAD_BITS)
