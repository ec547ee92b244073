"""Let another approver decide for oneself, for a time and in some matters, and end it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from privyseal.approvals.actions.opening import named_people
from privyseal.approvals.models import Delegation
from privyseal.approvals.rules import Part
from privyseal.approvals.rules.delegations import (
    DelegatedFurther,
    DelegateNotFit,
    Hours,
    Scope,
    check_delegation,
)
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command


@dataclass(frozen=True, slots=True)
class Term:
    starts_at: datetime
    ends_at: datetime


@command("delegation.give")
def delegate(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    taker_pseudonym: str,
    term: Term,
    scope: Scope = Scope(),  # noqa: B008  frozen, and the same for all
    hours: Hours = Hours(),  # noqa: B008  likewise
) -> str:
    """Let another approver of a company decide for oneself there, and return the delegation's uid."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require_within(actor, at, Power.APPROVE, company.pk)
    check_delegation(at=at, starts_at=term.starts_at, ends_at=term.ends_at, scope=scope, hours=hours)
    (taker,) = named_people(actor, at, pseudonyms=[taker_pseudonym], part=Part.APPROVER)
    if taker == actor or company.pk not in identity.powers_of(taker, at).companies(Power.APPROVE):
        raise DelegateNotFit
    # Two that would make a chain between them wait for each other here.
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=[actor.pk, taker.pk]).order_by("pk"))
    chained = Delegation.objects.filter(Q(giver=taker) | Q(taker=actor), company=company, ended_at=None)
    if chained.filter(starts_at__lt=term.ends_at, ends_at__gt=term.starts_at).exists():
        raise DelegatedFurther
    given = Delegation.objects.create(
        company=company,
        giver=actor,
        taker=taker,
        purposes=sorted(scope.purposes),
        types=sorted(scope.types),
        below=scope.below,
        weekdays=sorted(hours.weekdays),
        begins=hours.begins,
        ends=hours.ends,
        days_off=hours.days_off.value,
        given_at=at,
        starts_at=term.starts_at,
        ends_at=term.ends_at,
    )
    book.record(
        "delegation.given",
        by=actor,
        at=at,
        company=company.uid,
        person=taker.pseudonym,
        delegation=given.uid,
        starts_at=term.starts_at.isoformat(),
        ends_at=term.ends_at.isoformat(),
        purposes=given.purposes,
        types=given.types,
        below=None if scope.below is None else str(scope.below),
        weekdays=given.weekdays,
        begins=hours.begins,
        ends=hours.ends,
        days_off=hours.days_off.value,
    )
    return given.uid


@command("delegation.end")
def end_delegation(actor: Person, at: datetime, *, delegation_uid: str) -> str:
    """End a delegation that one gave or was given, at once: toward safety one person suffices."""
    given = Delegation.objects.select_for_update(of=("self",)).select_related("giver", "taker", "company")
    found = given.filter(uid=delegation_uid).first()
    if found is None:
        raise NotFound(delegation=delegation_uid)
    if actor not in {found.giver, found.taker}:
        raise NotEntitled(part=Part.APPROVER.value)
    if found.ended_at is not None or found.ends_at <= at:
        raise OutOfTurn(delegation=found.uid)
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    other = found.taker if actor == found.giver else found.giver
    about = {"company": found.company.uid, "person": other.pseudonym, "delegation": found.uid}
    book.record("delegation.ended", by=actor, at=at, **about)
    return found.uid
