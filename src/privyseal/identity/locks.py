"""Rows locked for a write, or a refusal: a company, unit or post, then a person, then holdings, then grants.

Each lock leaves the key alone: whoever only refers to the row, as a use does to its operator, does not wait.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Model, Q

from privyseal.identity import keys
from privyseal.identity.models import Company, Grant, Membership, Person, Post, PostHolding, Unit
from privyseal.identity.rules import Held, Power, check_unit
from privyseal.kernel.errors import NotFound
from privyseal.ledger.transactions import transaction_required

_SHARED: Final = """
    SELECT id FROM power_grant
    WHERE person_id = ANY(%s) AND (company_id = %s OR company_id IS NULL) AND revoked_at IS NULL ORDER BY id FOR SHARE
"""

_IN_FORCE: Final = """
    SELECT person_id, power, company_id, unit_id, seal_uid
    FROM power_grant JOIN person ON person.id = power_grant.person_id AND person.is_active
    WHERE power_grant.id = ANY(%s) AND (ends_at IS NULL OR ends_at > %s) AND confirmed_at <= %s AND starts_at <= %s
        AND revoked_at IS NULL
"""
_STAYS: Final = "SELECT parent_id FROM unit WHERE id = %s FOR SHARE"


@transaction_required
def locked_person(pseudonym: str) -> Person:
    """Return somebody who is still here, locked."""
    person = Person.objects.select_for_update(no_key=True).filter(pseudonym=pseudonym, is_active=True).first()
    if person is None:
        raise NotFound(person=pseudonym)
    return person


@transaction_required
def locked_company(uid: str) -> Company:
    company = Company.objects.select_for_update(no_key=True).filter(uid=uid).first()
    if company is None:
        raise NotFound(company=uid)
    return company


@transaction_required
def locked_unit(uid: str, company: Company | None = None) -> Unit:
    """Return the open unit, locked; refuse one of another company than this."""
    unit = Unit.objects.select_for_update(no_key=True).filter(uid=uid, closed_at=None).first()
    if unit is None:
        raise NotFound(unit=uid)
    if company is not None:
        check_unit(unit.company_id, company.pk)
    return unit


@transaction_required
def line_until_commit(unit_id: int | None) -> frozenset[int]:
    """Return a unit with every one above it; nobody moves one of them meanwhile."""
    line: set[int] = set()
    with connection.cursor() as cursor:
        while unit_id is not None:
            line.add(unit_id)
            cursor.execute(_STAYS, [unit_id])
            ((unit_id,),) = cursor.fetchall()
    return frozenset(line)


@transaction_required
def belongs_until_commit(person: Person, company_id: int) -> frozenset[int]:
    """Return the unit to which somebody belongs in a company, with every one above it; they do not leave it meanwhile.

    Whoever moves them, or lets them go, locks the person's row first.
    """
    own = Membership.objects.filter(person=person, company=company_id, left_on=None)
    unit = own.values_list("unit_id", flat=True).first()
    line = line_until_commit(unit)
    list(Person.objects.raw("SELECT * FROM person WHERE id = %s FOR SHARE", [person.pk]))
    return line if own.filter(unit=unit, person__is_active=True).exists() else frozenset()


@transaction_required
def locked_post(uid: str) -> Post:
    post = (
        Post.objects.select_for_update(of=("self",), no_key=True)
        .select_related("company")
        .filter(uid=uid, closed_at=None)
    )
    found = post.first()
    if found is None:
        raise NotFound(post=uid)
    return found


@transaction_required
def lock_each(model: type[Model], pks: Collection[int], **still: object) -> None:
    """Lock many rows of a table in the order of their keys, or refuse where one is no longer as it was found."""
    rows = model._default_manager.select_for_update(no_key=True).filter(keys.among("id", pks), **still)  # noqa: SLF001  Django's documented name for a model's manager
    if len(rows.order_by("pk").values_list("pk")) != len(pks):
        raise NotFound


@transaction_required
def lock_ending(*, holdings: Q, grants: Q) -> list[PostHolding]:
    """Lock everything that is about to end, in the one order; return the holdings.

    A use shares the grants it rests on in this order too: it goes wholly before the end, or wholly after it.
    """
    posts = PostHolding.objects.select_for_update(of=("self",)).select_related("post__company", "person")
    ending = list(posts.filter(holdings, revoked_at=None).order_by("pk"))
    powers = Grant.objects.select_for_update(of=("self",)).filter(grants, revoked_at=None)
    list(powers.order_by("pk").values_list("pk"))
    return ending


@transaction_required
def held_until_commit(people: Collection[int], at: datetime, *, company_id: int) -> Mapping[int, frozenset[Held]]:
    """Return what each of these people holds in the company and over the installation; nobody ends it meanwhile.

    Only grants that were locked count: one that comes into force between the two reads could end again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [list(people), company_id])
        locked = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_IN_FORCE, [locked, at, at, at])
        in_force = cursor.fetchall()
    held: dict[int, set[Held]] = defaultdict(set)
    for person, power, company, unit, seal_uid in in_force:
        held[person].add(Held(Power(power), company, unit, seal_uid))
    return {person: frozenset(held[person]) for person in people}
