"""Units, posts and who is where, as far as an actor may see them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet

from privyseal.identity import keys
from privyseal.identity.models import Company, Membership, Person, Post, PostHolding, Unit
from privyseal.identity.queries.companies import companies_of, companies_visible_to
from privyseal.identity.queries.powers import holdings_in_force, powers_of
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import asked_with

_ABOVE: Final = """
    WITH RECURSIVE line AS (
        SELECT id, parent_id FROM unit WHERE id = ANY(%s)
        UNION SELECT above.id, above.parent_id FROM unit above JOIN line ON above.id = line.parent_id
    ) SELECT id FROM line
"""
_BELOW: Final = """
    WITH RECURSIVE branch AS (
        SELECT id FROM unit WHERE id = ANY(%s)
        UNION SELECT below.id FROM unit below JOIN branch ON below.parent_id = branch.id
    ) SELECT id FROM branch
"""


def units_above(unit_id: int | None) -> frozenset[int]:
    """Return a unit with every one above it; nothing, and no question, where there is none."""
    return _units(_ABOVE, () if unit_id is None else (unit_id,))


def units_of_person(person_id: int) -> frozenset[int]:
    """Return the units to which somebody belongs now, with every one above them."""
    own = Membership.objects.filter(person=person_id, left_on=None, unit__isnull=False)
    return _units(_ABOVE, list(own.order_by("pk").values_list("unit_id", flat=True)))


def members_of(unit_ids: Collection[int]) -> frozenset[int]:
    """Return who belongs to one of these units now, or to one below."""
    members = Membership.objects.filter(keys.among("unit_id", units_below(unit_ids)), left_on=None)
    return frozenset(members.order_by("pk").values_list("person_id", flat=True))


def units_below(unit_ids: Collection[int]) -> frozenset[int]:
    """Return units with every one below them; nothing, and no question, where there are none."""
    return _units(_BELOW, unit_ids)


def uids_of_units(unit_ids: Collection[int]) -> list[str]:
    """Return units as an application names them."""
    return list(Unit.objects.filter(pk__in=unit_ids).order_by("pk").values_list("uid", flat=True))


def tied_to(person_id: int, *, since: datetime, at: datetime) -> frozenset[int]:
    """Return who stood in for somebody between these times, and for whom they did, through any number of hands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tied_to(%s, %s, %s)", [person_id, since, at])
        return frozenset(key for (key,) in cursor.fetchall()) - {person_id}


