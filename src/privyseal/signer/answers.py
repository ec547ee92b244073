"""What the signer answers: one frozen value an operation, with its header form and its reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from privyseal.device.receipts import MOST, MOST_OF_HEAD
from privyseal.device.signed import MOST_CHARACTERS, FrameKey
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, utc_text
from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import Quorum
from privyseal.signer import unlocking
from privyseal.signer.requests import MAX_LOG_SIZE
from privyseal.signer.shares import MOST_SHARES
from privyseal.signer.terms import MAX_DOCUMENTS

_MAX_TEXT: Final = 1000
_MOST_CERTIFICATES: Final = 100
_LONGEST_CHAIN: Final = 8
_MAX_CODE: Final = 64
_MOST_SETTINGS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The ``number``-th time that the signer's time was set by leave: what it was, from when it went on, by how many.

    ``custodians`` is 0 where a key file opens it.
    """

    number: int
    was: datetime
    went_on: datetime
    custodians: int

    def to_json(self) -> Mapping[str, Json]:
        times = {"was": utc_text(self.was), "went_on": utc_text(self.went_on)}
        return {"number": self.number, **times, "custodians": self.custodians}

    @classmethod
    def parse(cls, value: object) -> "ClockSet":
        entry = shapes.fields(value, frozenset({"number", "was", "went_on", "custodians"}))
        return cls(
            number=shapes.integer(entry["number"], least=1, most=_MOST_SETTINGS),
            was=shapes.moment(entry["was"]),
            went_on=shapes.moment(entry["went_on"]),
            custodians=shapes.integer(entry["custodians"], least=0, most=MOST_SHARES),
        )


@dataclass(frozen=True, slots=True)
class Status:
    """``needed`` is how many custodians open it, 0 where a file does; ``missing`` how many shares it waits for now.

    ``clock`` is when its time was set last, by leave of those who keep its keys.
    """

    is_founded: bool
    log_size: int
    version: str
    needed: int = 0
    missing: int = 0
    clock: ClockSet | None = None

    @property
    def is_open(self) -> bool:
        return not self.missing

    def to_json(self) -> Mapping[str, Json]:
        return {
            "is_founded": self.is_founded,
            "log_size": self.log_size,
            "version": self.version,
            "needed": self.needed,
            "missing": self.missing,
            "clock": None if self.clock is None else self.clock.to_json(),
        }

    @classmethod
    def parse(cls, value: object) -> "Status":
        entry = shapes.fields(value, frozenset({"is_founded", "log_size", "version", "needed", "missing", "clock"}))
        return cls(
            is_founded=shapes.truth(entry["is_founded"]),
            log_size=shapes.integer(entry["log_size"], least=0, most=MAX_LOG_SIZE),
            version=shapes.text(entry["version"], most=_MAX_TEXT),
            needed=shapes.integer(entry["needed"], least=0, most=MOST_SHARES),
            missing=shapes.integer(entry["missing"], least=0, most=MOST_SHARES),
            clock=None if entry["clock"] is None else ClockSet.parse(entry["clock"]),
        )


@dataclass(frozen=True, slots=True)
class PinnedQuorum:
    """Whose cosignatures were asked for from one moment on; a later ``version`` takes its place."""

    version: int
    quorum: Quorum

    def to_json(self) -> Mapping[str, Json]:
        return {
            "version": self.version,
            "cosigners": [key.text for key in self.quorum.keys],
            "needed": self.quorum.needed.value,
            "within": int(self.quorum.within.total_seconds()),
        }

    @classmethod
    def parse(cls, value: object) -> "PinnedQuorum":
        entry = shapes.fields(value, frozenset({"version", "cosigners", "needed", "within"}))
        quorum = unlocking.quorum_of(entry)
        return cls(shapes.integer(entry["version"], least=1, most=MAX_LOG_SIZE), quorum)

    @classmethod
    def parse_all(cls, result: object) -> "list[PinnedQuorum]":
        entry = shapes.fields(result, frozenset({"pinned"}))
        return [cls.parse(one) for one in shapes.items(entry["pinned"], most=unlocking.MOST_TOLD)]


