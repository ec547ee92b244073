"""Facts of the ledger as people read them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext

from privyseal.identity.models import Person
from privyseal.identity.queries import called, names_of
from privyseal.language import facts as words
from privyseal.language.fields import FIELD, value_of
from privyseal.language.labels import SUBJECT
from privyseal.language.pages import PAGE
from privyseal.language.refusals import WORDS, words_of
from privyseal.ledger.queries import Fact, facts_about, latest_facts_about, times_about
from privyseal.seals.queries import seals_called
from privyseal.web.links import link, numbered
from privyseal.web.shown.called import called_in
from privyseal.web.shown.words import short

# What an auditor looks at goes on record with it, and no part of its course is that: counted, and not told one by one.
_LOOKED: Final = "audit.page-read"
_SERVICE: Final = "service:"
_NO: Final = (".refused", "-refused")
_PAGES: Final = {"application": "application", "device": "machine", "seal": "seal"}
_UID: Final = re.compile("[0-9a-f]{32}")
_CODES: Final = re.compile(r"[0-9a-f]{32,}(\W+[0-9a-f]{32,})*")


@dataclass(frozen=True, slots=True)
class Subject:
    name: str
    words: Promise | str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Detail:
    name: Promise | str
    text: str
    is_code: bool


@dataclass(frozen=True, slots=True)
class FactRow:
    id: int
    index: int | None
    kind: str
    words: str
    actor: str
    at: datetime
    subjects: tuple[Subject, ...]
    data: tuple[Detail, ...]
    refusal: str | None
    receipt_url: str


@dataclass(frozen=True, slots=True)
class Course:
    """What was done about one subject, in order of writing, and how often auditors looked at it."""

    facts: Sequence[Fact]
    is_part: bool
    times_read: int
    last_read: datetime | None
    about: str


def course(subject: str, uid: str, *, kind: str = "", most: int) -> Course:
    """Return its course from the beginning, as it is filed."""
    found = facts_about(subject, uid, kind=kind, without=(_LOOKED,), limit=most + 1)
    return Course(found[:most], len(found) > most, *times_about(_LOOKED, subject, uid), uid)


def latest_course(subject: str, uid: str, *, most: int) -> Course:
    """Return the end of its course."""
    found = latest_facts_about(subject, [uid], without=(_LOOKED,), limit=most + 1)
    return Course(found[:most][::-1], len(found) > most, *times_about(_LOOKED, subject, uid), uid)


def rows(facts: Sequence[Fact], names: Mapping[str, str]) -> list[FactRow]:
    """Return facts with these names for pseudonyms; whoever is not among them stays one."""
    return [_row(fact, names) for fact in facts]


def rows_for_auditor(actor: Person, at: datetime, facts: Sequence[Fact]) -> list[FactRow]:
    return rows(facts, names_for_auditor(actor, at, facts))


def names_for_auditor(actor: Person, at: datetime, facts: Sequence[Fact]) -> dict[str, str]:
    """Return every name in these facts that is still kept: of people, companies, seals and what they are about."""
    said = {word for fact in facts for word in words_in(fact)}
    names = names_of(said) | called(actor, at, uids=said) | seals_called(actor, at, uids=said)
    return names | called_in(actor, at, facts)


def _row(fact: Fact, names: Mapping[str, str]) -> FactRow:
    return FactRow(
        id=fact.id,
        index=fact.index,
        kind=fact.kind,
        words=_called(fact),
        actor=_who(fact.actor, names),
        at=fact.at,
        subjects=tuple(_subject(name, value, names) for name, value in fact.subjects.items()),
        data=tuple(
            _detail(name, _text(name, value, names))
            for name, value in fact.data.items()
            if value not in ("", None, []) and not _is_read(name, fact)
        ),
        refusal=_refusal(fact),
        receipt_url=numbered("fact-receipt", fact.id),
    )


def _called(fact: Fact) -> str:
    said = words.words_for(fact.kind)
    page = PAGE.get(str(fact.data.get("page"))) if fact.kind == _LOOKED else None
    return f"{said}{gettext(': ')}{page}" if page else said


def _is_read(name: str, fact: Fact) -> bool:
    """Say whether the words of the entry have it already."""
    return fact.kind == _LOOKED and name == "page" and fact.data["page"] in PAGE


def _detail(name: str, text: str) -> Detail:
    return Detail(FIELD.get(name, name), text, is_code=_CODES.fullmatch(text) is not None)


def _refusal(fact: Fact) -> str | None:
    code = str(fact.data.get("code", ""))
    return words_of(code, fact.data) if fact.kind.endswith(_NO) and code in WORDS else None


def _who(actor: str, names: Mapping[str, str]) -> str:
    if actor.startswith(_SERVICE):
        return gettext("The system itself")
    return names.get(actor, short(actor))


def _subject(name: str, value: Any, names: Mapping[str, str]) -> Subject:  # noqa: ANN401  as the ledger keeps it
    page = _PAGES.get(name)
    is_uid = _UID.fullmatch(str(value)) is not None  # a machine that nobody knew is named as it named itself
    shown = names.get(str(value)) or (short(str(value)) if is_uid or page is None else str(value))
    return Subject(name, SUBJECT.get(name, name), shown, link(page, value) if page and is_uid else "")


def words_in(fact: Fact) -> Iterator[str]:
    """Yield everything in a fact that could be somebody's pseudonym."""
    yield fact.actor
    for value in (*fact.subjects.values(), *fact.data.values()):
        yield from (str(item) for item in _items(value))


def _text(name: str, value: Any, names: Mapping[str, str]) -> str:  # noqa: ANN401  as the ledger keeps it
    return gettext(", ").join(names.get(str(item)) or _one(name, item) for item in _items(value))


def _one(name: str, item: Any) -> str:  # noqa: ANN401  as the ledger keeps it
    said = item if isinstance(item, str) else ""
    if name.endswith("_at") and (moment := parse_datetime(said)):
        return date_format(localtime(moment), "DATETIME_FORMAT")
    if name.endswith("_on") and (day := parse_date(said)):
        return date_format(day, "DATE_FORMAT")
    return str(value_of(name, item))


def _items(value: Any) -> list[Any]:  # noqa: ANN401  as the ledger keeps it
    return value if isinstance(value, list) else [value]
