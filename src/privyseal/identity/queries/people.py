"""People, as far as an actor has to do with them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import Enum
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from privyseal.identity.initials import begins_like, contains
from privyseal.identity.keys import among
from privyseal.identity.models import EntryCode, Grant, Membership, Person
from privyseal.identity.names import ERASED
from privyseal.identity.queries.companies import companies_of, companies_visible_to
from privyseal.identity.queries.founded import installation
from privyseal.identity.queries.powers import grants_in_force, holdings_in_force, people_with, powers_of
from privyseal.identity.rules import NoSuchPerson, Place, Power
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import Most, asked_with, padded

_CAST: Final = 12
_FEW: Final = 10


class _Size(Enum):
    """In how many companies somebody has colleagues: another question is quicker."""

    FEW = "few"
    MANY = "many"


def _size(companies: frozenset[int]) -> _Size:
    return _Size.FEW if len(companies) <= _FEW else _Size.MANY


def people_visible_to(actor: Person, at: datetime) -> QuerySet[Person]:
    """Return the people an actor may see: all for auditor and security, colleagues and oneself for the others."""
    people = Person.objects.order_by("name", "pk")
    if powers_of(actor, at).knows_everybody:
        return people
    companies = companies_of(actor, at)
    return _colleagues(actor.pk, at, companies, _size(companies))


def _colleagues(actor: int, at: datetime, companies: frozenset[int], size: _Size) -> QuerySet[Person]:
    people, there = Person.objects.order_by("name", "pk"), _there(companies, at)
    if size is _Size.FEW:
        return people.filter(pk__in=Person.objects.filter(pk=actor).values("pk").union(*there, all=True))
    # Where nearly everybody is one's colleague, each is asked after in order of name until a page is full. Said as a
    # range, because PostgreSQL would collect all colleagues first where it can turn the question round.
    own = {"person_id__gte": OuterRef("pk"), "person_id__lte": OuterRef("pk")}
    is_there = [Exists(found.filter(**own)) for found in there]
    return people.filter(is_there[0] | is_there[1] | is_there[2] | Q(pk=actor))


def names_visible_to(actor: Person, at: datetime, pseudonyms: Collection[str]) -> dict[str, str]:
    """Return the names behind these pseudonyms, as far as an actor may see the people."""
    if powers_of(actor, at).knows_everybody:
        return dict(asked_with(_names_behind, *padded(pseudonyms)))
    companies = companies_of(actor, at)
    return dict(asked_with(_names_among, actor.pk, at, companies, _size(companies), *padded(pseudonyms)))


def _names_behind(*pseudonyms: str) -> QuerySet[Person, tuple[str, str]]:
    return Person.objects.filter(pseudonym__in=pseudonyms).order_by().values_list("pseudonym", "name")


def _names_among(
    actor: int, at: datetime, companies: frozenset[int], size: _Size, *pseudonyms: str
) -> QuerySet[Person, tuple[str, str]]:
    found = _colleagues(actor, at, companies, size).filter(pseudonym__in=pseudonyms)
    return found.order_by().values_list("pseudonym", "name")


def person_visible_to(actor: Person, at: datetime, pseudonym: str) -> Person:
    person = people_visible_to(actor, at).filter(pseudonym=pseudonym).first()
    if person is None:
        raise NotFound(person=pseudonym)
    return person


def people_found(
    actor: Person, at: datetime, *, words: str = "", company_uid: str = "", after: str = ""
) -> QuerySet[Person]:
    """Return the people whose name or login contains the words, of this company if it is named, in order of name.

    Nobody who was erased is among them. ``after`` is the pseudonym to go on from.
    """
    people = people_visible_to(actor, at).exclude(name=ERASED)
    if company_uid:
        company = companies_visible_to(actor, at).order_by().filter(uid=company_uid)
        first, *more = _there(frozenset(company.values_list("pk", flat=True)), at)
        people = people.filter(pk__in=first.union(*more, all=True))
    if words:
        people = people.filter(_named(words, is_among_few=bool(company_uid)))
    last = people.filter(pseudonym=after).first() if after else None
    if last is None:
        return people
    return people.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))


def _named(words: str, *, is_among_few: bool) -> Q:
    """Return the condition that a name or login contains the words, or first letters of the name do.

    Each that has an index is asked apart: beside the others it would be asked of everybody. A few people, and whoever
    is called by one character alone, are looked through.
    """
    like = begins_like("name", words)
    ways = [way for way in (contains("name", words), contains("login", words), like) if way is not None]
    if not ways or (is_among_few and like is None):
        return Q(name__icontains=words) | Q(login__icontains=words)
    first, *more = (Person.objects.filter(way).order_by().values("pk") for way in ways)
    return Q(pk__in=first.union(*more, all=True))


def _there(companies: frozenset[int], at: datetime) -> list[QuerySet[Any, Any]]:
    """Return the keys of those who hold a power of companies, belong to them, or hold a post in them."""
    colleagues = grants_in_force(at).filter(among("company_id", companies)).order_by()
    members = Membership.objects.filter(among("company_id", companies), left_on=None)
    holders = holdings_in_force(at).filter(among("post__company_id", companies)).order_by()
    return [found.values("person_id") for found in (colleagues, members, holders)]


def open_entry_code(actor: Person, at: datetime, pseudonym: str) -> EntryCode | None:
    """Return the code with which somebody could open their account now or once it is confirmed."""
    if not powers_of(actor, at).knows_everybody:
        return None
    codes = EntryCode.objects.filter(person__pseudonym=pseudonym, used_at=None, replaced_at=None, expires_at__gt=at)
    return codes.order_by("pk").first()


def person_with_login(actor: Person, at: datetime, login: str) -> Person:
    person = people_visible_to(actor, at).filter(login=login.strip(), is_active=True).first()
    if person is None:
        raise NoSuchPerson
    return person


def operators_visible_to(actor: Person, at: datetime, company_id: int) -> QuerySet[Person]:
    """Return the people who may operate a permit of this company, or of some seal of it."""
    return _holders_visible_to(actor, at, Power.USE, company_id)


def custodians_visible_to(actor: Person, at: datetime, company_id: int) -> QuerySet[Person]:
    """Return the people who may keep physical seals of this company, or some of them."""
    return _holders_visible_to(actor, at, Power.CUSTODY, company_id)


def approvers_visible_to(actor: Person, at: datetime, company_id: int) -> QuerySet[Person]:
    """Return the people who may approve in this company, or for some seal of it."""
    return _holders_visible_to(actor, at, Power.APPROVE, company_id)


def other_approvers(actor: Person, at: datetime, company_id: int, *, most: int) -> list[Person]:
    """Return the first of the people who may approve in this company beside the actor."""
    if powers_of(actor, at).knows_everybody:
        return list(approvers_visible_to(actor, at, company_id).exclude(pk=actor.pk)[:most])
    companies = companies_of(actor, at)
    return asked_with(_other_approvers, actor.pk, at, companies, _size(companies), company_id, Most(most))


def _other_approvers(
    actor: int,
    at: datetime,
    companies: frozenset[int],
    size: _Size,
    company_id: int,
    most: int,
) -> QuerySet[Person]:
    able = _able(at, Power.APPROVE, company_id)
    return _colleagues(actor, at, companies, size).filter(pk__in=able, is_active=True).exclude(pk=actor)[:most]


def other_people(actor: Person, at: datetime, *, most: int) -> list[Person]:
    """Return the first of the people here whom an actor may see, beside themselves."""
    if powers_of(actor, at).knows_everybody:
        return list(people_visible_to(actor, at).filter(is_active=True).exclude(pk=actor.pk)[:most])
    companies = companies_of(actor, at)
    return asked_with(_other_people, actor.pk, at, companies, _size(companies), Most(most))


def _other_people(
    actor: int,
    at: datetime,
    companies: frozenset[int],
    size: _Size,
    most: int,
) -> QuerySet[Person]:
    return _colleagues(actor, at, companies, size).filter(is_active=True).exclude(pk=actor)[:most]


def _able(at: datetime, power: Power, company_id: int) -> QuerySet[Grant, Any]:
    return grants_in_force(at).filter(power=power, company_id=company_id).order_by().values("person_id")


def _holders_visible_to(actor: Person, at: datetime, power: Power, company_id: int) -> QuerySet[Person]:
    return people_visible_to(actor, at).filter(pk__in=_able(at, power, company_id), is_active=True)


def keepers_visible_to(actor: Person, at: datetime, place: Place) -> QuerySet[Person]:
    """Return the people who may keep the seal that is meant."""
    return people_visible_to(actor, at).filter(pk__in=people_with(Power.CUSTODY, place, at))


def demo_people() -> QuerySet[Person]:
    """Return the cast of a demo installation, those who were there first, and nobody anywhere else."""
    found = installation()
    if found is None or not found.is_demo:
        return Person.objects.none()
    first = Person.objects.order_by("pk").values("pk")[:_CAST]
    return Person.objects.filter(pk__in=first, is_active=True).order_by("pk")


def names_of(pseudonyms: Iterable[str]) -> dict[str, str]:
    """Return the names behind pseudonyms; one whose mapping was erased is left out."""
    return dict(asked_with(_names_behind, *padded(pseudonyms)))
