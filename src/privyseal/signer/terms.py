"""What a statement says besides documents: the seal to be made, whose own yes, a class of papers, what it adds to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json
from privyseal.pdf.placement import Placement
from privyseal.signer.documents import Document

MAX_DOCUMENTS: Final = 50
MAX_IMPRESSIONS: Final = 1_000_000
WORD: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,31}")

_MAX_NAME: Final = 64  # X.520 ub-organization-name and ub-common-name
USCC: Final = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")  # GB 32100: no I, O, S, V, Z
_MOST_TITLE_WORDS: Final = 3
_MOST_HOLDERS: Final = 50
_MOST_MICROMETRES: Final = 10_000_000
_POLE: Final = 90_000_000  # in millionths of a degree
_DATE_LINE: Final = 180_000_000
_MOST_METRES: Final = 50_000
_MOST_CONFIRMATIONS: Final = 10
_MOST_IN_EMERGENCY: Final = 100
_MOST_MINUTES: Final = 1_440


@dataclass(frozen=True, slots=True)
class Making:
    """The seal that is to be made, and whose."""

    company: str
    organization: str
    uscc: str
    name: str
    type: str
    face_sha256: str

    def to_json(self) -> Mapping[str, Json]:
        return {
            "company": self.company,
            "organization": self.organization,
            "uscc": self.uscc,
            "name": self.name,
            "type": self.type,
            "face_sha256": self.face_sha256,
        }


@dataclass(frozen=True, slots=True)
class OwnYes:
    """Whose own yes a seal takes that bears their name; given before, it stands in this mandate."""

    person: str
    mandate: str = ""

    def to_json(self) -> Mapping[str, Json]:
        return {"person": self.person, "mandate": self.mandate}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a standing permit covers instead of a document: a class of papers, the place, by whom, how many.

    It is for the ``holders``, or for whoever belongs to the ``unit`` at the moment of use.
    """

    document_class: str
    title_words: tuple[str, ...]
    most_pages: int
    a_day: int
    sample_every: int
    reviewer: str
    holders: tuple[str, ...]
    page: int
    x: int
    y: int
    unit: str = ""

    def to_json(self) -> Mapping[str, Json]:
        more = {"unit": self.unit} if self.unit else {}
        return {
            "document_class": self.document_class,
            "title_words": list(self.title_words),
            "most_pages": self.most_pages,
            "a_day": self.a_day,
            "sample_every": self.sample_every,
            "reviewer": self.reviewer,
            "holders": list(self.holders),
            "page": self.page,
            "x": self.x,
            "y": self.y,
            **more,
        }

    def document(self, sha256: str) -> Document:
        """Return what is done to a document of this class."""
        return Document(sha256=sha256, following="nobody", placements=(Placement(self.page, self.x, self.y),))


@dataclass(frozen=True, slots=True)
class AddsTo:
    """The approved statement, by the digest of its first stage, to which more impressions or a later end are added.

    ``documents`` are those that may each be sealed once more; none where the statement stands for a class of papers.
    """

    application: str
    statement_sha256: str
    documents: tuple[str, ...] = ()

    def to_json(self) -> Mapping[str, Json]:
        return {
            "application": self.application,
            "statement_sha256": self.statement_sha256,
            "documents": list(self.documents),
        }


@dataclass(frozen=True, slots=True)
class AtMachine:
    """How a machine waits for people: how many others see each impression first, and what it does without them.

    In an emergency that is at most so many impressions, within so many minutes; none where there is to be none.
    """

    confirmations: int
    emergency_impressions: int
    emergency_minutes: int

    def to_json(self) -> Mapping[str, Json]:
        return {
            "confirmations": self.confirmations,
            "emergency_impressions": self.emergency_impressions,
            "emergency_minutes": self.emergency_minutes,
        }


@dataclass(frozen=True, slots=True)
class Fence:
    """Where outside the company a seal is to be used: a point in millionths of a degree, and how far around it."""

    latitude: int
    longitude: int
    metres: int

    def to_json(self) -> Mapping[str, Json]:
        return {"latitude": self.latitude, "longitude": self.longitude, "metres": self.metres}


