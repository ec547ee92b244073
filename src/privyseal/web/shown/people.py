"""People as others see them, and what somebody leaves open."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.numbers import numbers_by_uid
from privyseal.approvals.queries.leaving import LeftOpen
from privyseal.custody.queries.leaving import LeftBehind
from privyseal.identity.models import Grant, Person, Post, PostHolding
from privyseal.identity.rules import Power
from privyseal.language.labels import POWER, PURPOSE
from privyseal.language.leaving import BECOMES, LEFT
from privyseal.language.numbers import number_in_words, number_said
from privyseal.language.types import type_of
from privyseal.signer.statement import Purpose
from privyseal.web.shown import organisation
from privyseal.web.shown.words import Badge

# What leaves us of a list.


@dataclass(frozen=True, slots=True)
class PersonRow:
    url: str
    name: str
    login: str
    badge: Badge | None


@dataclass(frozen=True, slots=True)
class PowerRow:
    words: Promise
    company: str
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenRow:
    """An application or a permit by number and kind alone: whoever ends powers reads no documents."""

    number: str
    purpose: Promise
    company: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A seal that somebody keeps and has to hand over."""

    number: str
    type: Promise | str
    company: str
    since: datetime


@dataclass(frozen=True, slots=True)
class BehindRow:
    """Something in hand with a rubber seal, and what becomes of it."""

    what: Promise
    seal: str
    company: str
    becomes: Promise


@dataclass(frozen=True, slots=True)
class Open:
    """What somebody leaves, or would leave, to others."""

    applications: tuple[OpenRow, ...]
    permits: tuple[OpenRow, ...]
    seals: tuple[KeptRow, ...]
    posts: tuple[organisation.PostRow, ...]
    behind: tuple[BehindRow, ...]

    def __bool__(self) -> bool:
        return bool(self.applications or self.permits or self.seals or self.posts or self.behind)


def rows(found: Iterable[Person]) -> list[PersonRow]:
    return [
        PersonRow(
            reverse("person", args=[person.pseudonym]),
            person.name,
            person.login,
            None if person.is_active else badge(person),
        )
        for person in found
    ]


def cells(found: Iterable[Person]) -> Iterator[tuple[object, ...]]:
    return ((person.name, person.login, badge(person).words) for person in found)


def badge(person: Person) -> Badge:
    return Badge(_("Active"), "approved") if person.is_active else Badge(_("Left"), "neutral")


def powers(grants: Iterable[Grant]) -> list[PowerRow]:
    return [
        PowerRow(POWER[Power(grant.power)], grant.company.name if grant.company else "", grant.ends_at)
        for grant in grants
    ]


def posts(held: Iterable[PostHolding], at: datetime) -> list[organisation.PostRow]:
    return organisation.posts_held(held, at)


def left_open(left: LeftOpen, behind: Iterable[LeftBehind], vacant: Iterable[Post], at: datetime) -> Open:
    numbers = numbers_by_uid([each.application_uid for each in left.permits])
    return Open(
        applications=tuple(
            OpenRow(number_in_words(each), PURPOSE[Purpose(each.purpose)], each.company.name, each.expires_at)
            for each in left.applications
        ),
        permits=tuple(
            OpenRow(
                number_said(numbers[each.application_uid]),
                PURPOSE[Purpose(each.purpose)],
                each.seal.company.name,
                each.expires_at,
            )
            for each in left.permits
        ),
        seals=tuple(
            KeptRow(each.seal.number, type_of(each.seal), each.seal.company.name, each.since) for each in left.custodies
        ),
        posts=tuple(organisation.posts(vacant, (), at)),
        behind=tuple(
            BehindRow(LEFT[one.left], one.seal.number if one.seal else "", one.company, BECOMES[one.becomes])
            for one in behind
        ),
    )
