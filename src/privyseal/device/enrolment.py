"""How a device becomes known: a code that is typed and never sent proves each side to the other."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from privyseal.device.codes import eight_bytes, joined
from privyseal.device.events import SERIAL
from privyseal.device.signed import Frame, FrameBroken, FrameForged, FrameKey, opened, said_by_itself
from privyseal.device.tickets import MOST_EPOCHS, NAMES_ENROLMENT
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, utc_text
from privyseal.kernel.errors import Refused
from privyseal.kernel.shapes import Misshapen

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS_OF_A_CODE: Final = 20
MOST_SLOTS: Final = 64
_GROUP: Final = 4
_MOST_TEXT: Final = 64
_MOST_ADDRESS: Final = 255
_VERSION: Final = 1
_ASKED: Final = frozenset(("v", "device", "kind", "slots", "model", "firmware", "key", "agreement", "at", "proof"))
_TICKETS: Final = "tickets"
_AGAIN: Final = frozenset(("v", "device", "key", "agreement", "at"))
_ANSWERED: Final = frozenset(
    (
        *("v", "device", "epoch", "certificate", "ca", "signer", "gateway", "code_key", "seals"),
        "broker",
        "at",
        "renew_at",
    )
)
_TYPED: Final = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


class DeviceUnknown(Refused):
    """No such device was enrolled here, or it was ended since."""

    code = "device-unknown"


class DeviceKind(StrEnum):
    HANDHELD = "handheld"
    DESKTOP = "desktop"
    CABINET = "cabinet"
    WORKBENCH = "workbench"


KIND: Final = re.compile("|".join(DeviceKind))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a new device says of itself; ``key`` signs its frames, ``agreement`` is the key it is told secrets by.

    One that ``reads_epochs`` is given tickets that name its enrolment, and takes no others.
    """

    device: str
    kind: DeviceKind
    slots: int
    model: str
    firmware: str
    key: FrameKey
    agreement: FrameKey
    at: datetime
    proof: str = ""
    reads_epochs: bool = False

    def proved(self, secret: bytes) -> str:
        """Return what shows that whoever asks for this knows the code."""
        parts = self.device, self.kind.value, eight_bytes(self.slots), self.key.kid, self.agreement.kid
        said = joined(*(part.encode() if isinstance(part, str) else part for part in parts))
        return hmac.digest(secret, b"privyseal/enrolment/asked\0" + said, "sha256").hex()

    def knows(self, secret: bytes) -> bool:
        return hmac.compare_digest(self.proof, self.proved(secret))

    def to_json(self) -> dict[str, Json]:
        return _tickets(names_epochs=self.reads_epochs) | {
            "v": _VERSION,
            "device": self.device,
            "kind": self.kind.value,
            "slots": self.slots,
            "model": self.model,
            "firmware": self.firmware,
            "key": self.key.to_json(),
            "agreement": self.agreement.to_json(),
            "at": utc_text(self.at),
            "proof": self.proof,
        }


@dataclass(frozen=True, slots=True)
class Again:
    """What a device says when its certificate is to be made anew; one of before does not say what it is."""

    device: str
    key: FrameKey
    agreement: FrameKey
    at: datetime
    kind: DeviceKind | None = None

    def to_json(self) -> dict[str, Json]:
        own: dict[str, Json] = {"kind": self.kind.value} if self.kind else {}
        return own | {
            "v": _VERSION,
            "device": self.device,
            "key": self.key.to_json(),
            "agreement": self.agreement.to_json(),
            "at": utc_text(self.at),
        }


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a device is from then on; ``code_key`` is wrapped to its agreement key, ``seals`` has one uid a slot.

    Where ``names_epochs``, every ticket of this enrolment names it, and one that does not opens nothing.
    """

    device: str
    epoch: int
    certificate: bytes
    ca: bytes
    signer: FrameKey
    gateway: FrameKey
    code_key: str
    seals: tuple[str, ...]
    broker: str
    at: datetime
    renew_at: datetime
    names_epochs: bool = False

    def to_json(self) -> dict[str, Json]:
        return _tickets(names_epochs=self.names_epochs) | {
            "v": _VERSION,
            "device": self.device,
            "epoch": self.epoch,
            "certificate": shapes.base64_text(self.certificate),
            "ca": shapes.base64_text(self.ca),
            "signer": self.signer.to_json(),
            "gateway": self.gateway.to_json(),
            "code_key": self.code_key,
            "seals": list(self.seals),
            "broker": self.broker,
            "at": utc_text(self.at),
            "renew_at": utc_text(self.renew_at),
        }


def new_code() -> str:
    """Return twenty letters and digits that nobody mistakes for each other, in groups of four."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(LETTERS_OF_A_CODE))
    return "-".join(letters[at : at + _GROUP] for at in range(0, LETTERS_OF_A_CODE, _GROUP))


