"""What is said yes to where a roster or a charter changes, as canonical bytes. Pure.

It is signed as a statement is, by a challenge over its bytes, and can be taken for none: it has other fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from privyseal.kernel import canonical, shapes
from privyseal.kernel.canonical import Json, NotCanonical, utc_text
from privyseal.signer import charters
from privyseal.signer.charters import ROSTER, ROSTER_OF_COMPANY, Charter
from privyseal.signer.passkeys import MAX_ID_BYTES, MAX_KEY_BYTES, Credential, web_octets, web_text
from privyseal.signer.protocol import SignerRefused

MOST_FIRST_ENTRIES: Final = 30
MOST_SEATS: Final = 50

_VERSION: Final = 1
_LONGEST_NAME: Final = 300
_WEB_KEY_BYTES: Final = 32
_UID: Final = 32
_OF_PASSKEY: Final = ("person", "credential", "key", "is_bound", "starts_at", "ends_at")


class ChangeUnreadable(SignerRefused):
    code = "change-unreadable"


class Kind(StrEnum):
    ENTER = "enter"
    SEAT = "seat"
    REMOVE = "remove"
    AMEND = "amend"
    BEGIN = "begin"


# How many people a change takes.
TAKES: Final = {
    Kind.ENTER: 2,  # whoever is on a roster can have seals used
    Kind.SEAT: 2,  # as entering does: a company's seals are moved by those on its roster
    Kind.REMOVE: 1,  # toward safety: one person, at once
    Kind.AMEND: 2,  # as many as the charter before asks for, and never one alone
}


@dataclass(frozen=True, slots=True)
class Enter:
    """A passkey comes onto a roster; it counts from when it says, if nothing is said before."""

    roster: str
    credential: Credential

    def said(self) -> Mapping[str, Json]:
        return {"roster": self.roster, **_passkey(self.credential)}

    def to_bytes(self) -> bytes:
        return _bytes(Kind.ENTER, self.said())


@dataclass(frozen=True, slots=True)
class Seated:
    """One passkey, with its owner, that is to count on a company's roster as well."""

    roster: str
    person: str
    credential: bytes


@dataclass(frozen=True, slots=True)
class Seat:
    """Passkeys of the approvers' roster count on rosters of companies as well, until each seat is denied.

    ``since`` tells a seat from an earlier one of the same passkey that was denied.
    """

    since: datetime
    seats: tuple[Seated, ...]

    def to_bytes(self) -> bytes:
        seats: list[Json] = [
            {"roster": one.roster, "person": one.person, "credential": web_text(one.credential)} for one in self.seats
        ]
        return _bytes(Kind.SEAT, {"since": utc_text(self.since), "seats": seats})

    def uids(self) -> tuple[str, ...]:
        """Return what each seat is denied by, in their order."""
        return tuple(uid_of_seat(one.roster, one.credential, self.since) for one in self.seats)


@dataclass(frozen=True, slots=True)
class Remove:
    """A passkey goes from a roster, at once and for good."""

    roster: str
    credential: bytes

    def to_bytes(self) -> bytes:
        return _bytes(Kind.REMOVE, {"roster": self.roster, "credential": web_text(self.credential)})


