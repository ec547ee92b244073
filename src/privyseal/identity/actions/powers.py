"""Giving powers to people and ending them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import psycopg
from django.db import IntegrityError, transaction

from privyseal.identity import queries
from privyseal.identity.keys import ROWS_AT_ONCE
from privyseal.identity.locks import locked_company, locked_person, locked_unit
from privyseal.identity.models import Company, Grant, Membership, Person, PostHolding, PowerMapping, Unit, new_uid
from privyseal.identity.queries import HeldFor
from privyseal.identity.rules import (
    Held,
    OfficeKeepsNoSeal,
    Power,
    TermNotPossible,
    check_confirmation,
    check_grant,
    check_term,
)
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required

# Who keeps what is known above us: the register's trigger on power_grant asks, and this is the name it refuses by.
OFFICE: Final = "office_waits_for_the_handover"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The corner of a company that a power is narrowed to: the seals of one unit and below, or one seal."""

    unit_uid: str | None = None
    seal_uid: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What brings a power by itself: a confirmed mapping, and a holding of its post or a membership of its unit."""

    mapping: PowerMapping
    person: Person
    holding: PostHolding | None = None
    membership: Membership | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A power that somebody is to be given, where and for how long."""

    person: Person
    power: Power
    company: Company | None
    unit: Unit | None
    seal_uid: str | None
    starts_at: datetime
    ends_at: datetime | None
    batch: str = ""
    by: Source | None = None

    @property
    def held(self) -> Held:
        """Return the power as the rule sees it."""
        company = self.company.pk if self.company else None
        return Held(self.power, company, self.unit.pk if self.unit else None, self.seal_uid)


