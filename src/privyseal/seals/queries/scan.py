"""What a scan finds in who keeps what, beside what it finds in who may do what."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.keys import among
from privyseal.identity.models import PostHolding
from privyseal.identity.rules import MOST_SEALS, Finding, Found, Power
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Custody, Seal
from privyseal.seals.queries.denials import seals_behind_their_type
from privyseal.seals.rules import KEEPERS_APART, KEEPS_NOTHING

_WHO = ("keeper__pseudonym", "keeper__name")


def scan(at: datetime) -> list[Finding]:
    """Return everything that a scan finds, at most so many of a kind."""
    return [*identity.findings_of_powers(at), *_barred(at), *_sets(), *_own_sets(), *_too_many(), *_behind_their_type()]


def _barred(at: datetime) -> Iterator[Finding]:
    """Yield whoever may keep, or keeps, seals of a company in which their post goes with none."""
    bars = set(asked_with(_bars, at))
    if not bars:
        return
    posts = _posts_that_bar(at)
    people = {person for person, _ in bars}
    held = identity.grants_in_force(at).filter(among("person_id", people), power=Power.CUSTODY)
    may = held.order_by().values("person", "company")
    keep = Custody.objects.filter(among("keeper_id", people), until=None).order_by().values("keeper", "seal__company")
    met = bars & {*may.values_list("person", "company"), *keep.values_list("keeper", "seal__company")}
    for person, company in sorted(met)[: identity.MOST_OF_A_KIND]:
        holding = posts.filter(person=person, post__company=company).select_related("person", "post__company")[0]
        yield Finding(
            Found.BARRED_KEEPER, holding.person.pseudonym, holding.person.name, holding.post.company.name, Power.CUSTODY
        )


def _bars(at: datetime) -> QuerySet[PostHolding, tuple[int, int]]:
    return _posts_that_bar(at).order_by().values_list("person", "post__company")


def _posts_that_bar(at: datetime) -> QuerySet[PostHolding]:
    return identity.holdings_in_force(at).filter(post__office__in=KEEPS_NOTHING)


def _sets() -> Iterator[Finding]:
    for one, other in (sorted(row) for row in KEEPERS_APART):
        # Asked by name of all, it would take longer to plan than to answer.
        keepers = asked_with(_keepers_of_both, one, other)
        # One call: conditions on the keeper's other seal have to meet in one row.
        both = Custody.objects.filter(
            among("keeper_id", keepers),
            until=None,
            seal__type=one,
            keeper__custodies__until=None,
            keeper__custodies__seal__type=other,
            keeper__custodies__seal__company=F("seal__company"),
        )
        rows = both.order_by("keeper__name", "pk").values_list(*_WHO, "seal__company__name").distinct()
        for pseudonym, name, company in rows[: identity.MOST_OF_A_KIND] if keepers else ():
            yield Finding(Found.SET_WITH_ONE_KEEPER, pseudonym, name, company)


def _keepers_of_both(one: str, other: str) -> QuerySet[Custody, int]:
    kept = Custody.objects.filter(until=None, seal__type__in=[one, other]).order_by().values("keeper", "seal__company")
    both = kept.annotate(least=Min("seal__type"), most=Max("seal__type")).exclude(least=F("most"))
    return both.values_list("keeper", flat=True)


def _own_sets() -> Iterator[Finding]:
    """Yield the keepers of two seals of one set that the installation named itself."""
    for row in asked_with(_kept_of_one_set):
        yield Finding(
            Found.SET_WITH_ONE_KEEPER,
            row["keeper__pseudonym"],
            row["keeper__name"],
            row["seal__keeper_sets__company__name"],
            count=row["seals"],
        )


def _kept_of_one_set() -> QuerySet[Custody, dict[str, Any]]:
    kept = Custody.objects.filter(until=None, seal__keeper_sets__ended_at=None, seal__keeper_sets__isnull=False)
    shared = kept.order_by().values(*_WHO, "seal__keeper_sets__company__name", "seal__keeper_sets")
    found: QuerySet[Custody, dict[str, Any]] = shared.annotate(seals=Count("pk")).filter(seals__gt=1).order_by(*_WHO)
    return found[: identity.MOST_OF_A_KIND]


def _too_many() -> Iterator[Finding]:
    for row in asked_with(_keeping_many):
        yield Finding(Found.TOO_MANY_SEALS, row["keeper__pseudonym"], row["keeper__name"], count=row["seals"])


def _keeping_many() -> QuerySet[Custody, dict[str, Any]]:
    kept: QuerySet[Custody, dict[str, Any]] = Custody.objects.filter(until=None).order_by().values(*_WHO)
    many = kept.annotate(seals=Count("pk")).filter(seals__gt=MOST_SEALS).order_by("-seals", "keeper__pseudonym")
    found: QuerySet[Custody, dict[str, Any]] = many[: identity.MOST_OF_A_KIND]
    return found


def _behind_their_type() -> Iterator[Finding]:
    for number, name, company in asked_with(_of_another_type):
        yield Finding(Found.KEY_BEHIND_TYPE, name=f"{number} {name}", company=company)


def _of_another_type() -> QuerySet[Seal, tuple[Any, ...]]:
    return seals_behind_their_type().values_list("number", "name", "company__name")[: identity.MOST_OF_A_KIND]