@dataclass(frozen=True, slots=True)
class Amend:
    """The next version of a charter."""

    of: str
    version: int
    charter: Charter

    def to_bytes(self) -> bytes:
        return _bytes(Kind.AMEND, {"of": self.of, "version": self.version, "charter": self.charter.to_json()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """What an installation begins with: its log's origin, the approval page, the charter, who is on the rosters.

    ``witness`` saw it made, and is on no roster.
    """

    log: str
    web_key: bytes
    page: str
    charter: Charter
    entries: tuple[Enter, ...]
    witness: Credential

    def to_bytes(self) -> bytes:
        said: Mapping[str, Json] = {
            "log": self.log,
            "web_key": web_text(self.web_key),
            "page": self.page,
            "charter": self.charter.to_json(),
            "entries": [one.said() for one in self.entries],
            "witness": _passkey(self.witness),
        }
        return _bytes(Kind.BEGIN, said)


Change: TypeAlias = Enter | Seat | Remove | Amend | Begin


def uid_of_seat(roster: str, credential: bytes, since: datetime) -> str:
    """Return by what a seat is known: two of one passkey on one roster differ by when they began."""
    said = {"roster": roster, "credential": web_text(credential), "since": utc_text(since)}
    return canonical.sha256(canonical.canonical(said))[:_UID]


def parse(data: bytes) -> Change:
    """Return the change whose canonical bytes these are, or refuse."""
    try:
        said = canonical.parse(data)
        match said.get("change"):
            case Kind.ENTER:
                return _enter(said)
            case Kind.SEAT:
                return _seat(said)
            case Kind.REMOVE:
                return _remove(said)
            case Kind.AMEND:
                return _amend(said)
            case Kind.BEGIN:
                return _begin(said)
    except (NotCanonical, UnicodeError, shapes.Misshapen) as error:
        raise ChangeUnreadable from error
    raise ChangeUnreadable


def _bytes(kind: Kind, said: Mapping[str, Json]) -> bytes:
    return canonical.canonical({"v": _VERSION, "change": kind.value, **said})


def _passkey(said: Credential) -> Mapping[str, Json]:
    return {
        "person": said.person,
        "credential": web_text(said.id),
        "key": web_text(said.key),
        "is_bound": said.is_bound,
        "starts_at": utc_text(said.starts_at),
        "ends_at": None if said.ends_at is None else utc_text(said.ends_at),
    }


def _fields(said: object, *names: str) -> Mapping[str, Json]:
    entry = shapes.fields(said, frozenset({"v", "change", *names}))
    shapes.integer(entry["v"], least=_VERSION, most=_VERSION)
    return entry


def _enter(said: object) -> Enter:
    return _entry(_fields(said, "roster", *_OF_PASSKEY))


def _entry(entry: Mapping[str, Json]) -> Enter:
    return Enter(shapes.word(entry["roster"], ROSTER), _credential(entry))


def _credential(entry: Mapping[str, Json]) -> Credential:
    credential = Credential(
        id=web_octets(entry["credential"], most=MAX_ID_BYTES),
        person=shapes.uid(entry["person"]),
        key=web_octets(entry["key"], most=MAX_KEY_BYTES),
        is_bound=shapes.truth(entry["is_bound"]),
        starts_at=shapes.moment(entry["starts_at"]),
        ends_at=_ends_at(entry["ends_at"]),
    )
    if credential.ends_at is not None and credential.ends_at <= credential.starts_at:
        raise shapes.Misshapen
    return credential


def _ends_at(value: Json) -> datetime | None:
    return None if value is None else shapes.moment(value)


def _seat(said: object) -> Seat:
    entry = _fields(said, "since", "seats")
    every = shapes.items(entry["seats"], least=1, most=MOST_SEATS)
    seats = tuple(_seated(shapes.fields(one, frozenset({"roster", "person", "credential"}))) for one in every)
    if len(set(seats)) < len(seats):
        raise shapes.Misshapen
    return Seat(shapes.moment(entry["since"]), seats)


def _seated(entry: Mapping[str, Json]) -> Seated:
    return Seated(
        roster=shapes.word(entry["roster"], ROSTER_OF_COMPANY),
        person=shapes.uid(entry["person"]),
        credential=web_octets(entry["credential"], most=MAX_ID_BYTES),
    )


def _remove(said: object) -> Remove:
    entry = _fields(said, "roster", "credential")
    return Remove(shapes.word(entry["roster"], ROSTER), web_octets(entry["credential"], most=MAX_ID_BYTES))


def _amend(said: object) -> Amend:
    entry = _fields(said, "of", "version", "charter")
    return Amend(
        of=charters.whose(entry["of"]),
        version=shapes.integer(entry["version"], least=1, most=charters.MOST_VERSIONS),
        charter=Charter.parse(entry["charter"]),
    )


def _begin(said: object) -> Begin:
    entry = _fields(said, "log", "web_key", "page", "charter", "entries", "witness")
    every = shapes.items(entry["entries"], least=1, most=MOST_FIRST_ENTRIES)
    return Begin(
        log=shapes.text(entry["log"], most=_LONGEST_NAME),
        web_key=web_octets(entry["web_key"], most=_WEB_KEY_BYTES),
        page=shapes.text(entry["page"], most=_LONGEST_NAME),
        charter=Charter.parse(entry["charter"]),
        entries=tuple(_entry(shapes.fields(one, frozenset({"roster", *_OF_PASSKEY}))) for one in every),
        witness=_credential(shapes.fields(entry["witness"], frozenset(_OF_PASSKEY))),
    )
