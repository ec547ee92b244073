"""People joining a company, moving and leaving."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from privyseal.identity import queries
from privyseal.identity.actions.factors import forget_factors_of
from privyseal.identity.actions.mappings import bring_with_units, take_with
from privyseal.identity.actions.posts import end_holding
from privyseal.identity.actions.powers import close_grant
from privyseal.identity.actions.sessions import forget_sessions_of
from privyseal.identity.locks import lock_ending, locked_company, locked_person, locked_unit
from privyseal.identity.models import Grant, Membership, Person, Post, PostHolding
from privyseal.identity.rules import (
    INSTALLATION_POWERS,
    AlreadyMember,
    Bond,
    Leaving,
    Power,
    check_days,
    check_offices_remain,
    ends_on,
)
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required


@command("person.join")
def join_company(
    actor: Person,
    at: datetime,
    *,
    person_pseudonym: str,
    company_uid: str,
    joined_on: date,
    unit_uid: str | None = None,
) -> int:
    """Enter that a person belongs to a company from this day on; return the membership's id."""
    queries.require(actor, at, Power.SECURITY, None)
    company = locked_company(company_uid)
    unit = locked_unit(unit_uid, company) if unit_uid else None
    person = locked_person(person_pseudonym)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(person=person, company=company, unit=unit, joined_on=joined_on)
    except IntegrityError as error:
        raise AlreadyMember(company=company.uid) from error
    book.record(
        "person.joined",
        by=actor,
        at=at,
        person=person.pseudonym,
        company=company.uid,
        unit=unit.uid if unit else None,
        joined_on=joined_on.isoformat(),
    )
    bring_with_units(actor, at, memberships=[membership])
    return membership.pk


@command("person.move")
def move_within_company(
    actor: Person, at: datetime, *, person_pseudonym: str, company_uid: str, unit_uid: str | None
) -> int:
    """Put a member of a company into another of its units, or into none; return the membership's id."""
    queries.require(actor, at, Power.SECURITY, None)
    company = locked_company(company_uid)
    unit = locked_unit(unit_uid, company) if unit_uid else None
    person = locked_person(person_pseudonym)
    membership = Membership.objects.select_for_update().filter(person=person, company=company, left_on=None).first()
    if membership is None:
        raise NotFound(person=person.pseudonym)
    membership.unit = unit
    membership.save(update_fields=["unit"])
    take_with(actor, at, membership=membership)
    book.record(
        "person.moved",
        by=actor,
        at=at,
        person=person.pseudonym,
        company=company.uid,
        unit=unit.uid if unit else None,
    )
    bring_with_units(actor, at, memberships=[membership])
    return membership.pk


@command("person.leave-company")
def leave_company(actor: Person, at: datetime, *, person_pseudonym: str, company_uid: str, left_on: date) -> str:
    """End everything that ties a person to a company, at once; one security person suffices."""
    queries.require(actor, at, Power.SECURITY, None)
    company, person = locked_company(company_uid), locked_person(person_pseudonym)
    ended = _end(actor, at, person, Leaving.COMPANY, Q(company=company), left_on=left_on)
    if not ended:
        raise NotFound(person=person.pseudonym)
    book.record(
        "person.left-company",
        by=actor,
        at=at,
        person=person.pseudonym,
        company=company.uid,
        left_on=left_on.isoformat(),
        ended=ended,
    )
    return person.pseudonym


@command("person.leave")
def leave_group(actor: Person, at: datetime, *, person_pseudonym: str, left_on: date) -> str:
    """End everything that ties a person to the group and close the account, at once; one security person suffices."""
    queries.require(actor, at, Power.SECURITY, None)
    person = locked_person(person_pseudonym)
    _check_offices_remain(person, at)
    ended = _end(actor, at, person, Leaving.GROUP, Q(), left_on=left_on)
    book.record("person.left", by=actor, at=at, person=person.pseudonym, left_on=left_on.isoformat(), ended=ended)
    return person.pseudonym


@command("person.come-back")
def come_back(actor: Person, at: datetime, *, person_pseudonym: str) -> str:
    """Open the account of somebody who had left: without power, post or company, and without a way in.

    The code that lets them choose a password takes a second person, since the account was open before.
    """
    queries.require(actor, at, Power.SECURITY, None)
    person = Person.objects.select_for_update().filter(pseudonym=person_pseudonym, is_active=False).first()
    if person is None:
        raise NotFound(person=person_pseudonym)
    person.is_active, person.returned_at = True, at
    person.save(update_fields=["is_active", "returned_at"])
    book.record("person.came-back", by=actor, at=at, person=person.pseudonym)
    return person.pseudonym


@transaction_required
def _end(actor: Person, at: datetime, person: Person, leaving: Leaving, within: Q, *, left_on: date) -> int:
    """End the bonds that the rule names, in the companies that ``within`` names; return how many ended."""
    lock_ending(
        holdings=Q(person=person) | Q(deputy_for=person), grants=Q(person=person) | Q(holding__deputy_for=person)
    )
    end = {
        Bond.MEMBERSHIP: lambda: _end_memberships(actor, at, Membership.objects.filter(within, person=person), left_on),
        Bond.POST: lambda: _vacate(actor, at, _holdings(within).filter(person=person)),
        Bond.DEPUTY: lambda: _vacate(actor, at, _holdings(within).filter(deputy_for=person)),
        Bond.POWER: lambda: _end_grants(actor, at, Grant.objects.filter(within, person=person)),
        Bond.ACCOUNT: lambda: _close_account(person),
    }
    return sum(end[bond]() for bond in Bond if bond in ends_on(leaving))


def _end_memberships(actor: Person, at: datetime, memberships: QuerySet[Membership], left_on: date) -> int:
    ended = list(memberships.select_for_update().filter(left_on=None).order_by("pk"))
    for membership in ended:
        check_days(membership.joined_on, left_on)
        membership.left_on = left_on
        membership.save(update_fields=["left_on"])
        take_with(actor, at, membership=membership)
    return len(ended)


def _holdings(within: Q) -> QuerySet[PostHolding]:
    posts = Post.objects.filter(within).order_by()
    return PostHolding.objects.filter(post__in=posts).select_related("post__company", "person")


def _vacate(actor: Person, at: datetime, holdings: QuerySet[PostHolding]) -> int:
    ended = list(
        holdings.select_for_update(of=("self",)).filter(revoked_at=None).exclude(ends_at__lte=at).order_by("pk")
    )
    for holding in ended:
        end_holding(actor, at, holding=holding)
    return len(ended)


def _end_grants(actor: Person, at: datetime, grants: QuerySet[Grant]) -> int:
    ended = list(
        grants.select_for_update(of=("self",))
        .select_related("person")
        .filter(revoked_at=None)
        .exclude(ends_at__lte=at)
        .order_by("pk")
    )
    for grant in ended:
        close_grant(actor, at, grant=grant)
    return len(ended)


def _close_account(person: Person) -> int:
    person.is_active = False
    # Password and second factors go too: an account opened again starts with new ones.
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    forget_sessions_of(person)
    forget_factors_of(person)
    person.provider_links.all().delete()
    return 1


def _check_offices_remain(person: Person, at: datetime) -> None:
    held = queries.grants_in_force(at).filter(power__in=INSTALLATION_POWERS, person__is_active=True)
    rows = [(person_id, Power(power)) for person_id, power in held.values_list("person_id", "power")]
    check_offices_remain(
        frozenset(power for holder, power in rows if holder == person.pk),
        held_by_others=frozenset(power for holder, power in rows if holder != person.pk),
    )