def secret_of(code: str) -> bytes:
    """Return ``C``, which both sides derive from the code as it was typed."""
    return hashlib.sha256(b"privyseal/enrolment/code\0" + code.upper().translate(_TYPED).encode()).digest()


def answered(secret: bytes, device: str, text: str) -> str:
    """Return what shows a device that this frame comes from where its code was made."""
    said = joined(device.encode(), hashlib.sha256(text.encode()).digest())
    return hmac.digest(secret, b"privyseal/enrolment/answered\0" + said, "sha256").hex()


def asked(text: str) -> Asked:
    """Return what a device asks for by the key that it names itself, or refuse: frame-broken, frame-forged."""
    said = said_by_itself(text, Frame.ENROLMENT)
    try:
        read = _told(said, _ASKED)
        shapes.integer(read["v"], least=_VERSION, most=_VERSION)
        found = Asked(
            device=shapes.word(read["device"], SERIAL),
            kind=DeviceKind(shapes.word(read["kind"], KIND)),
            slots=shapes.integer(read["slots"], least=1, most=MOST_SLOTS),
            model=shapes.text(read["model"], most=_MOST_TEXT),
            firmware=shapes.text(read["firmware"], most=_MOST_TEXT),
            key=FrameKey.read(read["key"]),
            agreement=FrameKey.read(read["agreement"]),
            at=shapes.moment(read["at"]),
            proof=shapes.digest(read["proof"]),
            reads_epochs=_TICKETS in read,
        )
    except Misshapen as error:
        raise FrameBroken from error
    opened(text, Frame.ENROLMENT, found.key)
    return found


def again(text: str, key: FrameKey) -> Again:
    """Return what a device asks for by the key in force, or refuse: frame-broken, frame-forged."""
    try:
        said = opened(text, Frame.RENEWAL, key)
        read = shapes.fields(said, _AGAIN | ({"kind"} & said.keys()))
        shapes.integer(read["v"], least=_VERSION, most=_VERSION)
        device, at = shapes.word(read["device"], SERIAL), shapes.moment(read["at"])
        kind = DeviceKind(shapes.word(read["kind"], KIND)) if "kind" in read else None
        return Again(device, FrameKey.read(read["key"]), FrameKey.read(read["agreement"]), at, kind)
    except Misshapen as error:
        raise FrameBroken from error


def enrolled(text: str) -> Enrolled:
    """Return what a device was told by the signer that the frame names, or refuse. Its reader checks the proof."""
    said = said_by_itself(text, Frame.ENROLLED)
    try:
        found = _enrolled(_told(said, _ANSWERED))
    except Misshapen as error:
        raise FrameBroken from error
    opened(text, Frame.ENROLLED, found.signer)
    return found


def again_enrolled(text: str, signer: FrameKey) -> Enrolled:
    """Return what a device is told at its renewal, by the signer that it knows, or refuse."""
    found = enrolled(text)
    if found.signer != signer:
        raise FrameForged
    return found


def _enrolled(read: Mapping[str, Any]) -> Enrolled:
    shapes.integer(read["v"], least=_VERSION, most=_VERSION)
    return Enrolled(
        device=shapes.word(read["device"], SERIAL),
        epoch=shapes.integer(read["epoch"], least=1, most=MOST_EPOCHS),
        certificate=shapes.octets(read["certificate"]),
        ca=shapes.octets(read["ca"]),
        signer=FrameKey.read(read["signer"]),
        gateway=FrameKey.read(read["gateway"]),
        code_key=shapes.text(read["code_key"], most=1024),
        seals=tuple("" if one == "" else shapes.uid(one) for one in shapes.items(read["seals"], most=MOST_SLOTS)),
        broker="" if read["broker"] == "" else shapes.text(read["broker"], most=_MOST_ADDRESS),
        at=shapes.moment(read["at"]),
        renew_at=shapes.moment(read["renew_at"]),
        names_epochs=_TICKETS in read,
    )


def _tickets(*, names_epochs: bool) -> dict[str, Json]:
    return {_TICKETS: NAMES_ENROLMENT} if names_epochs else {}


def _told(said: Mapping[str, Any], names: frozenset[str]) -> Mapping[str, Json]:
    """Return exactly these members, and the version of tickets where it is not that of before, or raise Misshapen."""
    read = shapes.fields(said, names | ({_TICKETS} & said.keys()))
    if _TICKETS in read:
        shapes.integer(read[_TICKETS], least=NAMES_ENROLMENT, most=NAMES_ENROLMENT)
    return read