def making(value: Json) -> Making:
    entry = shapes.fields(value, frozenset({"company", "organization", "uscc", "name", "type", "face_sha256"}))
    return Making(
        company=shapes.uid(entry["company"]),
        organization=shapes.text(entry["organization"], most=_MAX_NAME),
        uscc=shapes.word(entry["uscc"], USCC),
        name=shapes.text(entry["name"], most=_MAX_NAME),
        type=shapes.word(entry["type"], WORD),
        face_sha256=shapes.digest(entry["face_sha256"]),
    )


def own_yes(value: Json) -> OwnYes:
    entry = shapes.fields(value, frozenset({"person", "mandate"}))
    mandate = entry["mandate"]
    return OwnYes(person=shapes.uid(entry["person"]), mandate=shapes.uid(mandate) if mandate != "" else "")


def standing(value: Json) -> Standing:
    names = ("document_class", "title_words", "most_pages", "a_day", "sample_every", "reviewer", "holders")
    is_of_unit = isinstance(value, Mapping) and "unit" in value
    entry = shapes.fields(value, frozenset({*names, "page", "x", "y", *(("unit",) if is_of_unit else ())}))
    words = shapes.items(entry["title_words"], least=1, most=_MOST_TITLE_WORDS)
    holders = shapes.items(entry["holders"], least=0 if is_of_unit else 1, most=0 if is_of_unit else _MOST_HOLDERS)
    return Standing(
        document_class=shapes.word(entry["document_class"], WORD),
        title_words=tuple(shapes.text(word, most=_MAX_NAME) for word in words),
        most_pages=shapes.integer(entry["most_pages"], least=1, most=MAX_IMPRESSIONS),
        a_day=shapes.integer(entry["a_day"], least=1, most=MAX_IMPRESSIONS),
        sample_every=shapes.integer(entry["sample_every"], least=1, most=MAX_IMPRESSIONS),
        reviewer=shapes.uid(entry["reviewer"]),
        holders=tuple(shapes.uid(holder) for holder in holders),
        page=shapes.integer(entry["page"], least=1, most=MAX_IMPRESSIONS),
        x=shapes.integer(entry["x"], least=0, most=_MOST_MICROMETRES),
        y=shapes.integer(entry["y"], least=0, most=_MOST_MICROMETRES),
        unit=shapes.uid(entry["unit"]) if is_of_unit else "",
    )


def adds_to(value: Json) -> AddsTo:
    entry = shapes.fields(value, frozenset({"application", "statement_sha256", "documents"}))
    return AddsTo(
        application=shapes.uid(entry["application"]),
        statement_sha256=shapes.digest(entry["statement_sha256"]),
        documents=tuple(shapes.digest(one) for one in shapes.items(entry["documents"], most=MAX_DOCUMENTS)),
    )


def fence(value: Json) -> Fence:
    entry = shapes.fields(value, frozenset({"latitude", "longitude", "metres"}))
    return Fence(
        latitude=shapes.integer(entry["latitude"], least=-_POLE, most=_POLE),
        longitude=shapes.integer(entry["longitude"], least=-_DATE_LINE, most=_DATE_LINE),
        metres=shapes.integer(entry["metres"], least=1, most=_MOST_METRES),
    )


def at_machine(value: Json) -> AtMachine:
    entry = shapes.fields(value, frozenset({"confirmations", "emergency_impressions", "emergency_minutes"}))
    impressions = shapes.integer(entry["emergency_impressions"], least=0, most=_MOST_IN_EMERGENCY)
    return AtMachine(
        confirmations=shapes.integer(entry["confirmations"], least=1, most=_MOST_CONFIRMATIONS),
        emergency_impressions=impressions,
        emergency_minutes=shapes.integer(
            entry["emergency_minutes"], least=min(impressions, 1), most=_MOST_MINUTES if impressions else 0
        ),
    )