@command("power.grant")
def grant_power(
    actor: Person,
    at: datetime,
    *,
    person_pseudonym: str,
    power: Power,
    company_uid: str | None = None,
    narrowed: Narrowed | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> int:
    """Give a power that comes into force when a second person confirms it; return the grant's id.

    It reaches the whole company unless a unit or a seal of it narrows it.
    """
    queries.require(actor, at, Power.SECURITY, None)
    company = locked_company(company_uid) if company_uid else None
    to = narrowed or Narrowed()
    unit = locked_unit(to.unit_uid, company) if to.unit_uid else None
    person = locked_person(person_pseudonym)
    starts_at = _from(at, starts_at, ends_at)
    wish = Wish(person, power, company, unit, to.seal_uid, starts_at, ends_at)
    (grant,) = give_each(actor, at, wishes=[wish])
    return grant.pk


@command("power.grant-in-group")
def grant_in_group(
    actor: Person,
    at: datetime,
    *,
    person_pseudonym: str,
    power: Power,
    company_uid: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> str:
    """Give a power in a company and in every one below it, a grant each, all or none; return their batch."""
    queries.require(actor, at, Power.SECURITY, None)
    companies = list(_line_below(locked_company(company_uid)))
    person = locked_person(person_pseudonym)
    starts_at, batch = _from(at, starts_at, ends_at), new_uid()
    wishes = [Wish(person, power, company, None, None, starts_at, ends_at, batch) for company in companies]
    give_each(actor, at, wishes=wishes)
    return batch


@command("power.confirm")
def confirm_grant(actor: Person, at: datetime, *, grant_id: int) -> int:
    """Bring a grant into force: by a second security person or the auditor."""
    check_may_confirm(actor, at)
    grant = Grant.objects.select_for_update(of=("self",)).select_related("person").filter(pk=grant_id).first()
    if grant is None:
        raise NotFound(grant=grant_id)
    _confirm(actor, at, grant)
    return grant.pk


@command("power.confirm-batch")
def confirm_batch(actor: Person, at: datetime, *, batch: str) -> int:
    """Bring every grant of a batch into force; return how many there were."""
    check_may_confirm(actor, at)
    grants = Grant.objects.select_for_update(of=("self",)).select_related("person")
    waiting = list(grants.filter(batch=batch, confirmed_at=None, revoked_at=None).order_by("pk")) if batch else []
    if not waiting:
        raise NotFound(batch=batch)
    for grant in waiting:
        _confirm(actor, at, grant)
    return len(waiting)


@command("power.end")
def end_grant(actor: Person, at: datetime, *, grant_id: int) -> int:
    """End a power at once; one security person suffices, since this goes toward safety."""
    queries.require(actor, at, Power.SECURITY, None)
    grant = Grant.objects.select_for_update().select_related("person").filter(pk=grant_id, revoked_at=None).first()
    if grant is None:
        raise NotFound(grant=grant_id)
    close_grant(actor, at, grant=grant)
    return grant.pk


@transaction_required
def close_grant(actor: Person, at: datetime, *, grant: Grant) -> None:
    """End a locked grant and record it."""
    grant.revoked_at = at
    grant.save(update_fields=["revoked_at"])
    book.record("power.ended", by=actor, at=at, grant=grant.pk, person=grant.person.pseudonym, power=grant.power)


@transaction_required
def check_may_confirm(actor: Person, at: datetime) -> None:
    """Return if the person is a second pair of eyes by office: security or audit; or refuse."""
    powers = queries.powers_of(actor, at)
    if not (powers.has(Power.SECURITY, None) or powers.has(Power.AUDIT, None)):
        raise NotEntitled(power=Power.SECURITY)


@transaction_required
def give_each(actor: Person, at: datetime, *, wishes: Sequence[Wish]) -> list[Grant]:
    """Write grants that the rule allows beside what their people, who are locked, hold or are going to hold.

    One that a mapping brings counts as granted and confirmed by those who made and confirmed the mapping.
    """
    held = queries.terms_of({wish.person.pk for wish in wishes})
    grants = []
    for wish in wishes:
        beside = held[wish.person.pk]
        _check(actor, wish, beside)
        beside.append(HeldFor(wish.held, wish.starts_at, wish.ends_at))
        grants.append(_granted(actor, at, wish))
    with _after_the_handover():
        Grant.objects.bulk_create(grants, batch_size=ROWS_AT_ONCE)
    book.record_each("power.granted", map(_about, grants), by=actor, at=at)
    return grants


@contextmanager
def _after_the_handover() -> Iterator[None]:
    """Refuse an office for somebody who keeps a seal."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        told = error.__cause__.diag if isinstance(error.__cause__, psycopg.Error) else None
        if told is None or told.constraint_name != OFFICE:
            raise
        raise OfficeKeepsNoSeal from error


def _check(actor: Person, wish: Wish, beside: Iterable[HeldFor]) -> None:
    grantor, confirmer = _by_whom(actor, wish)
    held = [other.held for other in beside if other.meets(wish.starts_at, wish.ends_at)]
    if wish.by:
        # Two posts may bring one person the same power, and each takes its own with it.
        held = [other for other in held if other != wish.held]
    check_grant(wish.held, beneficiary=wish.person.pk, grantor=grantor.pk, held=held)
    if confirmer is not None:
        check_confirmation(confirmer=confirmer.pk, grantor=grantor.pk, beneficiary=wish.person.pk)


def _granted(actor: Person, at: datetime, wish: Wish) -> Grant:
    grantor, confirmer = _by_whom(actor, wish)
    return Grant(
        person=wish.person,
        power=wish.power,
        company=wish.company,
        unit=wish.unit,
        seal_uid=wish.seal_uid,
        batch=wish.batch,
        mapping=wish.by.mapping if wish.by else None,
        holding=wish.by.holding if wish.by else None,
        membership=wish.by.membership if wish.by else None,
        granted_by=grantor,
        granted_at=at,
        confirmed_by=confirmer,
        confirmed_at=at if confirmer else None,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
    )


def _by_whom(actor: Person, wish: Wish) -> tuple[Person, Person | None]:
    """Return who grants it, and who confirmed it already."""
    return (wish.by.mapping.made_by, wish.by.mapping.confirmed_by) if wish.by else (actor, None)


def _about(grant: Grant) -> dict[str, str | int | None]:
    return {
        "grant": grant.pk,
        "person": grant.person.pseudonym,
        "company": grant.company.uid if grant.company else None,
        "unit": grant.unit.uid if grant.unit else None,
        "seal": grant.seal_uid,
        "power": Power(grant.power).value,
        "mapping": grant.mapping_id,
    }


@transaction_required
def _confirm(actor: Person, at: datetime, grant: Grant) -> None:
    check_confirmation(confirmer=actor.pk, grantor=grant.granted_by_id, beneficiary=grant.person_id)
    if grant.confirmed_at or grant.revoked_at:
        raise OutOfTurn(grant=grant.pk)
    grant.confirmed_by, grant.confirmed_at = actor, at
    with _after_the_handover():
        grant.save(update_fields=["confirmed_by", "confirmed_at"])
    book.record("power.confirmed", by=actor, at=at, grant=grant.pk, person=grant.person.pseudonym, power=grant.power)


def _from(at: datetime, starts_at: datetime | None, ends_at: datetime | None) -> datetime:
    """Return when the term begins: now unless later was asked for. Nothing is granted for the past."""
    if starts_at is not None and starts_at < at:
        raise TermNotPossible
    check_term(starts_at or at, ends_at)
    return starts_at or at


def _line_below(company: Company) -> Iterator[Company]:
    """Yield the company and all below it, level by level."""
    level = [company]
    while level:
        yield from level
        level = list(Company.objects.filter(parent__in=level).order_by("pk"))