def _units(question: str, begun: Collection[int]) -> frozenset[int]:
    if not begun:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(question, [list(begun)])
        return frozenset(key for (key,) in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class HolderFor:
    """Somebody who holds a post, by key, and their term; a deputy holds it in another's right."""

    person: int
    starts_at: datetime
    ends_at: datetime | None
    is_own: bool

    def is_in_force(self, at: datetime) -> bool:
        return self.starts_at <= at and (self.ends_at is None or self.ends_at > at)

    def meets(self, starts_at: datetime, ends_at: datetime | None) -> bool:
        """Return whether the term and this one have a moment in common."""
        return (self.ends_at is None or self.ends_at > starts_at) and (ends_at is None or self.starts_at < ends_at)


def units_visible_to(actor: Person, at: datetime) -> QuerySet[Unit]:
    """Return the open units of the companies an actor has to do with."""
    companies = companies_visible_to(actor, at).order_by()
    return Unit.objects.filter(company__in=companies, closed_at=None).order_by("name", "pk")


def units_of_company(actor: Person, at: datetime, company_uid: str) -> QuerySet[Unit]:
    return units_visible_to(actor, at).filter(company__uid=company_uid)


def units_named(actor: Person, at: datetime, company: Company) -> list[tuple[str, str]]:
    """Return them to choose from: each by uid with its name."""
    is_theirs = powers_of(actor, at).knows_everybody or company.pk in companies_of(actor, at)
    return asked_with(_units_named, company.pk) if is_theirs else []


def _units_named(company: int) -> QuerySet[Unit, tuple[str, str]]:
    units = Unit.objects.filter(company=company, closed_at=None).order_by("name", "pk")
    return units.values_list("uid", "name")


def unit_visible_to(actor: Person, at: datetime, uid: str) -> Unit:
    unit = units_visible_to(actor, at).select_related("company", "parent").filter(uid=uid).first()
    if unit is None:
        raise NotFound(unit=uid)
    return unit


def posts_visible_to(actor: Person, at: datetime) -> QuerySet[Post]:
    """Return the open posts of the companies an actor has to do with."""
    companies = companies_visible_to(actor, at).order_by()
    return _posts().filter(company__in=companies)


def _posts() -> QuerySet[Post]:
    return Post.objects.filter(closed_at=None).select_related("company", "unit").order_by("name", "pk")


def post_visible_to(actor: Person, at: datetime, uid: str) -> Post:
    post = posts_visible_to(actor, at).filter(uid=uid).first()
    if post is None:
        raise NotFound(post=uid)
    return post


def memberships_visible_to(actor: Person, at: datetime) -> QuerySet[Membership]:
    """Return who belongs to the companies an actor has to do with; past ones are left out."""
    companies = companies_visible_to(actor, at).order_by()
    members = Membership.objects.filter(company__in=companies, left_on=None)
    return members.select_related("person", "company", "unit").order_by("person__name", "pk")


def unit_of_member(actor: Person, company: Company) -> Unit | None:
    """Return the unit of the company to which the actor belongs now; nothing where they belong to none."""
    member = Membership.objects.filter(person=actor, company=company, left_on=None).select_related("unit").first()
    return member.unit if member else None


def holdings_visible_to(actor: Person, at: datetime) -> QuerySet[PostHolding]:
    """Return who holds or is going to hold the posts of the companies an actor has to do with."""
    companies = companies_visible_to(actor, at).order_by()
    return _holdings(at).filter(post__company__in=companies)


def holdings_of(actor: Person, at: datetime, person: Person) -> list[PostHolding]:
    """Return those of one person."""
    if powers_of(actor, at).knows_everybody:
        return asked_with(_holdings_of, at, person.pk)
    return list(holdings_visible_to(actor, at).filter(person=person))


def _holdings_of(at: datetime, person: int) -> QuerySet[PostHolding]:
    return _holdings(at).filter(person=person)


def _holdings(at: datetime) -> QuerySet[PostHolding]:
    holdings = PostHolding.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), revoked_at=None)
    return holdings.select_related("post__company", "post__unit", "person", "deputy_for").order_by("starts_at", "pk")


def holders_of_post(actor: Person, at: datetime, post_uid: str) -> QuerySet[Person]:
    """Return who holds a post now in their own right: those for whom somebody can stand in."""
    held = holdings_visible_to(actor, at).filter(post__uid=post_uid, starts_at__lte=at, deputy_for=None).order_by()
    return Person.objects.filter(pk__in=held.values("person")).order_by("name", "pk")


def holders_of(posts: Collection[int]) -> dict[int, list[HolderFor]]:
    """Return who holds or is going to hold these posts."""
    holders: dict[int, list[HolderFor]] = defaultdict(list)
    held = PostHolding.objects.filter(keys.among("post_id", posts), revoked_at=None).order_by("pk")
    for post, person, starts_at, ends_at, deputised in held.values_list(
        "post_id", "person_id", "starts_at", "ends_at", "deputy_for_id"
    ):
        holders[post].append(HolderFor(person, starts_at, ends_at, is_own=deputised is None))
    return holders


def vacant_posts_of(actor: Person, at: datetime, pseudonym: str) -> list[Post]:
    """Return the open posts that somebody held and nobody holds now."""
    if powers_of(actor, at).knows_everybody:
        return asked_with(_vacant_of, at, pseudonym)
    return list(_vacant(posts_visible_to(actor, at), at, pseudonym))


def _vacant_of(at: datetime, pseudonym: str) -> QuerySet[Post]:
    return _vacant(_posts(), at, pseudonym)


def _vacant(posts: QuerySet[Post], at: datetime, pseudonym: str) -> QuerySet[Post]:
    once = PostHolding.objects.filter(person__pseudonym=pseudonym).order_by().values("post")
    still = holdings_in_force(at).order_by().values("post")
    return posts.filter(pk__in=once).exclude(pk__in=still)