@dataclass(frozen=True, slots=True)
class Entrusted:
    """What each custodian takes away."""

    shares: tuple[str, ...]

    def to_json(self) -> Mapping[str, Json]:
        return {"shares": list(self.shares)}

    @classmethod
    def parse(cls, value: object) -> "Entrusted":
        entry = shapes.fields(value, frozenset({"shares"}))
        return cls(tuple(shapes.text(one, most=_MAX_TEXT) for one in shapes.items(entry["shares"], most=MOST_SHARES)))


@dataclass(frozen=True, slots=True)
class Public:
    """What a stranger needs to judge our seals and receipts: DER certificate and CRL, the log's key and name.

    ``paper`` are the certificates by which codes on paper were ever signed.
    """

    ca: bytes
    crl: bytes
    log_key: str
    origin: str
    paper: tuple[bytes, ...] = ()

    def to_json(self) -> Mapping[str, Json]:
        return {
            "paper": [shapes.base64_text(one) for one in self.paper],
            "ca": shapes.base64_text(self.ca),
            "crl": shapes.base64_text(self.crl),
            "log_key": self.log_key,
            "origin": self.origin,
        }

    @classmethod
    def parse(cls, value: object) -> "Public":
        entry = shapes.fields(value, frozenset({"ca", "crl", "log_key", "origin", "paper"}))
        return cls(
            paper=tuple(shapes.octets(one) for one in shapes.items(entry["paper"], least=0, most=_MOST_CERTIFICATES)),
            ca=shapes.octets(entry["ca"]),
            crl=shapes.octets(entry["crl"]),
            log_key=shapes.text(entry["log_key"], most=_MAX_TEXT),
            origin=shapes.text(entry["origin"], most=_MAX_TEXT),
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A seal's certificate in DER, its serial number in hex, the end of its validity, and what stands above it.

    Above one of our own authority nothing stands here; above one from outside its issuers, up to their root.
    """

    certificate: bytes
    serial: str
    not_after: datetime
    chain: tuple[bytes, ...] = ()

    def to_json(self) -> Mapping[str, Json]:
        return {
            **({"chain": [shapes.base64_text(one) for one in self.chain]} if self.chain else {}),
            "certificate": shapes.base64_text(self.certificate),
            "serial": self.serial,
            "not_after": utc_text(self.not_after),
        }

    @classmethod
    def parse(cls, value: object) -> "Made":
        more = frozenset({"chain"}) if isinstance(value, Mapping) and "chain" in value else frozenset()
        entry = shapes.fields(value, frozenset({"certificate", "serial", "not_after"}) | more)
        return cls(
            certificate=shapes.octets(entry["certificate"]),
            serial=shapes.text(entry["serial"], most=_MAX_TEXT),
            not_after=shapes.moment(entry["not_after"]),
            chain=tuple(map(shapes.octets, shapes.items(entry["chain"], most=_LONGEST_CHAIN))) if more else (),
        )


@dataclass(frozen=True, slots=True)
class Sealed:
    """The appended revision: the sealed file is the document and these bytes; its digest and time."""

    appended: bytes
    sealed_sha256: str
    sealed_at: datetime

    def to_json(self) -> Mapping[str, Json]:
        return {"sealed_sha256": self.sealed_sha256, "sealed_at": utc_text(self.sealed_at)}

    @classmethod
    def parse(cls, value: object, appended: bytes) -> "Sealed":
        entry = shapes.fields(value, frozenset({"sealed_sha256", "sealed_at"}))
        return cls(
            appended=appended,
            sealed_sha256=shapes.digest(entry["sealed_sha256"]),
            sealed_at=shapes.moment(entry["sealed_at"]),
        )


@dataclass(frozen=True, slots=True)
class House:
    """The devices' authority and a certificate by it, in DER; the public key of tickets and orders."""

    ca: bytes
    certificate: bytes
    signer: FrameKey

    @classmethod
    def parse(cls, value: object) -> "House":
        entry = shapes.fields(value, frozenset({"ca", "certificate", "signer"}))
        return cls(shapes.octets(entry["ca"]), shapes.octets(entry["certificate"]), FrameKey.read(entry["signer"]))


@dataclass(frozen=True, slots=True)
class EnrolledDevice:
    """What a device is told, its epoch, its certificate's serial number in hex and the end of its validity."""

    frame: str
    epoch: int
    serial: str
    not_after: datetime

    @classmethod
    def parse(cls, value: object) -> "EnrolledDevice":
        entry = shapes.fields(value, frozenset({"frame", "epoch", "serial", "not_after"}))
        return cls(
            frame=shapes.text(entry["frame"], most=MOST_CHARACTERS),
            epoch=shapes.integer(entry["epoch"], least=1, most=MAX_LOG_SIZE),
            serial=shapes.text(entry["serial"], most=_MAX_TEXT),
            not_after=shapes.moment(entry["not_after"]),
        )


@dataclass(frozen=True, slots=True)
class Closed:
    """Which grant of a code was closed, how often it was used, and the bits of the chain's head in its receipt."""

    grant: str
    sequence: int
    used: int
    head: int

    @classmethod
    def parse(cls, value: object) -> "Closed":
        entry = shapes.fields(value, frozenset({"grant", "sequence", "used", "head"}))
        return cls(
            grant=shapes.uid(entry["grant"]),
            sequence=shapes.integer(entry["sequence"], least=1, most=MAX_LOG_SIZE),
            used=shapes.integer(entry["used"], least=0, most=MOST),
            head=shapes.integer(entry["head"], least=0, most=MOST_OF_HEAD),
        )


def a_text(name: str) -> Callable[[object], str]:
    """Return the reader of an answer that is one text."""
    return lambda value: shapes.text(shapes.fields(value, frozenset({name}))[name], most=MOST_CHARACTERS)


def texts(name: str, *, most: int) -> Callable[[object], list[str]]:
    """Return the reader of an answer that is so many texts at most."""

    def read(value: object) -> list[str]:
        listed = shapes.items(shapes.fields(value, frozenset({name}))[name], most=most)
        return [shapes.text(one, most=MOST_CHARACTERS) for one in listed]

    return read


def octets_of(name: str) -> Callable[[object], bytes]:
    """Return the reader of an answer that is one file."""
    return lambda value: shapes.octets(shapes.fields(value, frozenset({name}))[name])


def bits_of_head(value: object) -> int:
    return shapes.integer(shapes.fields(value, frozenset({"head"}))["head"], least=0, most=MOST_OF_HEAD)


# What became of one document of a batch.
Outcome: TypeAlias = Sealed | Refused


def outcome_json(outcome: Outcome) -> Mapping[str, Json]:
    if isinstance(outcome, Refused):
        return {"code": outcome.code, "facts": dict(outcome.facts)}
    return {**outcome.to_json(), "size": len(outcome.appended)}


def outcomes(result: Json, body: bytes, *, refusal: Callable[[str, Mapping[str, Json]], Refused]) -> list[Outcome]:
    """Return what became of each document, in the order in which they were asked for, or raise Misshapen."""
    found: list[Outcome] = []
    begin = 0
    for said in shapes.items(shapes.fields(result, frozenset({"each"}))["each"], most=MAX_DOCUMENTS):
        if isinstance(said, Mapping) and "code" in said:
            refused = shapes.fields(said, frozenset({"code", "facts"}))
            facts = refused["facts"]
            if not isinstance(facts, Mapping):
                raise shapes.Misshapen
            found.append(refusal(shapes.text(refused["code"], most=_MAX_CODE), facts))
            continue
        sealed = dict(shapes.fields(said, frozenset({"sealed_sha256", "sealed_at", "size"})))
        end = begin + shapes.integer(sealed.pop("size"), least=0, most=len(body) - begin)
        found.append(Sealed.parse(sealed, body[begin:end]))
        begin = end
    return found
