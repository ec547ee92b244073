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
from privyseal.signer.charters import ROSTER, Charter
from privyseal.signer.passkeys import MAX_ID_BYTES, MAX_KEY_BYTES, Credential, web_octets, web_text
from privyseal.signer.protocol import SignerRefused

MOST_FIRST_ENTRIES: Final = 30

_VERSION: Final = 1
_LONGEST_NAME: Final = 300
_WEB_KEY_BYTES: Final = 32
_OF_PASSKEY: Final = ("person", "credential", "key", "is_bound", "starts_at", "ends_at")


class ChangeUnreadable(SignerRefused):
    code = "change-unreadable"


class Kind(StrEnum):
    ENTER = "enter"
    REMOVE = "remove"
    AMEND = "amend"
    BEGIN = "begin"


# How many people a change takes.
TAKES: Final = {
    Kind.ENTER: 2,  # whoever is on a roster can have seals used
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


Change: TypeAlias = Enter | Remove | Amend | Begin


def parse(data: bytes) -> Change:
    """Return the change whose canonical bytes these are, or refuse."""
    try:
        said = canonical.parse(data)
        match said.get("change"):
            case Kind.ENTER:
                return _enter(said)
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
