"""What a scan finds in who may do what, each finding by one read."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from privyseal.identity.keys import among
from privyseal.identity.marks import is_marked
from privyseal.identity.models import Company, Grant, Person, PowerMapping
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
from privyseal.ledger.rewording import asked_with

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
    """Yield the powers that met: few hold a first one and any second one, and only of these it is asked which."""
    found = asked_with(_holding_both, at)
    if not found:
        return
    keys = {person for person, *_ in found}
    within = set(_seconds(at).filter(among("person_id", keys)).values_list("person", "power", "company"))
    anywhere = {(person, power) for person, power, _ in within}
    # Joined before it is known who holds both, it would be of everybody.
    people, companies = Person.objects.in_bulk(list(keys)), dict(Company.objects.order_by().values_list("pk", "name"))
    meeting = (
        Finding(
            Found.KEPT_APART,
            people[person].pseudonym,
            people[person].name,
            companies.get(company_id, ""),
            row.first,
            already=row.second,
        )
        for row in POWERS_KEPT_APART
        for person, company_id, power in found
        if power == row.first and (person, row.second) in anywhere
        if row.reach is not Reach.COMPANY or (person, row.second, company_id) in within
    )
    yield from islice(meeting, MOST_OF_A_KIND)


def _holding_both(at: datetime) -> QuerySet[Grant, tuple[Any, ...]]:
    another = _seconds(at).filter(person=OuterRef("person")).exclude(power=OuterRef("power"))
    holding = grants_in_force(at).filter(Exists(another), power__in={row.first for row in POWERS_KEPT_APART})
    return holding.values_list("person", "company", "power")


def _seconds(at: datetime) -> QuerySet[Grant]:
    return grants_in_force(at).filter(power__in={row.second for row in POWERS_KEPT_APART}).order_by()


def _gone(at: datetime) -> Iterator[Finding]:
    yield from _of_grants(Found.GONE, asked_with(_of_gone, at))


def _of_gone(at: datetime) -> QuerySet[Grant, tuple[Any, ...]]:
    return _shown(grants_in_force(at).filter(person__is_active=False))


def _strange_factors(at: datetime) -> Iterator[Finding]:
    """Yield people with powers who have a second factor that this installation did not enrol."""
    strange = (row.user for row in asked_with(_factors_of_holders, at) if not is_marked(row, row.user))
    for person in islice(strange, MOST_OF_A_KIND):
        yield Finding(Found.STRANGE_FACTOR, person.pseudonym, person.name)


def _factors_of_holders(at: datetime) -> QuerySet[Authenticator]:
    holders = grants_in_force(at).order_by().values("person")
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user__in=holders).select_related("user")
    return found.order_by("user", "pk")


def _dormant(at: datetime) -> Iterator[Finding]:
    """Yield people with powers who have not been here for long, counted from their newest power at least."""
    for person in asked_with(_long_unseen, at):
        yield Finding(Found.DORMANT, person.pseudonym, person.name, count=(at - person.seen).days)


def _long_unseen(at: datetime) -> QuerySet[Any, Any]:
    long_ago, held = at - DORMANT_AFTER, grants_in_force(at).order_by()
    newer = held.filter(person=OuterRef("pk"), starts_at__gt=long_ago)
    newest = held.filter(person=OuterRef("pk")).values("person").annotate(newest=Max("starts_at")).values("newest")
    people = Person.objects.filter(Q(last_login=None) | Q(last_login__lte=long_ago), ~Exists(newer), is_active=True)
    quiet = people.filter(pk__in=held.filter(starts_at__lte=long_ago).values("person"))
    seen = quiet.annotate(seen=Coalesce("last_login", Subquery(newest))).order_by("seen", "pseudonym")
    return seen[:MOST_OF_A_KIND]


def _sole_holders(at: datetime) -> Iterator[Finding]:
    rows = asked_with(_held_alone, at)
    named = Person.objects.in_bulk(
        [row["who"] for row in rows]
    )  # joined before they are counted, it would be of everybody
    for row in rows:
        person = named[row["who"]]
        yield Finding(Found.SOLE_HOLDER, person.pseudonym, person.name, row["company__name"] or "", Power(row["power"]))


def _held_alone(at: datetime) -> QuerySet[Any, Any]:
    gone = Person.objects.filter(is_active=False).order_by().values("pk")
    held = grants_in_force(at).filter(power__in=MAY_NOT_BE_ALONE).exclude(person__in=gone).order_by()
    # The least and the greatest are the same person: to count different ones, all of the group would be sorted.
    alone = held.values("power", "company", "company__name").annotate(who=Max("person"), least=Min("person"))
    return alone.filter(who=F("least")).order_by("company__name", "power", "company")[:MOST_OF_A_KIND]


def _without_end(at: datetime) -> Iterator[Finding]:
    yield from _of_grants(Found.WITHOUT_END, asked_with(_never_ending, at))


def _never_ending(at: datetime) -> QuerySet[Grant, tuple[Any, ...]]:
    # What a post brings ends with the post.
    return _shown(grants_in_force(at).filter(ends_at=None, mapping=None))


def _unconfirmed(at: datetime) -> Iterator[Finding]:
    yield from _of_grants(Found.UNCONFIRMED, asked_with(_waiting, at))


def _waiting(at: datetime) -> QuerySet[Grant, tuple[Any, ...]]:
    waiting = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), confirmed_at=None, revoked_at=None)
    return _shown(waiting.filter(granted_at__lte=at - WAITS_TOO_LONG).order_by("pk"))


def _unconfirmed_mappings(at: datetime) -> Iterator[Finding]:
    for name, unit, company, power in asked_with(_waiting_mappings, at):
        yield Finding(Found.UNCONFIRMED_MAPPING, name=name or unit or "", company=company, power=Power(power))


def _waiting_mappings(at: datetime) -> QuerySet[PowerMapping, tuple[Any, ...]]:
    waiting = PowerMapping.objects.filter(confirmed_at=None, ended_at=None, made_at__lte=at - WAITS_TOO_LONG)
    named = waiting.order_by("pk").values_list("post__name", "unit__name", "company__name", "power")
    return named[:MOST_OF_A_KIND]


def _shown(grants: QuerySet[Grant]) -> QuerySet[Grant, tuple[Any, ...]]:
    return grants.values_list(*_SHOWN)[:MOST_OF_A_KIND]


def _of_grants(found: Found, grants: Iterable[tuple[Any, ...]]) -> Iterator[Finding]:
    for pseudonym, name, company, power in grants:
        yield Finding(found, pseudonym, name, company or "", Power(power))
