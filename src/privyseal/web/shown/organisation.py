"""A group as people see it: trees of companies and units, posts and who holds them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from privyseal.identity.models import Company, Membership, Post, PostHolding, Unit
from privyseal.identity.rules import Office, Standing
from privyseal.language.labels import OFFICE, STANDING
from privyseal.web.links import link
from privyseal.web.shown.words import Badge

Node = TypeVar("Node", Company, Unit)

_COMPANY: Final = '<a href="{}">{}</a> <span class="soft small">{}</span> {}'
_UNIT: Final = '<a href="{}">{}</a>'
_BADGE: Final = '<span class="badge {}">{}</span>'

_TONE: Final = {
    Standing.INCOMPLETE: "neutral",
    Standing.TO_BE_EXAMINED: "pending",
    Standing.REJECTED: "rejected",
    Standing.VERIFIED: "approved",
}


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody in a post."""

    id: int
    url: str
    name: str
    pseudonym: str
    deputy_for: str
    starts_at: datetime
    ends_at: datetime | None
    is_coming: bool


@dataclass(frozen=True, slots=True)
class PostRow:
    url: str
    name: str
    office: Promise
    unit: str
    company: str
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Member:
    url: str
    name: str
    login: str
    unit: str


def companies(found: Iterable[Company]) -> SafeString:
    badges = {standing: format_html(_BADGE, _TONE[standing], words) for standing, words in STANDING.items()}

    def said(company: Company) -> SafeString:
        url = link("company", company.uid)
        return format_html(_COMPANY, url, company.name, company.uscc, badges[company.standing])

    return _tree(list(found), said)


def units(found: Iterable[Unit]) -> SafeString:
    return _tree(list(found), lambda unit: format_html(_UNIT, link("unit", unit.uid), unit.name))


def company_badge(company: Company) -> Badge:
    return Badge(STANDING[company.standing], _TONE[company.standing])


def posts(found: Iterable[Post], held: Iterable[PostHolding], at: datetime) -> list[PostRow]:
    holders: dict[int, list[Holder]] = defaultdict(list)
    for holding in held:
        holders[holding.post_id].append(holder(holding, at))
    return [_post(post, holders[post.pk]) for post in found]


def posts_held(held: Iterable[PostHolding], at: datetime) -> list[PostRow]:
    """Return the posts of one person, each with its term."""
    return [_post(holding.post, [holder(holding, at)]) for holding in held]


def holder(holding: PostHolding, at: datetime) -> Holder:
    return Holder(
        id=holding.pk,
        url=reverse("person", args=[holding.person.pseudonym]),
        name=holding.person.name,
        pseudonym=holding.person.pseudonym,
        deputy_for=holding.deputy_for.name if holding.deputy_for else "",
        starts_at=holding.starts_at,
        ends_at=holding.ends_at,
        is_coming=holding.starts_at > at,
    )


def members(found: Iterable[Membership]) -> list[Member]:
    return [
        Member(
            url=reverse("person", args=[membership.person.pseudonym]),
            name=membership.person.name,
            login=membership.person.login,
            unit=membership.unit.name if membership.unit else "",
        )
        for membership in found
    ]


def _post(post: Post, holders: Sequence[Holder]) -> PostRow:
    return PostRow(
        url=reverse("post", args=[post.uid]),
        name=post.name,
        office=OFFICE[Office(post.office)],
        unit=post.unit.name if post.unit else "",
        company=post.company.name,
        holders=tuple(holders),
    )


def _tree(nodes: Sequence[Node], said: Callable[[Node], SafeString]) -> SafeString:
    """Draw the nodes as trees, in one go; one whose parent is not among them stands at the top."""
    there = {node.pk for node in nodes}
    below: dict[int | None, list[Node]] = defaultdict(list)
    for node in nodes:
        below[node.parent_id if node.parent_id in there else None].append(node)

    def grow(parent: int | None) -> SafeString:
        if parent not in below:
            return SafeString()
        grown = format_html_join("", "<li>{}{}</li>", ((said(node), grow(node.pk)) for node in below[parent]))
        return format_html('<ul class="tree">{}</ul>', grown)

    return grow(None)
