"""What a scan finds in who may do what, each finding by one read."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from privyseal.identity.marks import is_marked
from privyseal.identity.models import Grant, Person, PowerMapping
from privyseal.identity.queries.powers import grants_in_force
from privyseal.identity.rules import (
    DORMANT_AFTER,
    MAY_NOT_BE_ALONE,
    POWERS_KEPT_APART,
    WAITS_TOO_LONG,
    Finding,
    Found,
    Power,
    Reach,
)

# A page and a file show so many of a kind, and say that there are more.
MOST_OF_A_KIND: Final = 200
_SHOWN: Final = ("person__pseudonym", "person__name", "company__name", "power")


def findings_of_powers(at: datetime) -> list[Finding]:
    """Return everything that a scan of powers finds, at most so many of a kind."""
    kinds = (
        _kept_apart,
        _gone,
        _strange_factors,
        _dormant,
        _sole_holders,
        _without_end,
        _unconfirmed,
        _unconfirmed_mappings,
    )
    return [finding for kind in kinds for finding in kind(at)]


def _kept_apart(at: datetime) -> Iterator[Finding]:
    for row in POWERS_KEPT_APART:
        others = grants_in_force(at).order_by().filter(person=OuterRef("person"), power=row.second)
        if row.reach is Reach.COMPANY:
            others = others.filter(company=OuterRef("company"))
        meeting = grants_in_force(at).filter(Exists(others), power=row.first)
        for pseudonym, name, company, power in meeting.values_list(*_SHOWN)[:MOST_OF_A_KIND]:
            yield Finding(Found.KEPT_APART, pseudonym, name, company or "", Power(power), already=row.second)


def _gone(at: datetime) -> Iterator[Finding]:
    yield from _of_grants(Found.GONE, grants_in_force(at).filter(person__is_active=False))


def _strange_factors(at: datetime) -> Iterator[Finding]:
    """Yield people with powers who have a second factor that this installation did not enrol."""
    holders = grants_in_force(at).order_by().values("person")
    factors = Authenticator.objects.filter(user__in=holders).select_related("user").order_by("user", "pk")
    strange = (row.user for row in factors.iterator() if not is_marked(row, row.user))
    for person in islice(strange, MOST_OF_A_KIND):
        yield Finding(Found.STRANGE_FACTOR, person.pseudonym, person.name)


def _dormant(at: datetime) -> Iterator[Finding]:
    """Yield people with powers who have not been here for long, counted from their newest power at least."""
    with_powers = Person.objects.filter(is_active=True, grants__in=grants_in_force(at).order_by())
    people = with_powers.values("pseudonym", "name", "last_login").annotate(newest=Max("grants__starts_at"))
    quiet = people.annotate(seen=Coalesce("last_login", "newest")).filter(
        seen__lte=at - DORMANT_AFTER, newest__lte=at - DORMANT_AFTER
    )
    for person in quiet.order_by("seen", "pseudonym")[:MOST_OF_A_KIND]:
        yield Finding(Found.DORMANT, person["pseudonym"], person["name"], count=(at - person["seen"]).days)


def _sole_holders(at: datetime) -> Iterator[Finding]:
    held = grants_in_force(at).filter(power__in=MAY_NOT_BE_ALONE, person__is_active=True).order_by()
    alone = held.values("power", "company__name").annotate(
        people=Count("person", distinct=True), pseudonym=Max("person__pseudonym"), name=Max("person__name")
    )
    for row in alone.filter(people=1).order_by("company__name", "power")[:MOST_OF_A_KIND]:
        yield Finding(Found.SOLE_HOLDER, row["pseudonym"], row["name"], row["company__name"] or "", Power(row["power"]))


def _without_end(at: datetime) -> Iterator[Finding]:
    # What a post brings ends with the post.
    yield from _of_grants(Found.WITHOUT_END, grants_in_force(at).filter(ends_at=None, mapping=None))


def _unconfirmed(at: datetime) -> Iterator[Finding]:
    waiting = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), confirmed_at=None, revoked_at=None)
    yield from _of_grants(Found.UNCONFIRMED, waiting.filter(granted_at__lte=at - WAITS_TOO_LONG).order_by("pk"))


def _unconfirmed_mappings(at: datetime) -> Iterator[Finding]:
    waiting = PowerMapping.objects.filter(confirmed_at=None, ended_at=None, made_at__lte=at - WAITS_TOO_LONG)
    for name, unit, company, power in waiting.order_by("pk").values_list(
        "post__name", "unit__name", "company__name", "power"
    )[:MOST_OF_A_KIND]:
        yield Finding(Found.UNCONFIRMED_MAPPING, name=name or unit or "", company=company, power=Power(power))


def _of_grants(found: Found, grants: QuerySet[Grant]) -> Iterator[Finding]:
    for pseudonym, name, company, power in grants.values_list(*_SHOWN)[:MOST_OF_A_KIND]:
        yield Finding(found, pseudonym, name, company or "", Power(power))
